/**
 * Finds stored logins by the cookies that name them.
 *
 * @module
 */
import type { RememberFacts } from '../remember/remember-seal.ts'
import type { FoundLogin, FoundRemember } from './keeper.ts'
import type { RecentEnds } from './recent-ends.ts'
import { factsOf, isSuspended, rememberFactsOf, standingOf, validatorStanding } from './record-facts.ts'
import type { RecordNote, RecordNotes } from './record-notes.ts'
import type { LoginFacts } from './record.ts'
import type { SecretSeal } from './secret-seal.ts'
import type { LoginStore, RememberRecord } from './store.ts'

/** Reads records, each once for a request, and notes where facts came from. */
export class StoredFinding {
  readonly #store: LoginStore
  readonly #seal: SecretSeal
  readonly #notes: RecordNotes
  readonly #recent: RecentEnds

  constructor (store: LoginStore, seal: SecretSeal, notes: RecordNotes, recent: RecentEnds) {
    this.#store = store
    this.#seal = seal
    this.#notes = notes
    this.#recent = recent
  }

  async find (cookie: string, now: number): Promise<FoundLogin> {
    const named = this.#seal.open('login', cookie)
    if (named === null) return { login: null, id: null, standing: 'forged' }
    return await this.#read(named.id, named.digest, cookie, now)
  }

  /** Where nothing happened here meanwhile, a second round trip is saved; the record was the truth a moment ago. */
  async findAgain (login: LoginFacts, now: number): Promise<FoundLogin> {
    const { record, digest, cookie, askedAt } = this.#notes.of(login)
    if (!this.#recent.concern(record, askedAt)) return { login, standing: 'alive' }
    const again = await this.#read(record.id, digest as string, cookie, now)
    // It was good when the request arrived, and has only been replaced since, however often.
    const isOnlyReplaced = again.login !== null && again.standing === 'superseded' && !isSuspended(this.#notes.of(again.login).record)
    return isOnlyReplaced ? { ...again, standing: 'grace' } : again
  }

  async #read (id: string, digest: string, cookie: string | null, now: number): Promise<FoundLogin> {
    const askedAt = this.#recent.count
    const record = await this.#store.find(id)
    if (record === null) return { login: null, id, standing: 'ended' }
    const login = factsOf(record)
    this.#notes.add(login, { record, digest, cookie, askedAt })
    return { login, standing: standingOf(record, digest, now) }
  }

  async findRemembered (cookie: string, now: number, login: LoginFacts | null): Promise<FoundRemember> {
    const named = this.#seal.open('remember', cookie)
    if (named === null) return { remember: null, id: null, standing: 'forged' }
    const known = login === null ? null : this.#notes.of(login)
    if (known === null || known.record.id !== named.id || this.#recent.concern(known.record, known.askedAt)) {
      return await this.#readRemembered(named.id, named.digest, cookie, now)
    }
    return this.#judged({ ...known, digest: named.digest, cookie }, now)
  }

  async findRememberedAgain (remember: RememberFacts, now: number): Promise<FoundRemember> {
    const { record, digest, cookie, askedAt } = this.#notes.of(remember)
    return this.#recent.concern(record, askedAt) ? await this.#readRemembered(record.id, digest as string, cookie, now) : { remember, standing: 'alive' }
  }

  async #readRemembered (id: string, digest: string, cookie: string | null, now: number): Promise<FoundRemember> {
    const askedAt = this.#recent.count
    const record = await this.#store.find(id)
    return record === null ? { remember: null, id, standing: 'ended' } : this.#judged({ record, digest, cookie, askedAt }, now)
  }

  #judged (note: RecordNote, now: number): FoundRemember {
    const { record, digest } = note
    const remember = rememberFactsOf(record)
    if (remember === null) return { remember, id: record.id, standing: 'ended' }
    this.#notes.add(remember, note)
    const standing = isSuspended(record) ? 'suspended' : validatorStanding(record.remember as RememberRecord, digest as string, now)
    return { remember, standing } as FoundRemember
  }

  remembers (cookie: string, login: LoginFacts, now: number): boolean {
    const named = this.#seal.open('remember', cookie)
    const record = this.#notes.recordOf(login)
    if (named === null || record?.id !== named.id || record.remember === null) return false
    return ['alive', 'grace'].includes(validatorStanding(record.remember, named.digest, now))
  }

  successorIsUnseen (cookie: string, login: LoginFacts): boolean {
    const remember = this.#notes.of(login).record.remember as RememberRecord
    return !remember.seen && remember.previous.length > 0 && this.#seal.open('remember', cookie)?.digest === remember.validator
  }
}
