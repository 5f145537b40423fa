/**
 * Whether a login has reached one of its ends, and whether its proof of identity is recent enough.
 *
 * @module
 */

/** The settings that end a login by time, in seconds. */
export interface Lifetimes {
  readonly absoluteTimeout: number
  /** Without use for so long it ends; null: never. */
  readonly idleTimeout: number | null
  /** Whether every use is written down, for "last seen". */
  readonly recordsUse: boolean
  /** For so long a proof of identity counts as fresh; null: as long as the login. */
  readonly freshFor: number | null
}

/** 30 days: the longest that NIST 800-63B leaves a login without a proof of identity. */
export const defaultAbsoluteTimeout = 30 * 24 * 3600

/** 400 days, in seconds. Browsers keep no cookie longer (RFC 6265bis, 5.5), so no promise to do so is taken. */
export const longestLife = 400 * 24 * 3600

/** Longer than a request takes, in seconds. */
const longestRequest = 5 * 60

/**
 * Whether a short time is still running that ends at `until`. A request may have arrived before that time began, but
 * not long before: where it seems so the clock was set back, and without this the time would run on until then.
 */
export function isRunning (until: number, seconds: number, now: number): boolean {
  return now < until && now >= until - seconds - longestRequest
}

interface Times {
  readonly renewedAt: number
  readonly seenAt: number
  readonly provenAt: number
  readonly expiresAt: number
}

/** Which end of its life a login has reached. */
export function lapsed (login: Times, lifetimes: Pick<Lifetimes, 'absoluteTimeout' | 'idleTimeout'>, now: number): 'expired' | 'idle' | null {
  if (now >= login.expiresAt || now >= login.renewedAt + lifetimes.absoluteTimeout) return 'expired'
  return lifetimes.idleTimeout !== null && now >= login.seenAt + lifetimes.idleTimeout ? 'idle' : null
}

/** By how many seconds the clock of another process may be ahead before what it wrote down is not believed. */
const believed = 60

/** Whether a time lies so far in the future that a clock must have been wrong: the one that wrote it down, or this one. */
function isFarAhead (time: number, now: number): boolean {
  return now < time - believed
}

/** Whether the last proof of identity is at most so old. Of one in the future nobody knows how old it is. */
export function provenWithin (login: Times, seconds: number | null, now: number): boolean {
  return seconds === null || (now < login.provenAt + seconds && !isFarAhead(login.provenAt, now))
}

/** The later of two times of use; where one lies far in the future, the one that is now. */
export function lastUse (known: number, now: number): number {
  return isFarAhead(known, now) ? now : Math.max(known, now)
}

/**
 * Whether the use of a login is to be written down again: at most once a minute, and often enough that a short idle
 * time is not cut by more than a quarter. A use far in the future would hold an idle time up until then: it is written down again, too.
 */
export function touchIsDue (login: Times, lifetimes: Lifetimes, now: number): boolean {
  const { idleTimeout, recordsUse } = lifetimes
  if (!recordsUse && idleTimeout === null) return false
  return now >= login.seenAt + Math.min(60, (idleTimeout ?? Infinity) / 4) || isFarAhead(login.seenAt, now)
}
