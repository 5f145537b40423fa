/**
 * Keeps who a user is at their provider in cookies, where there is no store.
 *
 * @module
 */
import type { FastifyReply, FastifyRequest } from 'fastify'
import type { CookieSeal, Login, SealedFact } from '../index.ts'
import { nowInSeconds } from './clock.ts'
import { clearCookie, cookiesOf, fixCookie, setCookie, withdrawCookies, type Cookie } from './cookies.ts'
import type { ProviderLogin } from './identity.ts'
import type { SiteSettings } from './settings.ts'
import type { ProviderLogins } from './provider-logins.ts'

/** Browsers drop a cookie over 4096 bytes; an ID token so long is not kept, and logout goes without the hint. */
const longestIdToken = 2500

/** Browsers keep no cookie longer (RFC 6265bis, 5.5). */
const longest = 400 * 24 * 3600

/** What the two cookies say. */
export const loginShapes = {
  login: ['text', 'text', 'text', 'text', 'text or null'],
  idToken: ['text', 'text', 'text']
} as const satisfies Record<string, readonly SealedFact[]>

/** Seals of two purposes, so that neither cookie can stand for the other. */
export interface LoginSeals { readonly login: CookieSeal, readonly idToken: CookieSeal }

/** Two cookies: a small one that goes everywhere, and the ID token's, which goes to the logout alone. Both name the user, and count only while that user is logged in. */
export class SealedLogins implements ProviderLogins {
  readonly #seals: LoginSeals
  readonly #login: Cookie
  readonly #idToken: Cookie
  readonly #remember: boolean

  constructor (seals: LoginSeals, { cookieName, paths, secure, remember }: SiteSettings) {
    this.#seals = seals
    this.#login = fixCookie(`${cookieName}_login`, '/', secure)
    this.#idToken = fixCookie(`${cookieName}_id_token`, paths.logout, secure)
    this.#remember = remember
  }

  optionsFor (): {} {
    return {}
  }

  async keep ({ userId, expiresAt }: Login, reply: FastifyReply, login: ProviderLogin): Promise<void> {
    const { provider, issuer, subject, session, idToken } = login
    const lifetime = this.#remember ? longest : expiresAt - nowInSeconds()
    setCookie(reply, this.#login, this.#seals.login.seal([userId, provider, issuer, subject, session]), lifetime)
    if (idToken === null || idToken.length > longestIdToken) clearCookie(reply, this.#idToken)
    else setCookie(reply, this.#idToken, this.#seals.idToken.seal([userId, subject, idToken]), lifetime)
  }

  withdraw (reply: FastifyReply): void {
    withdrawCookies(reply, [this.#login, this.#idToken])
  }

  async find (request: FastifyRequest): Promise<ProviderLogin | null> {
    const userId = request.currentLogin?.userId
    const [ownerId, provider, issuer, subject, session] = this.#open(request, this.#login, this.#seals.login) as [
      string, string, string, string, string | null]
    if (userId === undefined || ownerId !== userId) return null
    const [hintOwnerId, hintSubject, hint] = this.#open(request, this.#idToken, this.#seals.idToken) as [string, string, string]
    const idToken = hintOwnerId === userId && hintSubject === subject ? hint : null
    return { provider, issuer, subject, session, idToken, tokens: null }
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
