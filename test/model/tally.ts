/**
 * Counts what happened in sequences, and what was asked of the plugin there: a model in which nothing happens finds nothing.
 *
 * @module
 */
import assert from 'node:assert/strict'
import { setCookies } from '../support/browser.ts'
import { credentialsOf } from './judge.ts'
import type { Issued } from './ledger.ts'
import { statusOf } from './move.ts'
import type { Ticket } from './ticket.ts'
import { generationGrace, type Setting } from './worth.ts'

/** Things that a run must have seen. */
export type Counted =
  | 'request' | 'restore' | 'confirmation' | 'new password' | 'logout' | 'theft noticed' | 'session written'
  /** An answer after the grace in which an older login cookie is accepted. */
  | 'late answer'
  /** A login or confirmation whose response was a 4xx. */
  | 'refused'
  /** A request with a cookie of a login that had ended. */
  | 'ended cookie'
  /** A request that had to find somebody logged in, and one that had to be fresh. */
  | 'login due' | 'proof due'
  /** A login in the place of another user's, and one that came too late for that. */
  | 'account switch' | 'late switch'
  /** That the clock was set back, and a request to a process whose clock is ahead or behind. */
  | 'set back' | 'apart'
  /** A token that came when nine others or more had taken its place. */
  | 'old token'

export class Tally {
  readonly #counts = new Map<Counted, number>()

  count (what: Counted): void { this.#counts.set(what, this.of(what) + 1) }

  of (what: Counted): number { return this.#counts.get(what) ?? 0 }

  /** Counts a request that is answered. */
  note ({ ledger }: Setting, ticket: Ticket, now: number): void {
    const { ok, before, answer, carried, sentTick, sending: { act } } = ticket
    this.count('request')
    if (act === 'visit' && before?.remembered === true && credentialsOf(ticket).login !== undefined) this.count('restore')
    if (ok && act === 'confirm') this.count('confirmation')
    if (ok && act === 'newPassword') this.count('new password')
    if (statusOf(ticket.sending) === 409 && act !== 'visit') this.count('refused')
    if (ok && act === 'logOut') this.count('logout')
    if (now > ticket.arrivedAt + generationGrace) this.count('late answer')
    if (ticket.alarm) this.count('theft noticed')
    if (answer !== null && setCookies(answer).some(({ name }) => name === 'session')) this.count('session written')
    const held = ledger.lineOf(before?.login ?? null)
    if (held !== undefined && held.user !== ticket.after?.user && ok && act.startsWith('logIn')) {
      this.count(credentialsOf(ticket).login === undefined ? 'late switch' : 'account switch')
    }
    if (ticket.ahead !== 0) this.count('apart')
    if (replacements(ledger.cookie('remember', carried)) >= 9) this.count('old token')
    const isEnded = (purpose: 'login' | 'remember') => (ledger.cookie(purpose, carried)?.line.endedTick ?? Infinity) < sentTick
    if (isEnded('login') || isEnded('remember')) this.count('ended cookie')
  }

  /** Throws where something happened too seldom. */
  assertAtLeast (least: ReadonlyArray<readonly [Counted, number]>): void {
    for (const [what, count] of least) assert.ok(this.of(what) >= count, `${what}: ${this.of(what)} times, not ${count} at the least`)
  }

  toString (): string {
    return [...this.#counts].map(([what, count]) => `${what}: ${count}`).join(', ')
  }
}

/** How many cookies have taken the place of one since, one after the other. */
function replacements (cookie: Issued | undefined): number {
  let count = 0
  for (let next = cookie?.successor; next !== null && next !== undefined; next = next.successor) count++
  return count
}

/** How often a sequence sees each, at the least, on average: well below what is usual. */
const leastOfEach: ReadonlyArray<readonly [Counted, number]> = [
  ['request', 20], ['restore', 0.05], ['confirmation', 0.4], ['new password', 0.2], ['logout', 0.2], ['session written', 20],
  ['late answer', 0.2], ['refused', 0.2], ['ended cookie', 8], ['login due', 0.7], ['proof due', 0.7],
  ['account switch', 0.8], ['late switch', 0.03], ['set back', 0.5]
]

/** The same where there is a store, without which no stolen token is noticed, none is replaced, and one process answers. */
const leastOfEachStored: ReadonlyArray<readonly [Counted, number]> = [['theft noticed', 0.005], ['old token', 0.02], ['apart', 0.5]]

/** What so many sequences must have seen. */
export function leastOf (sequences: number, stored: boolean): Array<readonly [Counted, number]> {
  const least = stored ? [...leastOfEach, ...leastOfEachStored] : leastOfEach
  return least.map(([what, each]) => [what, each * sequences] as const)
}
