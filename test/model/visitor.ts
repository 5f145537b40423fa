/**
 * A browser of the model: what it has under way, and what answers bring it.
 *
 * @module
 */
import { setCookies, type Browser } from '../support/browser.ts'
import { credentialsOf } from './judge.ts'
import { KeptLogin, type Present } from './kept-login.ts'
import { KeptProof } from './kept-proof.ts'
import type { Issued, Ledger } from './ledger.ts'
import { anybody } from './settlement.ts'
import type { Ticket } from './ticket.ts'

export class Visitor {
  readonly browser: Browser
  readonly #ledger: Ledger
  readonly #login: KeptLogin
  readonly #proof: KeptProof
  /** Requests since there was last none under way. */
  #batch: Ticket[] = []
  /** Whether the browser has lost since, by its end or by somebody's hand, what it had been given meanwhile. */
  #hasLostMeanwhile = false

  constructor (browser: Browser, ledger: Ledger) {
    this.browser = browser
    this.#ledger = ledger
    this.#login = new KeptLogin(ledger, () => this.#cookies())
    this.#proof = new KeptProof(ledger)
  }

  get isQuiet (): boolean { return this.#batch.length === 0 }

  get expected () { return this.#login.expected }

  sends (ticket: Ticket): void { this.#batch.push(ticket) }

  /** An answer arrives, or is lost. */
  receives (ticket: Ticket, now: number): void {
    ticket.deliveredTick = this.#ledger.next()
    if (ticket.lost) this.#forgetsIfLost(ticket)
    else this.#accepts(ticket, now)
    this.#login.sees(ticket)
    if (this.#batch.some(({ deliveredTick }) => deliveredTick === null)) return
    this.#login.settle(this.#batch)
    this.#proof.settle(this.#batch)
    if (this.#hasLostMeanwhile) this.#proof.forget()
    this.#hasLostMeanwhile = false
    this.#batch = []
  }

  #accepts (ticket: Ticket, now: number): void {
    const held = this.#remember()
    this.browser.receive(ticket.answer as NonNullable<Ticket['answer']>)
    const received = this.#remember()
    // An older token that arrives late looks like a copy.
    if (held !== undefined && received !== undefined && received.tick < held.tick) received.line.contested = true
    this.#login.receives(ticket, now, credentialsOf(ticket).login !== undefined)
  }

  isAsExpected (ticket: Ticket, present: Present): boolean { return this.#login.isAsExpected(ticket, present) }

  isLoginDue (ticket: Ticket, present: Present): boolean { return this.#login.isDue(ticket, present) }

  /** Whether a request that nothing else overlaps must be fresh: what was proven stays so, whatever else of the browser was under way. */
  isProofDue (ticket: Ticket, { terms }: Present): boolean { return this.#proof.isDue(ticket, this.#login.usedAt, terms) }

  /** Nothing is to be expected of cookies that somebody else has changed. */
  expectsAnything (): void {
    this.#login.expected = anybody
    this.#losesProof()
  }

  goesBackTo (now: number): void { this.#login.goesBackTo(now) }

  /** What ends with the browser is gone. */
  restarts (): void {
    this.browser.restart()
    if (!this.isQuiet) return this.expectsAnything()
    this.#losesProof()
    this.#login.restarts()
  }

  #losesProof (): void {
    this.#proof.forget()
    this.#hasLostMeanwhile = !this.isQuiet
  }

  #cookies (): Issued[] {
    return ['login', 'remember_token'].flatMap((name) => this.#ledger.issued.get(this.browser.cookies.get(name)?.value ?? '') ?? [])
  }

  #remember (): Issued | undefined {
    return this.#cookies().find(({ purpose }) => purpose === 'remember')
  }

  /** What was changed by an answer that is lost, the browser does not know; a visit that was restored goes on by its remember cookie. */
  #forgetsIfLost (ticket: Ticket): void {
    const { login, remember } = credentialsOf(ticket)
    const clears = ticket.answer !== null && setCookies(ticket.answer).some(({ name }) => name !== 'session')
    if (login === undefined && remember === undefined && !clears) return
    if (login !== undefined) this.#login.loses()
    const isRestore = ticket.ok && ticket.sending.act === 'visit'
    if (!isRestore || this.#batch.length > 1) this.expectsAnything()
  }
}
