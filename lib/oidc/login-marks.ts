/**
 * Finds the logins of a provider's user, or of one session there, so that a logout there can end them here.
 *
 * The store knows logins by their own user alone. So each login has marks: records of the store, too, whose owner is
 * a digest of issuer, client and subject (and another of issuer, client and session), and whose data name the login.
 *
 * A login that is under way at that moment is in no list yet. So a logout first ends "all logins" of a third owner,
 * the gate, which has none: what stays is the mark that `create` looks at. A login is marked once it is there, and asks
 * the gate after that: so a logout either finds its mark, or is found at the gate.
 *
 * A login that ends by itself leaves its marks behind. Each login that begins looks through some marks of its owners,
 * and removes those whose login is gone, so that an owner has few more marks than live logins.
 *
 * @module
 */
import { hash, randomInt } from 'node:crypto'
import { setImmediate } from 'node:timers/promises'
import type { FastifyRequest } from 'fastify'
import type { Login, LoginManager, LoginStore } from '../index.ts'
import { nowInSeconds } from './clock.ts'
import { gateOf, markIdOf, markOf, ownersOf, type Named } from './mark-record.ts'

interface Pending {
  readonly login: Login
  readonly owners: readonly string[]
  readonly session: string | null
  readonly begunAt: number
}

/** The longest that a remembered login can last. */
const longest = 400 * 24 * 3600

/** By how many seconds the clocks of processes differ at the most that are kept together. */
const keptTogether = 1

/** How many marks an owner may have before marks of logins that have ended are looked for. */
const manyMarks = 32

/** How many marks are looked at then: each login adds one, so that more must go than come. */
const looked = 16

/** How many logins a logout ends before others get their turn. */
const endedPerTurn = 50

export class LoginMarks {
  readonly #store: LoginStore
  readonly #manager: LoginManager
  readonly #remember: boolean
  readonly #pending = new WeakMap<FastifyRequest, Pending>()

  constructor (store: LoginStore, manager: LoginManager, remember: boolean) {
    this.#store = store
    this.#manager = manager
    this.#remember = remember
  }

  /**
   * Notes the login that the answer will begin, to be marked once it is there. `begunAt` is when the visitor was sent
   * to the provider.
   */
  mark (request: FastifyRequest, login: Login, named: Named, begunAt: number): void {
    const owners = ownersOf(this.#manager.realmId, named)
    this.#pending.set(request, { login, owners, session: named.session, begunAt })
  }

  /** Once a login has ended by itself. */
  async unmark (loginId: string, named: Named): Promise<void> {
    for (const owner of ownersOf(this.#manager.realmId, named)) await this.#store.remove(markIdOf(owner, loginId))
  }

  /**
   * Once the login is there: marks it, and ends it where the provider has logged its user out since they were sent
   * there. Once for a request.
   */
  async settle (request: FastifyRequest): Promise<void> {
    const pending = this.#pending.get(request)
    if (pending === undefined) return
    this.#pending.delete(request)
    for (const owner of pending.owners) {
      await this.#write(owner, pending)
      await this.#removeSomeDead(owner)
    }
    for (const gate of pending.owners.map(gateOf)) {
      // An end that lies in the future says nothing of which came first: the clock was set back since, or is ahead on another process.
      if (await this.#wasEnded(gate, pending.begunAt) && !await this.#wasEnded(gate, nowInSeconds() + keptTogether)) {
        await this.#manager.endLogin(pending.login.id)
      }
    }
  }

  /** Whether the gate says that all logins which began by then have ended. */
  async #wasEnded (gate: string, begunAt: number): Promise<boolean> {
    const probe = markOf(gate, begunAt, nowInSeconds() + 1, null)
    if (!await this.#store.create(probe)) return true
    await this.#store.remove(probe.id)
    return false
  }

  async #write (owner: string, { login, session }: Pending): Promise<void> {
    const now = nowInSeconds()
    const keepUntil = Math.max(login.expiresAt, this.#remember ? now + longest : 0)
    const mark = markOf(owner, now, keepUntil, { login: login.id, session })
    const id = markIdOf(owner, login.id)
    const present = await this.#store.find(id)
    if (present === null) await this.#store.create({ ...mark, id })
    else await this.#store.update({ ...mark, id, version: present.version + 1 }, present.version)
  }

  /** Looks at marks from a random place on, so that each has its turn. A login that is gone never comes back. */
  async #removeSomeDead (owner: string): Promise<void> {
    const marks = await this.#store.list(owner)
    if (marks.length <= manyMarks) return
    const first = randomInt(marks.length)
    const some = [...marks.slice(first), ...marks.slice(0, first)].slice(0, looked)
    await Promise.all(some.map(async ({ id, data }) => {
      if (await this.#store.find((data as { login: string }).login) === null) await this.#store.remove(id)
    }))
  }

  /** Ends the logins that a logout names, those under way included. A later login is another one. */
  async end (named: Named): Promise<void> {
    // Where a session is named it alone ends, also where the user is named with it.
    const [gate] = ownersOf(this.#manager.realmId, named.session === null ? named : { ...named, subject: null }) as [string]
    await this.#store.removeAll(gateOf(gate))
    let ended = 0
    for (const owner of ownersOf(this.#manager.realmId, named)) {
      for (const { id, data } of await this.#store.list(owner)) {
        if (ended++ % endedPerTurn === 0) await setImmediate()
        const { login, session } = data as { login: string, session: string | null }
        if (named.session !== null && session !== null && session !== named.session) continue
        await this.#manager.endLogin(login)
        await this.#store.remove(id)
      }
    }
  }

  /** Whether a thing was said before: a logout token counts once, on every process. */
  async wasSaid (thing: string): Promise<boolean> {
    return await this.#store.find(this.#idOf(thing)) !== null
  }

  /** Keeps in mind that it was. */
  async noteSaid (thing: string, forSeconds: number): Promise<void> {
    const now = nowInSeconds()
    await this.#store.create({ ...markOf(gateOf(thing), now, now + forSeconds, null), id: this.#idOf(thing) })
  }

  /** Another registration that shares the store is told of the same logout by itself, in the very same words. */
  #idOf (thing: string): string {
    return hash('sha256', `${this.#manager.realmId}\n${thing}`, 'base64url').slice(0, 33)
  }
}
