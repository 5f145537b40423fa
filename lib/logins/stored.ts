/**
 * Logins with a store: each is a record, and the record is the truth; the cookies hold its id and a secret.
 *
 * @module
 */
import type { RememberFacts } from '../remember/remember-seal.ts'
import type { Change, EndedLogin, FoundLogin, FoundRemember, LoginKeeper, Prepared } from './keeper.ts'
import { admits, type LoginLimit } from './login-limit.ts'
import { ownerOf } from './record-changes.ts'
import { factsOf, rememberFactsOf, restoredFactsOf, standingOf, validatorStanding } from './record-facts.ts'
import { RecordNotes } from './record-notes.ts'
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
  readonly #changes: StoredChanges

  constructor (store: LoginStore, seal: SecretSeal, realm: string, limit: LoginLimit) {
    this.#store = store
    this.#seal = seal
    this.#realm = realm
    this.#limit = limit
    this.#changes = new StoredChanges(store, seal, (userId) => ownerOf(realm, userId), limit, this.#notes)
  }

  async find (cookie: string, now: number): Promise<FoundLogin> {
    const named = this.#seal.open('login', cookie)
    if (named === null) return { login: null, standing: 'forged' }
    const record = await this.#store.find(named.id)
    if (record === null) return { login: null, standing: 'ended' }
    const login = factsOf(record)
    this.#notes.add(login, record, named.digest, cookie)
    return { login, standing: standingOf(record, named.digest, now) }
  }

  async findRemembered (cookie: string, now: number): Promise<FoundRemember> {
    const named = this.#seal.open('remember', cookie)
    if (named === null) return { remember: null, standing: 'forged' }
    const record = await this.#store.find(named.id)
    const remember = record && rememberFactsOf(record)
    if (record === null || remember === null) return { remember: null, standing: 'ended' }
    this.#notes.add(remember, record, named.digest, cookie)
    return { remember, standing: validatorStanding(record, named.digest, now) } as FoundRemember
  }

  remembers (cookie: string, login: LoginFacts, now: number): boolean {
    const named = this.#seal.open('remember', cookie)
    const record = this.#notes.recordOf(login)
    return named !== null && record?.id === named.id && ['alive', 'grace'].includes(validatorStanding(record, named.digest, now))
  }

  successorIsUnseen (cookie: string, login: LoginFacts): boolean {
    const remember = this.#notes.recordOf(login)?.remember ?? null
    return remember !== null && remember.previous !== null && this.#seal.open('remember', cookie)?.digest === remember.validator
  }

  /** The record was the truth when it was found; asking again would cost every request a second round trip. */
  standing (): 'alive' {
    return 'alive'
  }

  rememberStanding (): 'alive' {
    return 'alive'
  }

  admits ({ userId, id }: LoginFacts): Promise<boolean> {
    return admits(this.#store, this.#limit, ownerOf(this.#realm, userId), id)
  }

  isStale (login: LoginFacts): boolean {
    return this.#notes.recordOf(login)?.stale === true
  }

  makeStale (login: LoginFacts): Promise<boolean> {
    return this.#changes.makeStale(login)
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

  commit (prepared: Prepared, now: number): Promise<EndedLogin[] | null> {
    return this.#changes.commit(prepared, now)
  }

  async end (ended: LoginFacts | RememberFacts): Promise<string | null> {
    const { id } = this.#notes.of(ended).record
    await this.#store.remove(id)
    return id
  }

  async endById (id: string, userId: string | null): Promise<boolean> {
    if (userId !== null && (await this.#store.find(id))?.owner !== ownerOf(this.#realm, userId)) return false
    await this.#store.remove(id)
    return true
  }

  async endAll (userId: string, exceptId: string | null): Promise<void> {
    await this.#store.removeAll(ownerOf(this.#realm, userId), exceptId ?? undefined)
  }

  async endEvery (): Promise<void> {
    await this.#store.removeAll(null)
  }

  list (userId: string): Promise<LoginRecord[]> {
    return this.#store.list(ownerOf(this.#realm, userId))
  }
}
