/**
 * Which record the facts were read from that a request works with, so that a change knows what it goes on from.
 *
 * @module
 */
import type { RememberFacts } from '../remember/remember-seal.ts'
import type { LoginFacts } from './record.ts'
import type { LoginRecord } from './store.ts'

/** A record, and the cookie and digest by which a request named it; null where it was named by another one. */
export interface RecordNote { readonly record: LoginRecord, readonly digest: string | null, readonly cookie: string | null }

/** Facts that a store's records gave rise to. They live as long as the request. */
export class RecordNotes {
  readonly #notes = new WeakMap<LoginFacts | RememberFacts, RecordNote>()

  add (facts: LoginFacts | RememberFacts, record: LoginRecord, digest: string | null, cookie: string | null): void {
    this.#notes.set(facts, { record, digest, cookie })
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
