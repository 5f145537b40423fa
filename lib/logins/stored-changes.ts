/**
 * Carries changes of logins out on their records: whole or not at all.
 *
 * @module
 */
import { randomId } from '../digest.ts'
import type { Moments } from '../moments.ts'
import type { RememberFacts } from '../remember/remember-seal.ts'
import { keptTogether } from './ended-logins.ts'
import type { Change, Committed, Prepared } from './keeper.ts'
import { endBeyond, type LoginLimit } from './login-limit.ts'
import { newRecord, replacedRecord, usedRecord, type RealmNames, type Secrets } from './record-changes.ts'
import { isCrowded, isSuspended, standingOf } from './record-facts.ts'
import type { RecordNote, RecordNotes } from './record-notes.ts'
import type { RecentEnds } from './recent-ends.ts'
import type { LoginFacts } from './record.ts'
import { changeRecord } from './record-update.ts'
import type { SecretSeal } from './secret-seal.ts'
import { StoreSteps } from './store-steps.ts'
import type { LoginRecord, LoginStore, RememberRecord } from './store.ts'

/** How often the time after which a login begins is doubled: from a millisecond to a thousand years. */
const triedAfterEnd = 45

export class StoredChanges {
  readonly #store: LoginStore
  readonly #seal: SecretSeal
  readonly #realm: RealmNames
  readonly #limit: LoginLimit
  readonly #notes: RecordNotes
  readonly #recent: RecentEnds
  readonly #moments: Moments
  readonly #secrets = new WeakMap<Change, Secrets>()

  constructor (
    store: LoginStore, seal: SecretSeal, realm: RealmNames, limit: LoginLimit, notes: RecordNotes, recent: RecentEnds, moments: Moments
  ) {
    this.#store = store
    this.#seal = seal
    this.#realm = realm
    this.#limit = limit
    this.#notes = notes
    this.#recent = recent
    this.#moments = moments
  }

  prepare (change: Change): Prepared {
    const { kind, from, login, carried } = change
    if (kind === 'use') {
      // The browser keeps the cookie that it has; a renewal only sets it anew.
      return { change, loginCookie: null, rememberCookie: carried && this.#notes.of(carried).cookie, remember: change.remember }
    }
    // The same record: what is asked about the login from here on is answered by it.
    if (kind === 'proof') this.#notes.add(login, this.#notes.of(from as LoginFacts))
    const keepsValidator = this.#keepsValidator(change)
    const remember = change.remember ?? (kind === 'restore' && !keepsValidator ? carried : null)
    const secrets = { login: randomId(32), validator: remember === null || keepsValidator ? null : randomId(32) }
    this.#secrets.set(change, secrets)
    const loginCookie = this.#seal.seal('login', login.id, secrets.login)
    if (keepsValidator) return { change, loginCookie, rememberCookie: remember && this.#notes.of(carried as RememberFacts).cookie, remember }
    return { change, loginCookie, rememberCookie: secrets.validator && this.#seal.seal('remember', login.id, secrets.validator), remember }
  }

  /** A restore replaces no validator where so many were replaced in the last minute that one would have to be forgotten. */
  #keepsValidator ({ kind, carried, matchesStamp, login: { renewedAt } }: Change): boolean {
    if (kind !== 'restore' || carried === null || matchesStamp !== null) return false
    return isCrowded(this.#notes.of(carried).record.remember as RememberRecord, renewedAt)
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
    if (!await this.#endPredecessors(change, steps, now)) return false
    const { startedAt } = change.login
    // Whether the clock was set back while the request was under way shows now.
    const time = Date.now()
    this.#moments.at(time)
    const record = newRecord(change, this.#realm, secrets, this.#moments.timeOf(startedAt))
    if (!await steps.create(record) && !await this.#createAfterEnd(record, startedAt, time / 1000)) return false
    return await endBeyond(this.#store, this.#limit, record, steps, now)
  }

  /**
   * Keeps a login that began, so the store says, before all logins of its user were ended. Where that lies in the
   * future the clock was set back since, or is ahead on another process: it says nothing of which came first, and the
   * login begins after it, lest nobody can log in until then. What this process ended is known here, and stays ended.
   */
  async #createAfterEnd (record: LoginRecord, arrived: number, now: number): Promise<boolean> {
    if (this.#recent.allEndedSince(record.owner, arrived)) return false
    let seconds = this.#moments.wereSetBack ? 0.001 : keptTogether
    // Not in the future: they were ended while the request was under way. What was kept by this is taken back.
    if (await this.#store.create({ ...record, begunAt: now + seconds })) return false
    for (let tried = 0; tried < triedAfterEnd; tried++) {
      seconds *= 2
      if (await this.#store.create({ ...record, begunAt: now + seconds })) return true
    }
    return false
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

  /**
   * Ends what another user's new login takes the place of, before that login begins. Of several requests that bring
   * the same cookies only one can end it, so only one of their logins begins. False where another request was first:
   * the login that the request came with has ended, or has another secret.
   */
  async #endPredecessors ({ from, ends }: Change, steps: StoreSteps, now: number): Promise<boolean> {
    const note = from === null ? null : this.#notes.of(from)
    const stands = (record: LoginRecord) => record.id === note?.record.id
      ? standingOf(record, note.digest as string, now) === 'alive'
      : !isSuspended(record)
    for (const record of this.#recordsOf(ends)) {
      // Another change ends it already, and may be reverted: this one ends it for good.
      if (isSuspended(record)) await steps.end(record, 'replaced', now)
      else if (!await steps.end(record, 'replaced', now, stands)) return false
    }
    return true
  }

  async #endOthers ({ ends }: Change, steps: StoreSteps, now: number): Promise<void> {
    await steps.endMany(this.#recordsOf(ends), 'replaced', now)
  }

  /** Each record once: a login and its remember cookie are one record. */
  #recordsOf (held: Change['ends']): LoginRecord[] {
    return [...new Map(held.map((one) => this.#notes.of(one).record).map((record) => [record.id, record])).values()]
  }

  /** What a new password ended is taken off the list at once, not only when it comes by. */
  async #endOlder ({ owner }: LoginRecord, isOlder: (record: LoginRecord) => boolean, steps: StoreSteps, now: number): Promise<void> {
    await steps.endMany(await this.#store.list(owner), 'user-changed', now, isOlder)
  }
}
