/**
 * The proof of identity that a browser has the cookie of, and whether a request must still be fresh by it (promise 8).
 *
 * @module
 */
import { credentialsOf, provesFresh } from './judge.ts'
import { longestRequest, type Ledger } from './ledger.ts'
import type { Terms } from './move.ts'
import type { Ticket } from './ticket.ts'

export class KeptProof {
  readonly #ledger: Ledger
  #proof: Ticket | null = null

  constructor (ledger: Ledger) {
    this.#ledger = ledger
  }

  forget (): void { this.#proof = null }

  /** What the answers to requests leave that were under way together. */
  settle (batch: readonly Ticket[]): void {
    if (batch.some(({ lost }) => lost)) return this.forget()
    const isUntouched = batch.every((ticket) => credentialsOf(ticket).login === undefined)
    if (!isUntouched) this.#proof = lastProof(batch)
  }

  /** Whether a request that nothing else overlaps must be fresh; the login was in use at that time. */
  isDue ({ before, arrivedAt, carried }: Ticket, usedAt: number, terms: Terms): boolean {
    const { freshFor } = terms
    const proof = this.#proof
    const login = proof?.after?.login ?? null
    if (proof === null || before?.login !== login) return false
    const { goodUntil = Infinity, hasLapsed: wasLapsed = false } = this.#ledger.cookie('login', carried) ?? {}
    const hasLapsed = wasLapsed || arrivedAt >= goodUntil - longestRequest || mayBeIdle(usedAt, terms, arrivedAt)
    if (hasLapsed && !before.fresh) this.forget()
    // Of a proof that lies in the future nobody knows how old it is.
    const isOver = freshFor !== null && (arrivedAt >= proof.arrivedAt + freshFor || arrivedAt < proof.arrivedAt)
    return !hasLapsed && !isOver && this.#ledger.lineOf(login)?.contested !== true
  }
}

/** A short idle time may be cut by a quarter, because not every use is written down, and by what the clocks of processes are apart. */
export function mayBeIdle (usedAt: number, { idleTimeout, apart = 0 }: Terms, now: number): boolean {
  return idleTimeout !== null && now >= usedAt + idleTimeout * 0.75 - Math.abs(apart)
}

/** The one proof among the requests that were under way, if no answer that was on its way before came after it. */
function lastProof (batch: readonly Ticket[]): Ticket | null {
  const setting = batch.filter((ticket) => credentialsOf(ticket).login !== undefined)
  const [proof, ...more] = setting.filter(provesFresh)
  if (proof === undefined || more.length > 0) return null
  return setting.some((one) => one !== proof && overtakes(one, proof)) ? null : proof
}

/** What takes the place of a proof: an older answer that arrives late, a login that is not to be fresh, and a restore behind what the proof replaced. */
function overtakes (one: Ticket, proof: Ticket): boolean {
  const [done, delivered] = [proof.doneTick as number, proof.deliveredTick as number]
  if (one.doneTick as number < done) return one.deliveredTick as number > delivered
  const isOnItsWay = one.sentTick > done && one.sentTick < delivered
  return isOnItsWay || one.sending.act.startsWith('logIn')
}
