/**
 * Finds the logins of a provider's user, or of one session there, so that a logout there can end them here.
 *
 * The store knows logins by their own user alone. So each login has marks: records of the store, too, whose owner is
 * a digest of issuer, client and subject (and another of issuer, client and session), and whose data name the login.
 *
 * A login that is under way at that moment is in no list yet. So a logout first ends "all logins" of a third owner,
 * the gate, which has none: what stays is the mark that `create` looks at, and a login asks it once it is there.
 *
 * @module
 */
import { hash } from 'node:crypto'
import type { FastifyRequest } from 'fastify'
import type { Login, LoginManager, LoginStore } from '../index.ts'
import { nowInSeconds } from './clock.ts'
import { gateOf, markIdOf, markOf, ownersOf, type Named } from './mark-record.ts'

interface Pending { readonly loginId: string, readonly gates: readonly string[], readonly begunAt: number }

/** The longest that a remembered login can last. */
const longest = 400 * 24 * 3600

/** By how many seconds the clocks of processes differ at the most that are kept together. */
const keptTogether = 1

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

  /** Marks the login that the answer will begin. `begunAt` is when the visitor was sent to the provider. */
  async mark (request: FastifyRequest, current: Login, named: Named, begunAt: number): Promise<void> {
    const owners = ownersOf(named)
    const now = nowInSeconds()
    const keepUntil = Math.max(current.expiresAt, this.#remember ? now + longest : 0)
    for (const owner of owners) {
      const mark = markOf(owner, now, keepUntil, { login: current.id, session: named.session })
      const id = markIdOf(owner, current.id)
      const present = await this.#store.find(id)
      if (present === null) await this.#store.create({ ...mark, id })
      else await this.#store.update({ ...mark, id, version: present.version + 1 }, present.version)
    }
    this.#pending.set(request, { loginId: current.id, gates: owners.map(gateOf), begunAt })
  }

  /** Once a login has ended by itself. */
  async unmark (loginId: string, named: Named): Promise<void> {
    for (const owner of ownersOf(named)) await this.#store.remove(markIdOf(owner, loginId))
  }

  /** Once the login is there: ends it where the provider has logged its user out since they were sent there. Once for a request. */
  async settle (request: FastifyRequest): Promise<void> {
    const pending = this.#pending.get(request)
    if (pending === undefined) return
    this.#pending.delete(request)
    for (const gate of pending.gates) {
      // An end that lies in the future says nothing of which came first: the clock was set back since, or is ahead on another process.
      if (await this.#wasEnded(gate, pending.begunAt) && !await this.#wasEnded(gate, nowInSeconds() + keptTogether)) {
        await this.#manager.endLogin(pending.loginId)
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

  /** Ends the logins that a logout names, those under way included. A later login is another one. */
  async end ({ subject, session }: Named): Promise<void> {
    // Where a session is named it alone ends, also where the user is named with it.
    await this.#store.removeAll(gateOf((session ?? subject) as string))
    const ended = new Set<string>()
    if (session !== null) await this.#endMarked(session, ended, () => true)
    const counts = (marked: string | null) => session === null || marked === null || marked === session
    if (subject !== null) await this.#endMarked(subject, ended, counts)
  }

  /** Ends the logins that an owner's marks name, of the sessions that count. */
  async #endMarked (owner: string, ended: Set<string>, counts: (session: string | null) => boolean): Promise<void> {
    for (const { id, data } of await this.#store.list(owner)) {
      const { login, session } = data as { login: string, session: string | null }
      if (!counts(session)) continue
      if (!ended.has(login) && await this.#manager.endLogin(login)) ended.add(login)
      // The login of another realm is not ended here: its mark stays for the route of that realm.
      if (ended.has(login)) await this.#store.remove(id)
    }
  }

  /** Whether a thing was said before: a logout token counts once, on every process. */
  async wasSaid (thing: string): Promise<boolean> {
    return await this.#store.find(idOf(thing)) !== null
  }

  /** Keeps in mind that it was. */
  async noteSaid (thing: string, forSeconds: number): Promise<void> {
    const now = nowInSeconds()
    await this.#store.create({ ...markOf(gateOf(thing), now, now + forSeconds, null), id: idOf(thing) })
  }
}

function idOf (thing: string): string {
  return hash('sha256', thing, 'base64url').slice(0, 33)
}
