/**
 * Keeps who a user is at their provider in cookies, where there is no store.
 *
 * @module
 */
import type { FastifyReply, FastifyRequest } from 'fastify'
import type { CookieSeal, Login, SealedFact } from '../index.ts'
import { nowInSeconds } from './clock.ts'
import { clearCookie, cookiesOf, fixCookie, setCookie, withdrawCookies, type Cookie } from './cookies.ts'
import { userDigest } from './digest.ts'
import { keptFor, type ProviderLogin, type ProviderLogins } from './provider-logins.ts'
import type { Provider } from './provider.ts'
import type { SiteSettings } from './settings.ts'

/** Browsers drop a cookie over 4096 bytes; an ID token so long is not kept, and logout goes without the hint. */
const longestIdToken = 2500

/** Browsers keep no cookie longer (RFC 6265bis, 5.5). */
const longest = 400 * 24 * 3600

/** What the two cookies say. */
export const loginShapes = {
  login: ['text', 'text', 'text', 'text or null'],
  idToken: ['text', 'text', 'text', 'text']
} as const satisfies Record<string, readonly SealedFact[]>

/** Seals of two purposes, so that neither cookie can stand for the other. */
export interface LoginSeals { readonly login: CookieSeal, readonly idToken: CookieSeal }

/**
 * Two cookies: a small one that goes everywhere, and the ID token's, which goes to the logout alone. Both name the user
 * and the provider, and count only while that user is logged in and that provider is one of this registration's.
 */
export class SealedLogins implements ProviderLogins {
  readonly #seals: LoginSeals
  readonly #providers: ReadonlyMap<string, Provider>
  readonly #login: Cookie
  readonly #idToken: Cookie
  readonly #remember: boolean

  constructor (seals: LoginSeals, providers: ReadonlyMap<string, Provider>, settings: SiteSettings) {
    const { cookieName, paths, secure, remember } = settings
    this.#seals = seals
    this.#providers = providers
    this.#login = fixCookie(`${cookieName}_login`, '/', secure)
    this.#idToken = fixCookie(`${cookieName}_id_token`, paths.logout, secure)
    this.#remember = remember
  }

  optionsFor (): {} {
    return {}
  }

  async keep ({ userId, expiresAt }: Login, reply: FastifyReply, login: ProviderLogin): Promise<void> {
    const { provider: { settings: { id } }, subject, session, idToken } = login
    const user = userDigest(userId)
    const lifetime = this.#remember ? longest : expiresAt - nowInSeconds()
    setCookie(reply, this.#login, this.#seals.login.seal([user, id, subject, session]), lifetime)
    if (idToken === null || idToken.length > longestIdToken) clearCookie(reply, this.#idToken)
    else setCookie(reply, this.#idToken, this.#seals.idToken.seal([user, id, subject, idToken]), lifetime)
  }

  withdraw (reply: FastifyReply): void {
    withdrawCookies(reply, [this.#login, this.#idToken])
  }

  async find (request: FastifyRequest): Promise<ProviderLogin | null> {
    if (request.currentLogin === null) return null
    const user = userDigest(request.currentLogin.userId)
    const facts = this.#open(request, this.#login, this.#seals.login)
    const [owner, id, subject, session] = facts as [string, string, string, string | null]
    const provider = keptFor(this.#providers, id)
    if (owner !== user || provider === null) return null
    const [hintOwner, hintId, hintSubject, hint] = this.#open(request, this.#idToken, this.#seals.idToken) as string[]
    const idToken = hintOwner === user && hintId === id && hintSubject === subject ? hint as string : null
    return { provider, subject, session, idToken, tokens: null }
  }

  forget (request: FastifyRequest, reply: FastifyReply): void {
    const cookies = cookiesOf(request)
    for (const cookie of [this.#login, this.#idToken]) {
      if (cookies[cookie.name] !== undefined) clearCookie(reply, cookie)
    }
  }

  #open (request: FastifyRequest, cookie: Cookie, seal: CookieSeal): unknown[] {
    const value = cookiesOf(request)[cookie.name]
    return (value === undefined ? null : seal.open(value)) ?? []
  }
}
