/**
 * Carries changes of logins out on their records: whole or not at all.
 *
 * @module
 */
import { randomId } from '../digest.ts'
import type { RememberFacts } from '../remember/remember-seal.ts'
import type { Change, Committed, Prepared } from './keeper.ts'
import { endBeyond, type LoginLimit } from './login-limit.ts'
import { newRecord, replacedRecord, usedRecord, type Secrets } from './record-changes.ts'
import { standingOf } from './record-facts.ts'
import type { RecordNote, RecordNotes } from './record-notes.ts'
import type { LoginFacts } from './record.ts'
import { changeRecord } from './record-update.ts'
import type { SecretSeal } from './secret-seal.ts'
import { StoreSteps } from './store-steps.ts'
import type { LoginRecord, LoginStore } from './store.ts'

export class StoredChanges {
  readonly #store: LoginStore
  readonly #seal: SecretSeal
  readonly #realm: string
  readonly #limit: LoginLimit
  readonly #notes: RecordNotes
  readonly #secrets = new WeakMap<Change, Secrets>()

  constructor (store: LoginStore, seal: SecretSeal, realm: string, limit: LoginLimit, notes: RecordNotes) {
    this.#store = store
    this.#seal = seal
    this.#realm = realm
    this.#limit = limit
    this.#notes = notes
  }

  prepare (change: Change): Prepared {
    const { kind, from, login, carried } = change
    if (kind === 'use') {
      // The browser keeps the cookie that it has; a renewal only sets it anew.
      return { change, loginCookie: null, rememberCookie: carried && this.#notes.of(carried).cookie, remember: change.remember }
    }
    // The same record: what is asked about the login from here on is answered by it.
    if (kind === 'proof') this.#notes.add(login, this.#notes.of(from as LoginFacts))
    const remember = change.remember ?? (kind === 'restore' ? carried : null)
    const secrets = { login: randomId(32), validator: remember === null ? null : randomId(32) }
    this.#secrets.set(change, secrets)
    const loginCookie = this.#seal.seal('login', login.id, secrets.login)
    return { change, loginCookie, rememberCookie: secrets.validator && this.#seal.seal('remember', login.id, secrets.validator), remember }
  }

  /** Null where another request was first. A step that fails takes back those before it. */
  async commit ({ change, remember }: Prepared, now: number): Promise<Committed | null> {
    const steps = new StoreSteps(this.#store)
    try {
      const done = await this.#carryOut({ ...change, remember }, this.#secrets.get(change) as Secrets, steps, now)
      if (done) return steps
      await steps.undo()
      return null
    } catch (error) {
      await steps.undo()
      throw error
    }
  }

  async #carryOut (change: Change, secrets: Secrets, steps: StoreSteps, now: number): Promise<boolean> {
    if (change.kind === 'begin') return await this.#begin(change, secrets, steps, now)
    const note = this.#notes.of(change.from ?? change.carried as RememberFacts)
    if (change.kind !== 'use') return await this.#replace(change, secrets, note, steps, now)
    const used = (current: LoginRecord) => current.secret === note.record.secret ? usedRecord(current, change) : null
    return await changeRecord(this.#store, note.record, used) !== null
  }

  async #begin (change: Change, secrets: Secrets, steps: StoreSteps, now: number): Promise<boolean> {
    if (change.from !== null && !await this.#stillStands(this.#notes.of(change.from), now)) return false
    const record = newRecord(change, this.#realm, secrets)
    if (!await steps.create(record)) return false
    await this.#endOthers(change, steps, now)
    return await endBeyond(this.#store, this.#limit, record, steps, now)
  }

  async #replace (change: Change, secrets: Secrets, { record: found, digest }: RecordNote, steps: StoreSteps, now: number): Promise<boolean> {
    const { from, login, matchesStamp } = change
    const came = from === null ? digest : null
    const replaced = await steps.replace(found, (record) => record.secret === found.secret ? replacedRecord(record, change, secrets, came, this.#limit.lifetimes, now) : null)
    if (!replaced) return false
    await this.#endOthers(change, steps, now)
    if (matchesStamp === null || matchesStamp(found.stamp)) return true
    // One that was proven later may have a newer password; where it has not, its stamp turns it away.
    await this.#endOlder(found, ({ stamp, renewedAt }) => !matchesStamp(stamp) && renewedAt <= login.renewedAt, steps, now)
    return true
  }

  /** Whether the login that a request came with has been neither ended nor superseded meanwhile. */
  async #stillStands ({ record: { id }, digest }: RecordNote, now: number): Promise<boolean> {
    const record = await this.#store.find(id)
    return record !== null && standingOf(record, digest as string, now) === 'alive'
  }

  async #endOthers ({ ends }: Change, steps: StoreSteps, now: number): Promise<void> {
    // A login and its remember cookie are one record.
    const others = new Map(ends.map((ended) => this.#notes.of(ended).record).map((record) => [record.id, record]))
    await steps.endMany([...others.values()], 'replaced', now)
  }

  /** What a new password ended is taken off the list at once, not only when it comes by. */
  async #endOlder ({ owner }: LoginRecord, isOlder: (record: LoginRecord) => boolean, steps: StoreSteps, now: number): Promise<void> {
    await steps.endMany(await this.#store.list(owner), 'user-changed', now, isOlder)
  }
}
