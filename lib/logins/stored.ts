/**
 * Logins with a store: each is a record, and the record is the truth; the cookies hold its id and a secret.
 *
 * @module
 */
import type { Moments } from '../moments.ts'
import type { RememberFacts } from '../remember/remember-seal.ts'
import type { Change, Committed, FoundLogin, FoundRemember, LoginKeeper, Prepared } from './keeper.ts'
import { admits, usableLogins, type LoginLimit } from './login-limit.ts'
import { ownerOf, type RealmNames } from './record-changes.ts'
import { restoredFactsOf } from './record-facts.ts'
import { everyone, RecentEnds } from './recent-ends.ts'
import { RecordNotes } from './record-notes.ts'
import { changeRecord } from './record-update.ts'
import type { LoginFacts, Proof } from './record.ts'
import type { SecretSeal } from './secret-seal.ts'
import type { LoginRecord, LoginStore } from './store.ts'
import { StoredChanges } from './stored-changes.ts'
import { StoredFinding } from './stored-finding.ts'

export class StoredLogins implements LoginKeeper {
  /** The records of this realm alone. */
  readonly #store: LoginStore
  readonly #finding: StoredFinding
  readonly #realmId: string
  readonly #limit: LoginLimit
  readonly #notes = new RecordNotes()
  readonly #recent: RecentEnds
  readonly #changes: StoredChanges

  constructor (store: LoginStore, seal: SecretSeal, realm: RealmNames, limit: LoginLimit, moments: Moments) {
    this.#store = store
    this.#recent = new RecentEnds(moments)
    this.#finding = new StoredFinding(store, seal, this.#notes, this.#recent)
    this.#realmId = realm.id
    this.#limit = limit
    this.#changes = new StoredChanges(store, seal, realm, limit, this.#notes, this.#recent, moments)
  }

  find (cookie: string, now: number): Promise<FoundLogin> {
    return this.#finding.find(cookie, now)
  }

  findAgain (login: LoginFacts, now: number): Promise<FoundLogin> {
    return this.#finding.findAgain(login, now)
  }

  findRemembered (cookie: string, now: number, login: LoginFacts | null): Promise<FoundRemember> {
    return this.#finding.findRemembered(cookie, now, login)
  }

  findRememberedAgain (remember: RememberFacts, now: number): Promise<FoundRemember> {
    return this.#finding.findRememberedAgain(remember, now)
  }

  remembers (cookie: string, login: LoginFacts, now: number): boolean {
    return this.#finding.remembers(cookie, login, now)
  }

  successorIsUnseen (cookie: string, login: LoginFacts): boolean {
    return this.#finding.successorIsUnseen(cookie, login)
  }

  admits ({ userId, id }: LoginFacts, now: number): Promise<boolean> {
    return admits(this.#store, this.#limit, ownerOf(this.#realmId, userId), id, now)
  }

  isStale (login: LoginFacts): boolean { return this.#notes.of(login).record.stale }

  async makeStale (login: LoginFacts): Promise<boolean> {
    const stale = (record: LoginRecord) => record.stale ? null : { ...record, version: record.version + 1, stale: true }
    return await changeRecord(this.#store, this.#notes.of(login).record, stale) !== null
  }

  restored (remember: RememberFacts, _begunAt: number, settled: Pick<Proof, 'at' | 'expiresAt' | 'browser'>): LoginFacts {
    const note = this.#notes.of(remember)
    const login = restoredFactsOf(note.record, settled)
    this.#notes.add(login, { ...note, cookie: null, digest: null })
    return login
  }

  prepare (change: Change): Prepared { return this.#changes.prepare(change) }

  async commit (prepared: Prepared, now: number): Promise<Committed | null> {
    const { kind, login, ends } = prepared.change
    if (kind === 'use') return await this.#changes.commit(prepared, now)
    const ids = [login.id, ...ends.map((ended) => this.#notes.of(ended).record.id)]
    const committed = await this.#recent.noteAround(ids, () => this.#changes.commit(prepared, now))
    // What a limit or a new password ends is known only now. Noted by its user: it may be thousands of logins.
    const userIds = new Set(committed?.ended.map(({ userId }) => userId))
    for (const userId of userIds) this.#recent.note(ownerOf(this.#realmId, userId))
    return committed
  }

  /** Told once, although two may end it at the same moment. */
  async end (ended: LoginFacts | RememberFacts): Promise<string | null> {
    const { id } = this.#notes.of(ended).record
    return await this.#remove(id) ? id : null
  }

  async endById (id: string, userId: string | null): Promise<boolean> {
    const record = await this.#store.find(id)
    if (record === null || (userId !== null && record.userId !== userId)) return false
    return await this.#remove(id)
  }

  #remove (id: string): Promise<boolean> {
    return this.#recent.noteAround([id], () => this.#store.remove(id))
  }

  async endAll (userId: string, exceptId: string | null): Promise<void> {
    const owner = ownerOf(this.#realmId, userId)
    await this.#recent.noteAllEnded(owner, () => this.#store.removeAll(owner, exceptId ?? undefined))
  }

  async endEvery (): Promise<void> {
    await this.#recent.noteAllEnded(everyone, () => this.#store.removeAll(null))
  }

  async list (userId: string, lifetimes: LoginLimit['lifetimes'], now: number): Promise<LoginRecord[]> {
    return await usableLogins(this.#store, ownerOf(this.#realmId, userId), lifetimes, now)
  }
}
