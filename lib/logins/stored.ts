/**
 * Logins with a store: each is a record, and the record is the truth; the cookies hold its id and a secret.
 *
 * @module
 */
import type { RememberFacts } from '../remember/remember-seal.ts'
import type { Change, Committed, FoundLogin, FoundRemember, LoginKeeper, Prepared } from './keeper.ts'
import { admits, isUsable, type LoginLimit } from './login-limit.ts'
import { ownerOf } from './record-changes.ts'
import { factsOf, rememberFactsOf, restoredFactsOf, standingOf, validatorStanding } from './record-facts.ts'
import { RecentEnds } from './recent-ends.ts'
import { RecordNotes } from './record-notes.ts'
import { changeRecord } from './record-update.ts'
import type { LoginFacts, Proof } from './record.ts'
import type { SecretSeal } from './secret-seal.ts'
import type { LoginRecord, LoginStore } from './store.ts'
import { StoredChanges } from './stored-changes.ts'

export class StoredLogins implements LoginKeeper {
  readonly #store: LoginStore
  readonly #seal: SecretSeal
  readonly #realm: string
  readonly #limit: LoginLimit
  readonly #notes = new RecordNotes()
  readonly #recent = new RecentEnds()
  readonly #changes: StoredChanges

  constructor (store: LoginStore, seal: SecretSeal, realm: string, limit: LoginLimit) {
    this.#store = store
    this.#seal = seal
    this.#realm = realm
    this.#limit = limit
    this.#changes = new StoredChanges(store, seal, realm, limit, this.#notes)
  }

  async find (cookie: string, now: number): Promise<FoundLogin> {
    const named = this.#seal.open('login', cookie)
    if (named === null) return { login: null, standing: 'forged' }
    return await this.#read(named.id, named.digest, cookie, now)
  }

  /** Where nothing happened here meanwhile, a second round trip is saved; the record was the truth a moment ago. */
  async findAgain (login: LoginFacts, now: number): Promise<FoundLogin> {
    const { record, digest, cookie } = this.#notes.of(login)
    return this.#recent.concern(record) ? await this.#read(record.id, digest as string, cookie, now) : { login, standing: 'alive' }
  }

  async #read (id: string, digest: string, cookie: string | null, now: number): Promise<FoundLogin> {
    const record = await this.#store.find(id)
    if (record === null) return { login: null, standing: 'ended' }
    const login = factsOf(record)
    this.#notes.add(login, record, digest, cookie)
    return { login, standing: standingOf(record, digest, now) }
  }

  async findRemembered (cookie: string, now: number, login: LoginFacts | null): Promise<FoundRemember> {
    const named = this.#seal.open('remember', cookie)
    if (named === null) return { remember: null, standing: 'forged' }
    const known = login === null ? null : this.#notes.recordOf(login)
    const isKnown = known?.id === named.id && !this.#recent.concern(known)
    return this.#judged(isKnown ? known : await this.#store.find(named.id), named.digest, cookie, now)
  }

  async findRememberedAgain (remember: RememberFacts, now: number): Promise<FoundRemember> {
    const { record, digest, cookie } = this.#notes.of(remember)
    if (!this.#recent.concern(record)) return { remember, standing: 'alive' }
    return this.#judged(await this.#store.find(record.id), digest as string, cookie, now)
  }

  #judged (record: LoginRecord | null, digest: string, cookie: string | null, now: number): FoundRemember {
    const remember = record && rememberFactsOf(record)
    if (record === null || remember === null) return { remember: null, standing: 'ended' }
    this.#notes.add(remember, record, digest, cookie)
    return { remember, standing: validatorStanding(record, digest, now) } as FoundRemember
  }

  remembers (cookie: string, login: LoginFacts, now: number): boolean {
    const named = this.#seal.open('remember', cookie)
    const record = this.#notes.recordOf(login)
    return named !== null && record?.id === named.id && ['alive', 'grace'].includes(validatorStanding(record, named.digest, now))
  }

  successorIsUnseen (cookie: string, login: LoginFacts): boolean {
    const remember = this.#notes.recordOf(login)?.remember ?? null
    return remember !== null && !remember.seen && remember.previous.length > 0 && this.#seal.open('remember', cookie)?.digest === remember.validator
  }

  admits ({ userId, id }: LoginFacts, now: number): Promise<boolean> {
    return admits(this.#store, this.#limit, ownerOf(this.#realm, userId), id, now)
  }

  isStale (login: LoginFacts): boolean {
    return this.#notes.recordOf(login)?.stale === true
  }

  async makeStale (login: LoginFacts): Promise<boolean> {
    const stale = (record: LoginRecord) => record.stale ? null : { ...record, version: record.version + 1, stale: true }
    return await changeRecord(this.#store, this.#notes.of(login).record, stale) !== null
  }

  restored (remember: RememberFacts, _begunAt: number, settled: Pick<Proof, 'at' | 'expiresAt' | 'browser'>): LoginFacts {
    const { record } = this.#notes.of(remember)
    const login = restoredFactsOf(record, settled)
    this.#notes.add(login, record, null, null)
    return login
  }

  prepare (change: Change): Prepared {
    return this.#changes.prepare(change)
  }

  async commit (prepared: Prepared, now: number): Promise<Committed | null> {
    const committed = await this.#changes.commit(prepared, now)
    if (committed === null || prepared.change.kind === 'use') return committed
    for (const { id } of [prepared.change.login, ...committed.ended]) this.#recent.note(id)
    return committed
  }

  /** Ended by one of two at the same moment, so that it is told once. */
  async end (ended: LoginFacts | RememberFacts): Promise<string | null> {
    const { record } = this.#notes.of(ended)
    const over = await changeRecord(this.#store, record, (current) => ({ ...current, version: current.version + 1, keepUntil: 0 }))
    await this.#store.remove(record.id)
    this.#recent.note(record.id)
    return over && record.id
  }

  async endById (id: string, userId: string | null): Promise<boolean> {
    const record = await this.#store.find(id)
    if (record?.realm !== this.#realm || (userId !== null && record.userId !== userId)) return false
    await this.#store.remove(id)
    this.#recent.note(id)
    return true
  }

  async endAll (userId: string, exceptId: string | null): Promise<void> {
    const owner = ownerOf(this.#realm, userId)
    await this.#store.removeAll(owner, exceptId ?? undefined)
    this.#recent.note(owner)
  }

  async endEvery (): Promise<void> {
    await this.#store.removeAll(null)
    this.#recent.noteEvery()
  }

  async list (userId: string, lifetimes: LoginLimit['lifetimes'], now: number): Promise<LoginRecord[]> {
    const records = await this.#store.list(ownerOf(this.#realm, userId))
    return records.filter((record) => isUsable(record, lifetimes, now))
  }
}
