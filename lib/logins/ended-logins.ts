/**
 * The list of ended, stale and superseded logins that a process keeps where there is no store.
 *
 * @module
 */
import { EndedFamilies } from './ended-families.ts'
import type { Standing } from './keeper.ts'
import { Moments } from '../moments.ts'
import { longestLife } from '../lifetime.ts'
import { familyOf, type LoginFacts } from './record.ts'
import { UserMarks, type Mark } from './user-marks.ts'

/** How long an older generation is still accepted, in seconds: requests that were under way when it was replaced. */
export const generationGrace = 10

/** Generations superseded within so many seconds share one entry, so that any number of proofs leaves a few entries. */
const supersededTogether = generationGrace / 8

/** By how many seconds the clocks of processes differ at the most that are kept together. */
export const keptTogether = 1

/**
 * What began and ended when goes by moments, which never go back; what has expired goes by the clock, which may.
 *
 * Bounded by users, the one longest unchanged first: it folds into a time by which every login had begun that it
 * ended, and whatever began by then is ended for everybody. Nothing is ever forgotten in favour of a cookie, which is
 * why no cache that evicts can stand here.
 */
export class EndedLogins {
  readonly #users = new Map<string, UserMarks>()
  readonly #families: EndedFamilies
  readonly #capacity: number
  readonly #warnFull: () => void
  readonly #moments: Moments
  #notBefore = 0
  #full = false
  /** What was forgotten because it had expired: until when, by the clock and as a moment, and by which moment all of it had begun. */
  #forgotten = { time: 0, moment: 0, begunBy: 0 }

  constructor (capacity: number, warnFull: () => void, moments = new Moments()) {
    this.#capacity = capacity
    this.#families = new EndedFamilies(capacity)
    this.#warnFull = warnFull
    this.#moments = moments
  }

  /** Whether a family has ended, of which one began at the moment `begunAt`. */
  hasEnded (userId: string, family: string, begunAt: number, now: number): boolean {
    if (begunAt > this.#moments.of(now)) return this.#hasEndedElsewhere(userId, family, begunAt, now)
    return this.#hasEndedHere(userId, family, begunAt, now)
  }

  #hasEndedHere (userId: string, family: string, begunAt: number, now: number): boolean {
    if (begunAt <= this.#notBefore || this.#families.has(family)) return true
    if (now < this.#forgotten.time && this.#isForgotten(begunAt, now)) return true
    const marks = this.#users.get(userId)
    return marks !== undefined && (marks.endedTogether(family, begunAt) || marks.get(family)?.ended === true)
  }

  /**
   * The same of a login that begins in the future: not in this process then, but under a clock that was ahead. So it
   * began before anything that ended here, whatever its time says, and before whatever begins or ends from here on.
   */
  #hasEndedElsewhere (userId: string, family: string, begunAt: number, now: number): boolean {
    const isFarAhead = begunAt > this.#moments.of(now) + keptTogether
    const hasEnded = this.#hasEndedHere(userId, family, isFarAhead ? Number.MIN_VALUE : begunAt, now)
    this.#moments.follow(begunAt)
    // Once that time has come it could not be told any more.
    if (hasEnded && isFarAhead) this.end(userId, family, now, now + longestLife)
    return hasEnded
  }

  /** What was forgotten had expired. Where the clock was set back since, it has not, and what it was is not known any more. */
  #isForgotten (begunAt: number, now: number): boolean {
    return this.#moments.of(now) >= this.#forgotten.moment && begunAt <= this.#forgotten.begunBy
  }

  standing (login: LoginFacts, now: number): Standing {
    if (this.hasEnded(login.userId, familyOf(login.id), login.startedAt, now)) return 'ended'
    const mark = this.#users.get(login.userId)?.get(login.id)
    if (mark === undefined || login.generation >= mark.generation) return 'alive'
    const superseded = mark.superseded.findLast(({ generation }) => generation <= login.generation)
    if (superseded === undefined || superseded.leaps !== this.#moments.leaps) return 'superseded'
    return this.#moments.of(now) < superseded.at + generationGrace ? 'grace' : 'superseded'
  }

  isStale (login: LoginFacts): boolean { return this.#users.get(login.userId)?.get(login.id)?.stale === true }

  /** The stamp under which a superseded login was last proven. */
  newestStamp (login: LoginFacts): string | null {
    return (this.#users.get(login.userId)?.get(login.id) as Mark).stamp
  }

  /** Ends a family of a user. Returns what takes that back, or null where it had ended before. */
  end (userId: string, family: string, now: number, until: number): (() => void) | null {
    const before = this.#users.get(userId)?.get(family)?.ended === true
    const undo = this.#marksOf(userId, now).change(family, this.#moments.next(now), until, { ended: true }, null, now)
    return before ? null : undo
  }

  /** Ends a family of whichever user. */
  endFamily (family: string, now: number, until: number): void {
    const folded = this.#families.end(family, this.#moments.next(now), until)
    if (folded === null) return
    if (folded.until > now) this.#raise(folded.at)
    else this.#forget(folded.at, now)
  }

  /** Ends every login of a user that has begun, but for one family. */
  endAll (userId: string, now: number, except: string | null): void {
    this.#marksOf(userId, now).endAll(this.#moments.next(now), except)
  }

  /** Ends every login that has begun. */
  endEvery (now: number): void {
    this.#notBefore = this.#moments.next(now)
    this.#users.clear()
    this.#families.clear()
  }

  /** Makes a login stale until its next proof of identity; false where it is stale already. */
  makeStale (login: LoginFacts, now: number): boolean {
    if (this.isStale(login)) return false
    this.#marksOf(login.userId, now).change(login.id, this.#moments.next(now), login.expiresAt, { stale: true }, familyOf(login.id), now)
    return true
  }

  /** A new generation takes the place of those before, and settles what made the login stale. Returns what takes that back. */
  supersede (older: LoginFacts, newer: LoginFacts, now: number): () => void {
    const at = this.#moments.next(now)
    const known = this.#users.get(older.userId)?.get(older.id)?.superseded ?? []
    const { leaps } = this.#moments
    const recent = known.filter((one) => one.leaps === leaps && at < one.at + generationGrace)
    const isTogether = at < (recent.at(-1)?.at ?? -Infinity) + supersededTogether
    const superseded = isTogether ? recent : [...recent, { generation: older.generation, at, leaps }]
    const change = { generation: newer.generation, stamp: newer.stamp, stale: false, superseded }
    const until = Math.max(older.expiresAt, newer.expiresAt)
    return this.#marksOf(older.userId, now).change(older.id, at, until, change, familyOf(older.id), now)
  }

  /** The marks of a user, who thereby becomes the one most recently changed. */
  #marksOf (userId: string, now: number): UserMarks {
    const marks = this.#users.get(userId) ?? new UserMarks((at, now) => this.#forget(at, now))
    this.#users.delete(userId)
    this.#users.set(userId, marks)
    if (this.#users.size > this.#capacity) this.#foldOldest(now)
    return marks
  }

  #foldOldest (now: number): void {
    const [userId, marks] = this.#users.entries().next().value as [string, UserMarks]
    this.#users.delete(userId)
    const latest = marks.latest(now)
    if (latest > 0) this.#raise(latest)
  }

  #forget (at: number, now: number): void {
    const { time, begunBy } = this.#forgotten
    this.#forgotten = { time: Math.max(time, now), moment: this.#moments.next(now), begunBy: Math.max(begunBy, at) }
  }

  #raise (to: number): void {
    this.#notBefore = Math.max(this.#notBefore, to)
    if (this.#full) return
    this.#full = true
    this.#warnFull()
  }
}
