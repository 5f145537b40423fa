/**
 * A browser of the model, and who should be logged in there: what an honest visitor may expect (promise 8).
 *
 * @module
 */
import { setCookies, type Browser } from '../support/browser.ts'
import { credentialsOf } from './judge.ts'
import { KeptProof, longestRequest } from './kept-proof.ts'
import type { Issued, Ledger, Line } from './ledger.ts'
import type { Terms } from './move.ts'
import { anybody, settle, type Users } from './settlement.ts'
import type { Seen, Ticket } from './ticket.ts'

export class Visitor {
  readonly browser: Browser
  readonly #ledger: Ledger
  /** Null: whoever it may be. */
  expected: Users | null = new Set([null])
  /** The lines it depends on, that it is still logged in. */
  readonly #lines = new Set<Line>()
  readonly #proof: KeptProof
  /** Requests since there was last none under way. */
  #batch: Ticket[] = []
  /** Whether the browser was closed since, with what it had been given meanwhile. */
  #hasRestarted = false
  /** Whether an answer was lost that replaced the login cookie. */
  #hasLost = false
  /** When an answer last said that the login is in use, by the clock. */
  #usedAt = 0

  constructor (browser: Browser, ledger: Ledger) {
    this.browser = browser
    this.#ledger = ledger
    this.#proof = new KeptProof(ledger)
  }

  get isQuiet (): boolean { return this.#batch.length === 0 }

  sends (ticket: Ticket): void { this.#batch.push(ticket) }

  /** An answer arrives, or is lost. */
  receives (ticket: Ticket): void {
    ticket.deliveredTick = this.#ledger.next()
    if (ticket.lost) this.#forgetsIfLost(ticket)
    else {
      const answer = ticket.answer as NonNullable<Ticket['answer']>
      const held = this.#cookies().find(({ purpose }) => purpose === 'remember')
      this.browser.receive(answer)
      const received = this.#cookies().find(({ purpose }) => purpose === 'remember')
      // An older token that arrives late looks like a copy.
      if (held !== undefined && received !== undefined && received.tick < held.tick) received.line.contested = true
      if (credentialsOf(ticket).login !== undefined) this.#hasLost = false
      // An answer of 5xx changes nothing, the last use included.
      if (answer.statusCode < 500 && (ticket.before?.user !== null || ticket.after?.user !== null)) this.#usedAt = Math.max(this.#usedAt, ticket.arrivedAt)
    }
    for (const seen of [ticket.before, ticket.after]) {
      const line = this.#ledger.lineOf(seen?.login ?? null)
      if (line !== undefined) this.#lines.add(line)
    }
    if (this.#batch.some(({ deliveredTick }) => deliveredTick === null)) return
    const { expected, begunBy } = settle(this.expected, this.#batch)
    this.expected = expected
    if (begunBy !== undefined) this.#dependsOn(begunBy.after?.login ?? null)
    this.#proof.settle(this.#batch)
    if (this.#hasRestarted) this.#proof.forget()
    this.#hasRestarted = false
    this.#batch = []
  }

  /** A request that nothing else overlaps says who is logged in: it must be somebody expected. */
  isAsExpected (ticket: Ticket, terms: Terms, password: (user: string) => string | null): boolean {
    const { user, login } = ticket.before as Seen
    if (this.expected === anybody || this.expected.has(user)) return this.#knows(user, login)
    // Behind a login that ended, another user's remember cookie may be good.
    return this.#mayHaveEnded(ticket, terms, password) && this.#knows(user, login)
  }

  /** Whether a request that nothing else overlaps must find somebody logged in. */
  isLoginDue (ticket: Ticket, terms: Terms, password: (user: string) => string | null): boolean {
    return this.expected !== anybody && !this.expected.has(null) && !this.#mayHaveEnded(ticket, terms, password)
  }

  /** Whether such a request must be fresh: what was proven stays so, whatever else of the browser was under way. */
  isProofDue (ticket: Ticket, terms: Terms): boolean { return this.#proof.isDue(ticket, this.#usedAt, terms) }

  #knows (user: string | null, login: string | null): true {
    this.expected = new Set([user])
    this.#lines.clear()
    this.#dependsOn(login)
    return true
  }

  /** From here on it depends on this login alone. */
  #dependsOn (login: string | null): void {
    const line = this.#ledger.lineOf(login)
    if (line === undefined) return
    this.#lines.clear()
    this.#lines.add(line)
  }

  /** Nothing is to be expected of cookies that somebody else has changed. */
  expectsAnything (): void {
    this.expected = anybody
    this.#proof.forget()
  }

  /** What ends with the browser is gone. */
  restarts (): void {
    this.#proof.forget()
    this.#hasRestarted = !this.isQuiet
    this.browser.restart()
    if (!this.isQuiet || this.expected === anybody) this.expectsAnything()
    else if (!this.#cookies().some((cookie) => this.#lines.has(cookie.line))) this.expected = new Set([null])
  }

  #cookies (): Issued[] {
    return ['login', 'remember_token'].flatMap((name) => this.#ledger.issued.get(this.browser.cookies.get(name)?.value ?? '') ?? [])
  }

  /** Whether the login may have come to its end since. */
  #mayHaveEnded ({ arrivedAt }: Ticket, { idleTimeout }: Terms, password: (user: string) => string | null): boolean {
    for (const line of this.#lines) if (line.endedTick !== null || line.contested || password(line.user) !== line.stamp) return true
    // A short idle time may be cut by a quarter, because not every use is written down.
    const idle = idleTimeout !== null && arrivedAt >= this.#usedAt + idleTimeout * 0.75
    return !this.#cookies().some(({ purpose, line, expiresAt, replacedTick }) => {
      if (this.expected?.has(line.user) !== true) return false
      return arrivedAt < expiresAt - longestRequest && (purpose === 'remember' || (!idle && !(this.#hasLost && replacedTick !== null)))
    })
  }

  /** With a lost login cookie the old one has ten seconds to live; a remember cookie outlasts that. */
  #forgetsIfLost (ticket: Ticket): void {
    const { login, remember } = credentialsOf(ticket)
    const clears = ticket.answer !== null && setCookies(ticket.answer).some(({ name }) => name !== 'session')
    if (login === undefined && remember === undefined && !clears) return
    if (login !== undefined) this.#hasLost = true
    const isRestore = ticket.ok && ticket.sending.act === 'visit'
    if (!isRestore || this.#batch.length > 1) this.expectsAnything()
  }
}
