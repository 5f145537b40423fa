/**
 * The users of a sequence, and what the site tells of them and their logins, entered into the ledger.
 *
 * @module
 */
import type { User } from '../support/user.ts'
import type { Witness } from './act.ts'
import { Clocks } from './clocks.ts'
import { Ledger } from './ledger.ts'
import type { Name, Sending, Terms } from './move.ts'
import { Ticket } from './ticket.ts'
import { isCurrent } from './worth.ts'

let worlds = 0

export class Chronicle implements Witness {
  readonly users = new Map<string, User>()
  readonly ledger = new Ledger()
  readonly clocks = new Clocks()
  readonly terms: Terms
  readonly stored: boolean
  /** By user, the latest time, by whichever clock, at which all their logins were ended. */
  readonly allEndedAt = new Map<string, number>()
  /** Requests that wait. */
  waiting: Ticket[] = []
  readonly #name = ++worlds

  constructor (stored: boolean, terms: Terms) {
    this.stored = stored
    this.terms = terms
    for (const name of ['1', '2', '3'] as const) this.recreate(name)
  }

  get now (): number { return this.clocks.now }

  /** Whether all processes have gone by one clock, which was never set back. */
  get hasOneClock (): boolean { return !this.clocks.wereSetBack && (this.terms.apart ?? 0) === 0 }

  idOf (user: Name): string { return `${this.#name}-${user}` }

  recreate (name: Name): void {
    const id = this.idOf(name)
    if (!this.users.has(id)) this.users.set(id, { id, name, passwordHash: `${id} ${this.ledger.next()}` })
  }

  changePassword (id: string): void {
    const user = this.users.get(id)
    if (user !== undefined) this.users.set(id, { ...user, passwordHash: `${id} ${this.ledger.next()}` })
  }

  acted (ticket: Ticket): void {
    ticket.actedTick = this.ledger.next()
    ticket.actedAt = this.now
    ticket.actedPassword = this.users.get(ticket.before?.user ?? '')?.passwordHash ?? null
    if (!ticket.sending.act.startsWith('logIn')) return
    ticket.actedPassword = [...this.users.values()].find(({ name }) => ticket.sending.act === `logIn ${name}`)?.passwordHash ?? null
  }

  /** A logout ends what it came with. */
  loggedOut (ticket: Ticket): void {
    const { ledger } = this
    ledger.end(ledger.lineOf(ticket.before?.login ?? null))
    for (const purpose of ['login', 'remember'] as const) {
      const cookie = ledger.cookie(purpose, ticket.carried)
      // A process whose clock is ahead takes what is being replaced for replaced long ago.
      const isUnsure = !this.hasOneClock && cookie !== undefined && this.isChanging(cookie.login)
      if (isCurrent(this, cookie, this.now) && !isUnsure) ledger.end(cookie?.line)
      else if (cookie !== undefined) cookie.line.contested = true
    }
  }

  isChanging (login: string): boolean {
    return this.waiting.some(({ committedTick, before }) => committedTick !== null && before?.login === login)
  }

  /** One that is past its end is not known to a store, and there again where the clock is set back. */
  ended (loginId: string, wasKnown: boolean): void {
    const line = this.ledger.lineOf(loginId)
    if (wasKnown) this.ledger.end(line)
    else if (line !== undefined) line.contested = true
  }

  /** From here on others may find them ended. */
  endingAll (ticket: Ticket, userId: string, exceptId: string | null): void {
    ticket.endingTick = this.ledger.next()
    for (const line of this.ledger.othersOf(userId, this.ledger.lineOf(exceptId))) line.contested = true
  }

  /** Whether two processes answer; null: the first one, without a request. */
  isApart (one: Pick<Sending, 'process'>, other: Pick<Sending, 'process'> = {}): boolean {
    return this.stored && this.terms.twoProcesses && (one.process ?? 0) !== (other.process ?? 0)
  }

  /** Null for `by`: the application did it, between two requests. */
  endedAll (by: Ticket | null, userId: string | null, exceptId: string | null): void {
    const calledTick = by?.endingTick ?? Infinity
    this.ledger.endAll(userId, this.ledger.lineOf(exceptId), calledTick)
    for (const id of userId === null ? this.users.keys() : [userId]) {
      this.allEndedAt.set(id, Math.max(this.now, this.allEndedAt.get(id) ?? 0))
      for (const { sentTick, sending, beaten, perhapsBeaten } of this.waiting) {
        // Which came first at two processes is told by their clocks.
        const isTold = this.hasOneClock || !this.isApart(sending, by?.sending)
        ;(sentTick < calledTick && isTold ? beaten : perhapsBeaten).add(id)
      }
    }
  }
}
