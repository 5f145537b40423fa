/**
 * The list of ended, stale and superseded logins that a process keeps where there is no store.
 *
 * @module
 */
import { EndedFamilies } from './ended-families.ts'
import type { Standing } from './keeper.ts'
import { familyOf, type LoginFacts } from './record.ts'
import { UserMarks, type Mark } from './user-marks.ts'

/** How long an older generation is still accepted, in seconds: requests that were under way when it was replaced. */
export const generationGrace = 10

/** How many older generations are accepted, as with a store: a user who confirms in a loop must not fill the memory. */
const mostSuperseded = 8

/**
 * Bounded by users, the one longest unchanged first: it folds into a time by which every login had begun that it
 * ended, and whatever began by then is ended for everybody. Nothing is ever forgotten in favour of a cookie, which is
 * why no cache that evicts can stand here.
 */
export class EndedLogins {
  readonly #users = new Map<string, UserMarks>()
  readonly #families: EndedFamilies
  readonly #capacity: number
  readonly #warnFull: () => void
  #notBefore = 0
  #full = false

  constructor (capacity: number, warnFull: () => void) {
    this.#capacity = capacity
    this.#families = new EndedFamilies(capacity)
    this.#warnFull = warnFull
  }

  /** Whether a family, for one of whose members `begunAt` is the start, has ended. */
  hasEnded (userId: string, family: string, begunAt: number): boolean {
    if (begunAt <= this.#notBefore || this.#families.has(family)) return true
    const marks = this.#users.get(userId)
    return marks !== undefined && (marks.endedTogether(family, begunAt) || marks.get(family)?.ended === true)
  }

  standing (login: LoginFacts, now: number): Standing {
    if (this.hasEnded(login.userId, familyOf(login.id), login.startedAt)) return 'ended'
    const mark = this.#users.get(login.userId)?.get(login.id)
    if (mark === undefined || login.generation >= mark.generation) return 'alive'
    const supersededAt = mark.superseded.get(login.generation) ?? -Infinity
    return now < supersededAt + generationGrace ? 'grace' : 'superseded'
  }

  isStale (login: LoginFacts): boolean { return this.#users.get(login.userId)?.get(login.id)?.stale === true }

  /** The stamp under which a superseded login was last proven. */
  newestStamp (login: LoginFacts): string | null {
    return (this.#users.get(login.userId)?.get(login.id) as Mark).stamp
  }

  /** Ends a family of a user. Returns what takes that back, or null where it had ended before. */
  end (userId: string, family: string, now: number, until: number): (() => void) | null {
    const before = this.#users.get(userId)?.get(family)?.ended === true
    const undo = this.#marksOf(userId, now).change(family, now, until, { ended: true }, null)
    return before ? null : undo
  }

  /** Ends a family of whichever user. */
  endFamily (family: string, now: number, until: number): void {
    const folded = this.#families.end(family, now, until)
    if (folded > 0) this.#raise(folded)
  }

  /** Ends every login of a user that has begun, but for one family. */
  endAll (userId: string, now: number, except: string | null): void {
    this.#marksOf(userId, now).endAll(now, except)
  }

  /** Ends every login that has begun. */
  endEvery (now: number): void {
    this.#notBefore = Math.max(this.#notBefore, now)
    this.#users.clear()
    this.#families.clear()
  }

  /** Makes a login stale until its next proof of identity; false where it is stale already. */
  makeStale (login: LoginFacts, now: number): boolean {
    if (this.isStale(login)) return false
    this.#marksOf(login.userId, now).change(login.id, now, login.expiresAt, { stale: true }, familyOf(login.id))
    return true
  }

  /** A new generation takes the place of those before, and settles what made the login stale. Returns what takes that back. */
  supersede (older: LoginFacts, newer: LoginFacts, now: number): () => void {
    const known = this.#users.get(older.userId)?.get(older.id)?.superseded ?? new Map<number, number>()
    const recent = [...known].filter(([, at]) => now < at + generationGrace)
    const superseded = new Map([...recent, [older.generation, now] as const].slice(-mostSuperseded))
    const change = { generation: newer.generation, stamp: newer.stamp, stale: false, superseded }
    const until = Math.max(older.expiresAt, newer.expiresAt)
    return this.#marksOf(older.userId, now).change(older.id, now, until, change, familyOf(older.id))
  }

  /** The marks of a user, who thereby becomes the one most recently changed. */
  #marksOf (userId: string, now: number): UserMarks {
    const marks = this.#users.get(userId) ?? new UserMarks()
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

  #raise (to: number): void {
    this.#notBefore = Math.max(this.#notBefore, to)
    if (this.#full) return
    this.#full = true
    this.#warnFull()
  }
}
