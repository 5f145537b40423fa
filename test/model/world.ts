/**
 * The world of one sequence: its processes, visitors, clock and the requests under way.
 *
 * @module
 */
import type { FastifyInstance } from 'fastify'
import { Browser } from '../support/browser.ts'
import type { SessionPlugin } from '../support/sessions.ts'
import { Chronicle } from './chronicle.ts'
import { record } from './clerk.ts'
import { HeldStore } from './held-store.ts'
import { judge, judgeLogin } from './judge.ts'
import { judgeLoss } from './loss.ts'
import type { Delivery, Sending, Terms, Who } from './move.ts'
import { createSite } from './site.ts'
import { Tally } from './tally.ts'
import { Ticket } from './ticket.ts'
import { Visitor } from './visitor.ts'
import type { OpenedWay } from './ways.ts'
import type { Setting } from './worth.ts'

export class World extends Chronicle implements Setting {
  readonly tally: Tally
  readonly visitors: Readonly<Record<Who, Visitor>>
  readonly processes: FastifyInstance[] = []
  /** Answers on their way. */
  travelling: Ticket[] = []
  setBackTick = 0
  readonly #open: () => Promise<void>

  constructor (way: OpenedWay, session: SessionPlugin, terms: Terms, tally = new Tally()) {
    const store = way.createStore()
    super(store !== null, terms)
    this.tally = tally
    const visitor = () => new Visitor(new Browser(null as never), this.ledger)
    this.visitors = { first: visitor(), second: visitor(), thief: visitor() }
    this.visitors.second.browser.userAgent = 'Safari'
    this.visitors.thief.browser.userAgent = 'curl'
    this.#open = async () => {
      for (let index = 0; index < (this.stored && terms.twoProcesses ? 2 : 1); index++) {
        const held = store === null ? null : new HeldStore(store, () => this.ledger.next())
        this.processes.push(await createSite(held, session, terms, this))
      }
    }
  }

  async open (): Promise<this> {
    this.clocks.start()
    await this.#open()
    this.wait(1)
    return this
  }

  async close (): Promise<void> {
    while (this.waiting.length > 0) await this.release(this.waiting[0] as Ticket, 'at once')
    for (const app of this.processes) await app.close()
  }

  wait (seconds: number): void {
    this.clocks.advance(seconds)
    this.ledger.passes(this.now + Math.max(0, this.terms.apart ?? 0))
  }

  setBack (seconds: number): void {
    this.setBackTick = this.ledger.next()
    this.clocks.setBack(seconds)
    this.tally.count('set back')
    for (const visitor of Object.values(this.visitors)) visitor.goesBackTo(this.now)
    // Which came first at two processes is told by their clocks.
    for (const { beaten, perhapsBeaten } of this.stored && this.terms.twoProcesses ? this.waiting : []) {
      for (const user of beaten) perhapsBeaten.add(user)
      beaten.clear()
    }
  }

  hasJustEnded (user: string, arrivedAt: number, now: number): boolean {
    const endedAt = this.allEndedAt.get(user) ?? -Infinity
    return endedAt >= arrivedAt && endedAt <= now + 1.1
  }

  async send (sending: Sending): Promise<Ticket> {
    const visitor = this.visitors[sending.who]
    const { browser } = visitor
    const carried = new Map([...browser.cookies].map(([name, { value }]) => [name, value]))
    const agent = sending.disguised === true ? 'Mozilla' : browser.userAgent
    const ahead = this.isApart(sending) ? this.terms.apart ?? 0 : 0
    const ticket = new Ticket(sending, carried, agent, ahead, this.now + ahead, this.ledger.next())
    if (sending.who === 'thief') for (const purpose of ['login', 'remember'] as const) this.#contest(ticket, purpose)
    const isAlone = visitor.isQuiet
    visitor.sends(ticket)
    this.waiting.push(ticket)
    const cookie = [...carried].map(([name, value]) => `${name}=${value}`).join('; ')
    const app = this.processes[(sending.process ?? 0) % this.processes.length] as FastifyInstance
    ticket.done = Ticket.current.run(ticket, async () => {
      await ticket.pass('sent')
      if (ticket.releasedTick !== null) ticket.arrives(this.now, this.ledger.next())
      ticket.answer = await app.inject({ method: 'POST', url: '/act', headers: { 'user-agent': agent, ...cookie === '' ? {} : { cookie } } })
    })
    await ticket.settled()
    if (ticket.answer !== null) this.#finish(ticket, sending.delivery ?? 'at once', isAlone)
    return ticket
  }

  async release (ticket: Ticket, delivery: Delivery): Promise<void> {
    ticket.release(this.ledger.next())
    await ticket.done
    this.#finish(ticket, delivery, false)
  }

  deliver (ticket: Ticket): void {
    this.travelling = this.travelling.filter((one) => one !== ticket)
    this.visitors[ticket.sending.who].receives(ticket, this.now + ticket.ahead)
  }

  #finish (ticket: Ticket, delivery: Delivery, isAlone: boolean): void {
    this.waiting = this.waiting.filter((one) => one !== ticket)
    ticket.doneTick = this.ledger.next()
    const now = this.now + ticket.ahead
    judge(this, ticket)
    judgeLogin(this, ticket, now)
    this.tally.note(this, ticket, now)
    record(this, ticket, now)
    const visitor = this.visitors[ticket.sending.who]
    if (isAlone && ticket.sending.who !== 'thief') judgeLoss(this, visitor, ticket)
    ticket.lost = delivery === 'lost'
    if (delivery === 'later') this.travelling.push(ticket)
    else visitor.receives(ticket, now)
  }

  /** What a thief has a hand in may end at any time. */
  #contest ({ carried }: Ticket, purpose: 'login' | 'remember'): void {
    const cookie = this.ledger.cookie(purpose, carried)
    if (cookie !== undefined) cookie.line.contested = true
  }
}
