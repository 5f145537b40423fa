/**
 * Carries changes of logins out on their records: whole or not at all.
 *
 * @module
 */
import { randomId } from '../digest.ts'
import type { RememberFacts } from '../remember/remember-seal.ts'
import type { Change, EndedLogin, Prepared } from './keeper.ts'
import { endBeyond, type LoginLimit } from './login-limit.ts'
import { newRecord, replacedRecord, usedRecord, type Secrets } from './record-changes.ts'
import { standingOf } from './record-facts.ts'
import type { RecordNote, RecordNotes } from './record-notes.ts'
import type { LoginFacts } from './record.ts'
import type { SecretSeal } from './secret-seal.ts'
import type { LoginRecord, LoginStore } from './store.ts'

/** How often a change is tried again where another request changed something else of the record. */
const tries = 5

export class StoredChanges {
  readonly #store: LoginStore
  readonly #seal: SecretSeal
  readonly #ownerOf: (userId: string) => string
  readonly #limit: LoginLimit
  readonly #notes: RecordNotes
  readonly #secrets = new WeakMap<Change, Secrets>()

  constructor (store: LoginStore, seal: SecretSeal, ownerOf: (userId: string) => string, limit: LoginLimit, notes: RecordNotes) {
    this.#store = store
    this.#seal = seal
    this.#ownerOf = ownerOf
    this.#limit = limit
    this.#notes = notes
  }

  prepare (change: Change): Prepared {
    const { kind, login, carried } = change
    // By a use the browser keeps the cookie that it has; a renewal only sets it anew.
    const present = change.remember === null || carried === null ? null : this.#notes.of(carried).cookie
    if (kind === 'use') return { change, loginCookie: null, rememberCookie: present, remember: change.remember }
    const remember = change.remember ?? (kind === 'restore' ? carried : null)
    const secrets = { login: randomId(32), validator: remember === null ? null : randomId(32) }
    this.#secrets.set(change, secrets)
    const loginCookie = this.#seal.seal('login', login.id, secrets.login)
    return { change, loginCookie, rememberCookie: secrets.validator && this.#seal.seal('remember', login.id, secrets.validator), remember }
  }

  async commit ({ change, remember }: Prepared, now: number): Promise<EndedLogin[] | null> {
    if (change.kind === 'begin') return await this.#begin(change, now)
    const noted = this.#notes.of(change.from ?? change.carried as RememberFacts)
    if (change.kind !== 'use') return await this.#replace({ ...change, remember }, this.#secrets.get(change) as Secrets, noted, now)
    const used = (current: LoginRecord) => current.secret === noted.record.secret ? usedRecord(current, change) : null
    return await this.#change(noted.record, used) === null ? null : []
  }

  /** Changes a record as it is now; null: not any more. Another request's change of something else is no hindrance. */
  async #change (found: LoginRecord, change: (record: LoginRecord) => LoginRecord | null): Promise<LoginRecord | null> {
    let record: LoginRecord | null = found
    for (let tried = 0; tried < tries && record !== null; tried++) {
      const changed = change(record)
      if (changed === null || await this.#store.update(changed, record.version)) return changed
      record = await this.#store.find(found.id)
    }
    return null
  }

  async makeStale (login: LoginFacts): Promise<boolean> {
    const stale = (record: LoginRecord) => record.stale ? null : { ...record, version: record.version + 1, stale: true }
    return await this.#change(this.#notes.of(login).record, stale) !== null
  }

  async #begin (change: Change, now: number): Promise<EndedLogin[] | null> {
    if (change.from !== null && !await this.#stillStands(change.from, now)) return null
    const record = newRecord(change, this.#ownerOf(change.login.userId), this.#secrets.get(change) as Secrets, now)
    if (!await this.#store.create(record)) return null
    try {
      const beyond = await endBeyond(this.#store, this.#limit, record.owner)
      if (beyond.some(({ id }) => id === record.id)) return null
      return [...beyond, ...await this.#endOthers(change, record.id)]
    } catch (error) {
      // Nobody holds the secret of the new login: it must not stand beside the one that lives on.
      await this.#store.remove(record.id).catch(() => {})
      throw error
    }
  }

  async #replace (change: Change, secrets: Secrets, { record: found, digest }: RecordNote, now: number): Promise<EndedLogin[] | null> {
    const { from } = change
    // An older secret, in its grace, may change nothing.
    if (from !== null && found.secret !== digest) return null
    const replaced = await this.#change(found, (record) => {
      const superseded = from !== null ? record.secret !== found.secret : record.remember?.validator !== found.remember?.validator
      return superseded ? null : replacedRecord(record, change, secrets, from === null ? digest : null, now)
    })
    if (replaced === null) return null
    try {
      return await this.#endOthers(change, found.id)
    } catch (error) {
      // The browser does not get the new secret: it must be able to go on with the one that it has.
      await this.#store.update({ ...found, version: replaced.version + 1 }, replaced.version).catch(() => {})
      throw error
    }
  }

  /** Whether the login that a request came with has been neither ended nor superseded meanwhile. */
  async #stillStands (from: LoginFacts, now: number): Promise<boolean> {
    const noted = this.#notes.of(from)
    const record = await this.#store.find(noted.record.id)
    return record !== null && standingOf(record, noted.digest ?? '', now) === 'alive'
  }

  async #endOthers ({ ends }: Change, ownId: string): Promise<EndedLogin[]> {
    const others = ends.map((ended) => this.#notes.recordOf(ended)).filter((record) => record !== null && record.id !== ownId) as LoginRecord[]
    for (const { id } of others) await this.#store.remove(id)
    return [...new Map(others.map(({ id, userId }) => [id, { id, userId, reason: 'replaced' as const }])).values()]
  }
}
