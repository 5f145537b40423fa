/**
 * Carries changes of logins out on their records: each by one compare-and-swap, whole or not at all.
 *
 * @module
 */
import { randomId } from '../digest.ts'
import type { Change, Prepared } from './keeper.ts'
import { newRecord, replacedRecord, usedRecord, type Secrets } from './record-changes.ts'
import { standingOf } from './record-facts.ts'
import type { LoginFacts } from './record.ts'
import type { SecretSeal } from './secret-seal.ts'
import type { LoginRecord, LoginStore } from './store.ts'
import type { RememberFacts } from '../remember/remember-seal.ts'

/** What a request found: the record, and the cookie and digest by which it was named. */
interface Noted { readonly record: LoginRecord, readonly digest: string | null, readonly cookie: string | null }

/** How many logins a user may have; null: any number. */
export interface LoginLimit { readonly most: number | null, readonly onMost: 'end-oldest' | 'refuse' }

/** How often a change is tried again where another request changed something else of the record. */
const tries = 5

export class StoredChanges {
  readonly #store: LoginStore
  readonly #seal: SecretSeal
  readonly #ownerOf: (userId: string) => string
  readonly #limit: LoginLimit
  readonly #noted = new WeakMap<object, Noted>()
  readonly #secrets = new WeakMap<Change, Secrets>()

  constructor (store: LoginStore, seal: SecretSeal, ownerOf: (userId: string) => string, limit: LoginLimit) {
    this.#store = store
    this.#seal = seal
    this.#ownerOf = ownerOf
    this.#limit = limit
  }

  note (facts: object, record: LoginRecord, digest: string | null, cookie: string | null): void {
    this.#noted.set(facts, { record, digest, cookie })
  }

  recordOf (facts: LoginFacts | RememberFacts): LoginRecord | null {
    return this.#noted.get(facts)?.record ?? null
  }

  prepare (change: Change): Prepared {
    const { kind, login, carried } = change
    if (kind === 'use') {
      // The browser keeps the cookie that it has; a renewal only sets it anew.
      const cookie = change.remember === null || carried === null ? null : this.#noted.get(carried)?.cookie ?? null
      return { change, loginCookie: null, rememberCookie: cookie, remember: change.remember }
    }
    const remember = change.remember ?? (kind === 'restore' ? carried : null)
    const secrets = { login: randomId(32), validator: remember === null ? null : randomId(32) }
    this.#secrets.set(change, secrets)
    return {
      change,
      loginCookie: this.#seal.seal('login', login.id, secrets.login),
      rememberCookie: secrets.validator === null ? null : this.#seal.seal('remember', login.id, secrets.validator),
      remember
    }
  }

  async commit (prepared: Prepared, now: number): Promise<boolean> {
    const { change } = prepared
    if (change.kind === 'begin') return await this.#begin(change, now)
    const source = change.from ?? change.carried
    const noted = source === null ? undefined : this.#noted.get(source)
    if (noted === undefined) return false
    if (change.kind === 'use') return await this.#use(change, noted)
    const committed = await this.#replace({ ...change, remember: prepared.remember }, this.#secrets.get(change) as Secrets, noted, now)
    if (committed) await this.#endOthers(change, noted.record.id)
    return committed
  }

  /** Whether the user has room for one more login, where a new one is refused beyond the limit. */
  async admits (login: LoginFacts): Promise<boolean> {
    const { most, onMost } = this.#limit
    if (most === null || onMost !== 'refuse') return true
    const logins = await this.#store.list(this.#ownerOf(login.userId))
    return logins.length < most || logins.some(({ id }) => id === login.id)
  }

  async makeStale (login: LoginFacts): Promise<boolean> {
    const noted = this.#noted.get(login)
    if (noted === undefined) return false
    return await this.#change(noted.record, (record) => record.stale ? null : { ...record, version: record.version + 1, stale: true })
  }

  async #begin (change: Change, now: number): Promise<boolean> {
    const owner = this.#ownerOf(change.login.userId)
    if (change.from !== null && !await this.#stillStands(change.from, now)) return false
    const record = newRecord(change, owner, this.#secrets.get(change) as Secrets, now)
    if (!await this.#store.create(record)) return false
    try {
      if (!await this.#keepLimit(record)) return false
      await this.#endOthers(change, record.id)
    } catch (error) {
      // Nobody holds the secret of the new login: it must not stand beside the one that lives on.
      await this.#store.remove(record.id).catch(() => {})
      throw error
    }
    this.note(change.login, record, null, null)
    return true
  }

  /** Whether the login that a request came with has been neither ended nor superseded meanwhile. */
  async #stillStands (from: LoginFacts, now: number): Promise<boolean> {
    const noted = this.#noted.get(from)
    const record = noted === undefined ? null : await this.#store.find(noted.record.id)
    return record !== null && standingOf(record, noted?.digest ?? '', now) === 'alive'
  }

  async #replace (change: Change, secrets: Secrets, noted: Noted, now: number): Promise<boolean> {
    const { record: found, digest } = noted
    return await this.#change(found, (record) => {
      const superseded = change.from !== null ? record.secret !== found.secret : record.remember?.validator !== found.remember?.validator
      return superseded ? null : replacedRecord(record, change, secrets, change.from === null ? digest : null, now)
    })
  }

  async #use (change: Change, { record }: Noted): Promise<boolean> {
    return await this.#change(record, (current) => current.secret === record.secret ? usedRecord(current, change, change.seesSuccessor) : null)
  }

  /** Changes a record as it is now; null: not any more. Another request's change of something else is no hindrance. */
  async #change (found: LoginRecord, change: (record: LoginRecord) => LoginRecord | null): Promise<boolean> {
    let record: LoginRecord | null = found
    for (let tried = 0; tried < tries && record !== null; tried++) {
      const changed = change(record)
      if (changed === null) return false
      if (await this.#store.update(changed, record.version)) return true
      record = await this.#store.find(found.id)
    }
    return false
  }

  async #endOthers ({ ends }: Change, ownId: string): Promise<void> {
    const ids = new Set(ends.map((ended) => this.recordOf(ended)?.id))
    for (const id of ids) if (id !== undefined && id !== ownId) await this.#store.remove(id)
  }

  /** Holds the number of a user's logins: the same ones are counted, whichever process comes last. */
  async #keepLimit (record: LoginRecord): Promise<boolean> {
    const { most, onMost } = this.#limit
    if (most === null) return true
    const logins = await this.#store.list(record.owner)
    const sorted = logins.sort((one, other) => one.begunAt - other.begunAt || (one.id < other.id ? -1 : 1))
    if (onMost === 'refuse') {
      const refused = sorted.slice(most).some(({ id }) => id === record.id)
      if (refused) await this.#store.remove(record.id)
      return !refused
    }
    for (const { id } of sorted.slice(0, Math.max(0, sorted.length - most))) await this.#store.remove(id)
    return true
  }
}
