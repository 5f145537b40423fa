/**
 * The events of a realm: told after the fact, to listeners that can change nothing.
 *
 * @module
 */
import type { FastifyBaseLogger, FastifyRequest } from 'fastify'
import type { Login } from './current-login.ts'
import type { User } from './user.ts'

/**
 * Every event and what its listeners are given. No payload holds a secret; each is frozen.
 *
 * @example
 * import Fastify from 'fastify'
 * import 'fastify-login'
 *
 * const app = Fastify()
 * app.login.on('userLoggedIn', ({ user, login, request }) => request.log.info({ user: user.id, login: login.id }))
 */
export interface LoginEvents {
  /** `loginUser` logged somebody in, and the answer carries the cookie. */
  userLoggedIn: { user: User, login: Login, request: FastifyRequest }
  /** `logoutUser` logged somebody out. */
  userLoggedOut: { user: User, login: Login | null, request: FastifyRequest }
  /** `confirmLogin` made a login fresh. */
  userLoginConfirmed: { user: User, login: Login, request: FastifyRequest }
  /** A remember cookie brought a user back. */
  userLoadedFromCookie: { user: User, login: Login, request: FastifyRequest }
  /** `loadUserFromRequest` found a user. */
  userLoadedFromRequest: { user: User, request: FastifyRequest }
  /** A visitor was refused for want of a login. */
  userUnauthorized: { request: FastifyRequest }
  /** A user was refused for want of a fresh login. */
  userNeedsRefresh: { user: User | null, request: FastifyRequest }
  /** A login was used in another browser: it was made `'stale'`, or came to its `'end'`. Told once, when that happens. */
  sessionProtected: { login: Login, verdict: 'stale' | 'end', request: FastifyRequest }
  /** A login ended before its time, and with it whatever shares the first 22 characters of `id`: what one remember cookie restored. `id` is null where all logins of the user ended but for `exceptId`; `userId`, where everybody's did. */
  loginEnded: { id: string | null, userId: string | null, exceptId: string | null, reason: LoginEndReason }
  /** A remember cookie came whose successor had been used: somebody holds a copy. Its login has ended. Needs a store. */
  rememberTokenStolen: { userId: string, request: FastifyRequest }
}

/** An event to tell once the change is committed. */
export type PendingEvent = { [Name in PendingName]: { name: Name, payload: LoginEvents[Name] } }[PendingName]

type PendingName = 'userLoggedIn' | 'userLoginConfirmed' | 'userLoadedFromCookie'

/** What ended a login: the visitor's own logout or login, session protection, the user record,
 * the application, a stolen remember cookie, or `maxLogins`. */
export type LoginEndReason = 'logout' | 'replaced' | 'protection' | 'user-gone' | 'user-changed' | 'revoked' | 'stolen' | 'limit'

/** Hears an event. What it returns is ignored; what it throws or rejects with is logged, and nobody else notices. */
export type LoginListener<Name extends keyof LoginEvents> = (payload: LoginEvents[Name]) => unknown

/** The names of all events. */
export const loginEventNames: ReadonlyArray<keyof LoginEvents> = [
  'userLoggedIn', 'userLoggedOut', 'userLoginConfirmed', 'userLoadedFromCookie', 'userLoadedFromRequest',
  'userUnauthorized', 'userNeedsRefresh', 'sessionProtected', 'loginEnded', 'rememberTokenStolen'
]

/** Keeps the listeners of one realm. A listener that throws or rejects is logged; nobody else notices. */
export class Listeners {
  /** By event, the listeners, and whether each is called once only. */
  readonly #listeners = new Map<keyof LoginEvents, Map<LoginListener<never>, boolean>>()
  readonly #log: FastifyBaseLogger

  constructor (log: FastifyBaseLogger) {
    this.#log = log
  }

  add<Name extends keyof LoginEvents> (name: Name, listener: LoginListener<Name>, once = false): void {
    const listeners = this.#listeners.get(name) ?? new Map<LoginListener<never>, boolean>()
    this.#listeners.set(name, listeners.set(listener, once))
  }

  remove<Name extends keyof LoginEvents> (name: Name, listener: LoginListener<Name>): void {
    this.#listeners.get(name)?.delete(listener)
  }

  tell<Name extends keyof LoginEvents> (name: Name, payload: LoginEvents[Name]): void {
    const listeners = this.#listeners.get(name)
    if (listeners === undefined) return
    Object.freeze(payload)
    for (const [listener, once] of [...listeners] as Array<[LoginListener<Name>, boolean]>) {
      if (once) listeners.delete(listener)
      this.#call(name, listener, payload)
    }
  }

  #call<Name extends keyof LoginEvents> (name: Name, listener: LoginListener<Name>, payload: LoginEvents[Name]): void {
    const failed = (error: unknown) => this.#log.error({ err: error, event: name }, `fastify-login: a listener of ${name} failed`)
    try {
      Promise.resolve(listener(payload)).catch(failed)
    } catch (error) {
      failed(error)
    }
  }
}
