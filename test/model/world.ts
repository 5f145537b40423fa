/**
 * The world of one sequence: its processes, users, visitors, clock and the requests under way.
 *
 * @module
 */
import assert from 'node:assert/strict'
import { mock } from 'node:test'
import type { FastifyInstance } from 'fastify'
import { Browser } from '../support/browser.ts'
import type { SessionPlugin } from '../support/sessions.ts'
import type { User } from '../support/user.ts'
import { record } from './clerk.ts'
import { HeldStore } from './held-store.ts'
import { judge } from './judge.ts'
import { Ledger } from './ledger.ts'
import type { Delivery, Sending, Terms, Who } from './move.ts'
import { createSite, type Witness } from './site.ts'
import { Ticket } from './ticket.ts'
import { Visitor } from './visitor.ts'
import type { OpenedWay } from './ways.ts'
import { isCurrent, type Setting } from './worth.ts'

let worlds = 0

export class World implements Witness, Setting {
  readonly users = new Map<string, User>()
  readonly ledger = new Ledger()
  readonly terms: Terms
  readonly stored: boolean
  readonly visitors: Readonly<Record<Who, Visitor>>
  readonly processes: FastifyInstance[] = []
  /** Requests that wait, and answers on their way. */
  waiting: Ticket[] = []
  travelling: Ticket[] = []
  readonly #name = ++worlds
  readonly #open: () => Promise<void>

  constructor (way: OpenedWay, session: SessionPlugin, terms: Terms) {
    this.terms = terms
    const store = way.createStore()
    this.stored = store !== null
    for (const name of ['1', '2']) this.recreate(name as '1' | '2')
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
    await this.#open()
    this.wait(1)
    return this
  }

  async close (): Promise<void> {
    while (this.waiting.length > 0) await this.release(this.waiting[0] as Ticket, 'at once')
    for (const app of this.processes) await app.close()
  }

  get now (): number { return Date.now() / 1000 }

  wait (seconds: number): void { mock.timers.setTime(Date.now() + seconds * 1000) }

  idOf (user: '1' | '2'): string { return `${this.#name}-${user}` }

  recreate (name: '1' | '2'): void {
    const id = this.idOf(name)
    if (!this.users.has(id)) this.users.set(id, { id, name, passwordHash: `${id} ${this.ledger.next()}` })
  }

  async send (sending: Sending): Promise<Ticket> {
    const visitor = this.visitors[sending.who]
    const { browser } = visitor
    const carried = new Map([...browser.cookies].map(([name, { value }]) => [name, value]))
    const agent = sending.disguised === true ? 'Mozilla' : browser.userAgent
    const ticket = new Ticket(sending, carried, agent, this.now, this.ledger.next())
    if (sending.who === 'thief') for (const purpose of ['login', 'remember'] as const) this.#contest(ticket, purpose)
    const isAlone = visitor.isQuiet
    visitor.sends(ticket)
    this.waiting.push(ticket)
    const cookie = [...carried].map(([name, value]) => `${name}=${value}`).join('; ')
    const app = this.processes[(sending.process ?? 0) % this.processes.length] as FastifyInstance
    ticket.done = Ticket.current.run(ticket, async () => {
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
    this.visitors[ticket.sending.who].receives(ticket)
  }

  #finish (ticket: Ticket, delivery: Delivery, isAlone: boolean): void {
    this.waiting = this.waiting.filter((one) => one !== ticket)
    ticket.doneTick = this.ledger.next()
    judge(this, ticket)
    record(this, ticket, this.now)
    const visitor = this.visitors[ticket.sending.who]
    if (isAlone && ticket.sending.who !== 'thief') {
      const expected = [...visitor.expected ?? []].join(' or ')
      const asExpected = visitor.isAsExpected(ticket, this.terms, (user) => this.users.get(user)?.passwordHash ?? null)
      assert.ok(asExpected, `a login was lost: ${String(ticket.before?.user)} is logged in, not ${expected}`)
      assert.ok(visitor.isAsFresh(ticket, this.terms, this.stored), 'a proof of identity was lost')
    }
    ticket.lost = delivery === 'lost'
    if (delivery === 'later') this.travelling.push(ticket)
    else visitor.receives(ticket)
  }

  /** What a thief has a hand in may end at any time. */
  #contest ({ carried }: Ticket, purpose: 'login' | 'remember'): void {
    const cookie = this.ledger.cookie(purpose, carried)
    if (cookie !== undefined) cookie.line.contested = true
  }

  isChanging (login: string): boolean {
    return this.waiting.some(({ committedTick, before }) => committedTick !== null && before?.login === login)
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
      if (isCurrent(this, cookie, this.now)) ledger.end(cookie?.line)
      else if (cookie !== undefined) cookie.line.contested = true
    }
  }

  ended (loginId: string): void { this.ledger.end(this.ledger.lineOf(loginId)) }

  endedAll (userId: string | null, exceptId: string | null): void {
    this.ledger.endAll(userId, this.ledger.lineOf(exceptId), Ticket.current.getStore()?.sentTick ?? Infinity)
    for (const ticket of this.waiting) for (const id of userId === null ? this.users.keys() : [userId]) ticket.beaten.add(id)
  }
}
