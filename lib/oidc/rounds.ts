/**
 * What a browser has been through: the attempts under way, which are kept few, and how often it went round in a circle.
 *
 * @module
 */
import type { CookieSeal } from '../index.ts'
import { isAttemptName } from './attempt.ts'

/** How many attempts a browser has at a time: their cookies go to the callback together. */
const mostAttempts = 4

/** So many successful log-ins within so many seconds, and still asking for another, is a circle. */
const mostRounds = 3
const roundsWithin = 60

/** Frozen; each change makes another. */
export interface Rounds {
  /** The names of the attempts under way, the oldest first. */
  readonly attempts: readonly string[]
  /** How often the browser came back logged in, since when. */
  readonly finished: number
  readonly since: number
}

const none: Rounds = Object.freeze({ attempts: Object.freeze([]), finished: 0, since: 0 })

export function sealRounds (seal: CookieSeal, { attempts, finished, since }: Rounds): string {
  return seal.seal([attempts, finished, since])
}

/** What a cookie says, or none where it is not ours. */
export function openRounds (seal: CookieSeal, cookie: string | undefined): Rounds {
  const [attempts, finished, since] = (cookie === undefined ? null : seal.open(cookie)) ?? []
  if (!Array.isArray(attempts) || typeof finished !== 'number' || typeof since !== 'number') return none
  return Object.freeze({ attempts: attempts.filter(isAttemptName), finished, since })
}

/** With one more attempt under way; those that are one too many come beside. */
export function withAttempt (rounds: Rounds, name: string): { readonly rounds: Rounds, readonly dropped: readonly string[] } {
  const attempts = [...rounds.attempts, name]
  const tooMany = Math.max(0, attempts.length - mostAttempts)
  return { rounds: Object.freeze({ ...rounds, attempts: attempts.slice(tooMany) }), dropped: attempts.slice(0, tooMany) }
}

/** Without an attempt, which came back. */
export function withoutAttempt (rounds: Rounds, name: string): Rounds {
  return Object.freeze({ ...rounds, attempts: rounds.attempts.filter((attempt) => attempt !== name) })
}

/** With one more log-in that succeeded. */
export function withSuccess (rounds: Rounds, now: number): Rounds {
  const goesOn = now < rounds.since + roundsWithin
  return Object.freeze({ ...rounds, finished: goesOn ? rounds.finished + 1 : 1, since: goesOn ? rounds.since : now })
}

/** Whether the browser goes round in a circle: logged in time and again, and sent back to log in. */
export function isCircle ({ finished, since }: Rounds, now: number): boolean {
  return finished >= mostRounds && now < since + roundsWithin
}
