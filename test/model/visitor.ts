/**
 * A browser of the model, and who should be logged in there: what an honest visitor may expect (promise 8).
 *
 * @module
 */
import { setCookies, type Browser } from '../support/browser.ts'
import { credentialsOf } from './judge.ts'
import type { Issued, Ledger, Line } from './ledger.ts'
import type { Terms } from './move.ts'
import type { Seen, Ticket } from './ticket.ts'

/** Users of whom one should be logged in; null among them: it may be nobody. */
type Users = ReadonlySet<string | null>

const anybody = null

export class Visitor {
  readonly browser: Browser
  readonly #ledger: Ledger
  /** Null: whoever it may be. */
  expected: Users | null = new Set([null])
  /** The lines it depends on, that it is still logged in. */
  readonly #lines = new Set<Line>()
  /** The proof of identity that the browser has the cookie of. */
  #proof: Ticket | null = null
  /** Requests since there was last none under way. */
  #batch: Ticket[] = []
  /** Whether an answer was lost that replaced the login cookie. */
  #hasLost = false
  /** When an answer last said that the login is in use, by the clock. */
  #usedAt = 0

  constructor (browser: Browser, ledger: Ledger) {
    this.browser = browser
    this.#ledger = ledger
  }

  get isQuiet (): boolean { return this.#batch.length === 0 }

  sends (ticket: Ticket): void { this.#batch.push(ticket) }

  /** An answer arrives, or is lost. */
  receives (ticket: Ticket): void {
    ticket.deliveredTick = this.#ledger.next()
    if (ticket.lost) this.#forgetsIfLost(ticket)
    else {
      const answer = ticket.answer as NonNullable<Ticket['answer']>
      this.browser.receive(answer)
      if (credentialsOf(ticket).login !== undefined) this.#hasLost = false
      // An answer of 5xx changes nothing, the last use included.
      if (answer.statusCode < 500 && (ticket.before?.user !== null || ticket.after?.user !== null)) this.#usedAt = Math.max(this.#usedAt, ticket.arrivedAt)
    }
    for (const seen of [ticket.before, ticket.after]) {
      const line = this.#ledger.lineOf(seen?.login ?? null)
      if (line !== undefined) this.#lines.add(line)
    }
    if (this.#batch.some(({ deliveredTick }) => deliveredTick === null)) return
    this.expected = this.#settle()
    this.#proof = this.#batch.some(({ lost }) => lost) ? null : this.#lastProof() ?? (this.#batch.some((one) => credentialsOf(one).login !== undefined) ? null : this.#proof)
    this.#batch = []
  }

  /** A request that nothing else overlaps says who is logged in: it must be somebody expected. */
  isAsExpected (ticket: Ticket, terms: Terms, password: (user: string) => string | null): boolean {
    const { user, login } = ticket.before as Seen
    if (this.expected === anybody || this.expected.has(user)) return this.#knows(user, login)
    // Behind a login that ended, another user's remember cookie may be good.
    return this.#mayHaveEnded(ticket, terms, password) && this.#knows(user, login)
  }

  /** What was proven stays so, whatever other requests of the browser were under way. */
  isAsFresh ({ before, arrivedAt, carried }: Ticket, { freshFor, idleTimeout, twoProcesses }: Terms, stored: boolean): boolean {
    const proof = this.#proof
    const login = proof?.after?.login ?? null
    // Which answers another process gave is not known here.
    if (proof === null || before?.login !== login || before.fresh || (stored && twoProcesses)) return true
    const cookie = this.#ledger.cookie('login', carried)
    const hasLapsed = arrivedAt >= (cookie?.expiresAt ?? Infinity) - 1 || (idleTimeout !== null && arrivedAt >= this.#usedAt + idleTimeout * 0.75)
    if (hasLapsed) this.#proof = null
    return hasLapsed || this.#ledger.lineOf(login)?.contested === true || (freshFor !== null && arrivedAt >= proof.actedAt + freshFor)
  }

  /** The one proof among the requests that were under way, if no answer that was on its way before came after it. */
  #lastProof (): Ticket | null {
    const setting = this.#batch.filter((ticket) => credentialsOf(ticket).login !== undefined)
    const [proof, ...more] = setting.filter(({ ok, sending: { act, fresh } }) => ok && (act === 'confirm' || (act.startsWith('logIn') && fresh !== false)))
    if (proof === undefined || more.length > 0) return null
    // An older answer that arrives late, or a login that is not to be fresh, takes the place of what was proven.
    const isOvertaken = setting.some((one) => one !== proof && ((one.doneTick as number) < (proof.doneTick as number)
      ? (one.deliveredTick as number) > (proof.deliveredTick as number)
      : one.sending.act.startsWith('logIn')))
    return isOvertaken ? null : proof
  }

  #knows (user: string | null, login: string | null): true {
    this.expected = new Set([user])
    const line = this.#ledger.lineOf(login)
    this.#lines.clear()
    if (line !== undefined) this.#lines.add(line)
    return true
  }

  /** Nothing is to be expected of cookies that somebody else has changed. */
  expectsAnything (): void {
    this.expected = anybody
    this.#proof = null
  }

  /** What ends with the browser is gone. */
  restarts (): void {
    this.#proof = null
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
      return arrivedAt < expiresAt - 1 && (purpose === 'remember' || (!idle && !(this.#hasLost && replacedTick !== null)))
    })
  }

  /** With a lost login cookie the old one has ten seconds to live; a remember cookie outlasts that. */
  #forgetsIfLost (ticket: Ticket): void {
    const { login, remember } = credentialsOf(ticket)
    const clears = ticket.answer !== null && setCookies(ticket.answer).length > 0
    if (login === undefined && remember === undefined && !clears) return
    if (login !== undefined) this.#hasLost = true
    const isRestore = ticket.ok && ticket.sending.act === 'visit'
    if (!isRestore || this.#batch.length > 1) this.expectsAnything()
  }

  #settle (): Users | null {
    if (this.expected === anybody) return anybody
    const batch = this.#batch
    if (batch.some(({ lost, sending: { act } }) => lost && act !== 'visit')) return anybody
    const counts = batch.filter(({ sending: { act, fails } }) => act === 'logOut' || (act.startsWith('logIn') && fails !== true))
    const setting = batch.filter((ticket) => credentialsOf(ticket).login !== undefined)
    const logins = counts.filter(({ ok, sending: { act } }) => act !== 'logOut' && ok)
    const logouts = counts.filter(({ sending: { act } }) => act === 'logOut')
    const users = logins.map(({ after }) => after?.user as string)
    if (logins.some((ticket) => !setting.includes(ticket))) return anybody
    if (counts.length === 0 || (logouts.length === 0 && users.every((user) => this.#isOnly(user)))) return this.expected
    if (logouts.length === 0 && setting.length === 1) return this.#begins(users, logins[0])
    if (logins.length === 0 && logouts.length > 0) return new Set([null])
    const first = logins[0] as Ticket
    const isLast = logouts.every(({ actedTick }) => actedTick as number < first.sentTick)
    return setting.length === 1 && isLast && first.carried.size > 0 ? this.#begins(users, first) : anybody
  }

  /** From here on it depends on this login alone. */
  #begins (users: readonly string[], { after }: Pick<Ticket, 'after'> = { after: null }): Users {
    const line = this.#ledger.lineOf(after?.login ?? null)
    if (line !== undefined) {
      this.#lines.clear()
      this.#lines.add(line)
    }
    return new Set(users)
  }

  #isOnly (user: string): boolean {
    return this.expected?.size === 1 && this.expected.has(user)
  }
}
