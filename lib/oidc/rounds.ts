/**
 * How often a browser went round in a circle: logged in, and at once sent back to log in.
 *
 * @module
 */
import type { CookieSeal, SealedFact } from '../index.ts'

/** So many successful log-ins within so many seconds, and still asking for another, is a circle. */
const mostRounds = 3
export const roundsWithin = 60

/** How often the browser came back logged in, since when. Frozen; each change makes another. */
export interface Rounds { readonly finished: number, readonly since: number }

const none: Rounds = Object.freeze({ finished: 0, since: 0 })

/** What the cookie says. */
export const roundsShape: readonly SealedFact[] = ['number', 'number']

export function sealRounds (seal: CookieSeal, { finished, since }: Rounds): string {
  return seal.seal([finished, since])
}

/** What a cookie says, or none where it is not ours. */
export function openRounds (seal: CookieSeal, cookie: string | undefined): Rounds {
  const facts = cookie === undefined ? null : seal.open(cookie)
  if (facts === null) return none
  const [finished, since] = facts as [number, number]
  return Object.freeze({ finished, since })
}

/** With one more log-in that succeeded. */
export function withSuccess ({ finished, since }: Rounds, now: number): Rounds {
  return Object.freeze(now < since + roundsWithin ? { finished: finished + 1, since } : { finished: 1, since: now })
}

/** Whether the browser goes round in a circle: logged in time and again, and sent back to log in. */
export function isCircle ({ finished, since }: Rounds, now: number): boolean {
  return finished >= mostRounds && now < since + roundsWithin
}
