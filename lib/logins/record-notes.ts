/**
 * Which record the facts were read from that a request works with, so that a change knows what it goes on from.
 *
 * @module
 */
import type { RememberFacts } from '../remember/remember-seal.ts'
import type { LoginFacts } from './record.ts'
import type { LoginRecord } from './store.ts'

/** A record, and how a request came by it. */
export interface RecordNote {
  readonly record: LoginRecord
  /** The cookie that named it, and the digest of the secret in it; null where another cookie did. */
  readonly cookie: string | null
  readonly digest: string | null
  /** How much had changed in this process when it was asked for. */
  readonly askedAt: number
}

/** Facts that a store's records gave rise to. They live as long as the request. */
export class RecordNotes {
  readonly #notes = new WeakMap<LoginFacts | RememberFacts, RecordNote>()

  add (facts: LoginFacts | RememberFacts, note: RecordNote): void {
    this.#notes.set(facts, note)
  }

  /** The note on facts that were found. */
  of (facts: LoginFacts | RememberFacts): RecordNote {
    return this.#notes.get(facts) as RecordNote
  }

  /** The record of facts, or null where they are of a login that is yet to begin. */
  recordOf (facts: LoginFacts | RememberFacts): LoginRecord | null {
    return this.#notes.get(facts)?.record ?? null
  }
}
