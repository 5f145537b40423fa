/**
 * Who should be logged in at a browser, and by which logins: what an honest visitor may expect (promise 8).
 *
 * @module
 */
import { mayBeIdle } from './kept-proof.ts'
import { longestRequest, type Issued, type Ledger, type Line } from './ledger.ts'
import type { Terms } from './move.ts'
import { anybody, settle, type Users } from './settlement.ts'
import type { Seen, Ticket } from './ticket.ts'

/** The rules and passwords of the moment. */
export interface Present {
  readonly terms: Terms
  readonly stored: boolean
  passwordOf (user: string): string | null
}

export class KeptLogin {
  readonly #ledger: Ledger
  /** The cookies that the browser has now. */
  readonly #cookies: () => Issued[]
  /** Null: whoever it may be. */
  expected: Users | null = new Set([null])
  /** The lines it depends on, that it is still logged in. */
  readonly #lines = new Set<Line>()
  /** Whether an answer was lost that replaced the login cookie. */
  #hasLostLoginCookie = false
  /** When an answer last said that the login is in use, by the clock. */
  usedAt = 0

  constructor (ledger: Ledger, cookies: () => Issued[]) {
    this.#ledger = ledger
    this.#cookies = cookies
  }

  /** An answer came back, with a login cookie or without one. */
  receives ({ answer, before, after, arrivedAt }: Ticket, now: number, setsLogin: boolean): void {
    if (setsLogin) this.#hasLostLoginCookie = false
    // An answer of 5xx changes nothing, the last use included.
    if ((answer?.statusCode ?? 500) < 500 && (before?.user !== null || after?.user !== null)) this.usedAt = Math.max(this.usedAt, Math.min(arrivedAt, now))
  }

  /** An answer with a login cookie was lost: the older one has ten seconds to live. */
  loses (): void { this.#hasLostLoginCookie = true }

  /** What these requests saw may be what it depends on. */
  sees ({ before, after }: Ticket): void {
    for (const seen of [before, after]) {
      const line = this.#ledger.lineOf(seen?.login ?? null)
      if (line !== undefined) this.#lines.add(line)
    }
  }

  /** What the answers to requests leave that were under way together. */
  settle (batch: readonly Ticket[]): void {
    const { expected, begunBy } = settle(this.expected, batch)
    this.expected = expected
    if (begunBy !== undefined) this.#dependsOn(begunBy.after?.login ?? null)
  }

  /** The clock goes back to this time: what was past its end may be good again, and nothing was used after now. */
  goesBackTo (now: number): void {
    if (this.expected?.has(null) === true) this.expected = anybody
    this.usedAt = Math.min(this.usedAt, now)
  }

  /** Where no cookie is left of what it depends on, nobody is expected. */
  restarts (): void {
    if (this.expected !== anybody && !this.#cookies().some(({ line }) => this.#lines.has(line))) this.expected = new Set([null])
  }

  /** A request that nothing else overlaps says who is logged in: it must be somebody expected. */
  isAsExpected (ticket: Ticket, present: Present): boolean {
    const { user, login } = ticket.before as Seen
    if (this.expected !== anybody && !this.expected.has(user) && !this.#mayHaveEnded(ticket, present)) return false
    // Behind a login that ended, another user's remember cookie may be good.
    this.expected = new Set([user])
    this.#lines.clear()
    this.#dependsOn(login)
    return true
  }

  /** Whether a request that nothing else overlaps must find somebody logged in. */
  isDue (ticket: Ticket, present: Present): boolean {
    return this.expected !== anybody && !this.expected.has(null) && !this.#mayHaveEnded(ticket, present)
  }

  /** From here on it depends on this login alone. */
  #dependsOn (login: string | null): void {
    const line = this.#ledger.lineOf(login)
    if (line === undefined) return
    this.#lines.clear()
    this.#lines.add(line)
  }

  /** Whether the login may have come to its end since. */
  #mayHaveEnded ({ arrivedAt }: Ticket, { terms, stored, passwordOf }: Present): boolean {
    for (const line of this.#lines) if (line.endedTick !== null || line.contested || passwordOf(line.user) !== line.stamp) return true
    return !this.#cookies().some(({ purpose, line, stamp, goodUntil, hasLapsed, replacedTick }) => {
      if (this.expected?.has(line.user) !== true || hasLapsed || arrivedAt >= goodUntil - longestRequest) return false
      if (purpose === 'login') return !mayBeIdle(this.usedAt, terms, arrivedAt) && !(this.#hasLostLoginCookie && replacedTick !== null)
      // Without a store a cookie speaks of the password that it was made with.
      const isCurrent = (stored ? line.stamp : stamp) === passwordOf(line.user)
      return isCurrent && line.endedTick === null && !line.contested
    })
  }
}
