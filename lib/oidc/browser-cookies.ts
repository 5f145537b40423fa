/**
 * What a browser carries for OpenID Connect while it is on its way to a provider and back.
 *
 * @module
 */
import type { FastifyReply, FastifyRequest } from 'fastify'
import type { CookieSeal } from '../index.ts'
import { attemptLife, attemptName, isAttemptName, openAttempt, sealAttempt, type Attempt } from './attempt.ts'
import { clearCookie, cookiesOf, fixCookie, setCookie, type Cookie } from './cookies.ts'
import { isCircle, openRounds, roundsWithin, sealRounds, withSuccess, type Rounds } from './rounds.ts'
import type { SiteSettings } from './settings.ts'

/** Seals of two purposes, so that neither cookie can stand for the other. */
export interface BrowserSeals { readonly attempt: CookieSeal, readonly rounds: CookieSeal }

/**
 * How many attempts a browser has at a time, and how many bytes their cookies take together. They go with every
 * request, of whose headers proxies allow 8 kB, and which carry the application's own cookies as well.
 */
const mostAttempts = 4
const mostBytes = 1400

/**
 * All of these cookies are for the whole site: only so may they be `__Host-` cookies, which no other host of the
 * domain can plant. Who could plant one would log visitors in as somebody of their choice.
 */
export class BrowserCookies {
  readonly #seals: BrowserSeals
  readonly #settings: SiteSettings
  readonly #rounds: Cookie

  constructor (seals: BrowserSeals, settings: SiteSettings) {
    this.#seals = seals
    this.#settings = settings
    this.#rounds = this.#cookieOf('rounds')
  }

  /** Keeps an attempt until it comes back. The oldest ones go where there are too many, or where they are too large. */
  begin (request: FastifyRequest, reply: FastifyReply, attempt: Attempt): void {
    const cookie = this.#cookieOf(attemptName(attempt.state))
    const value = sealAttempt(this.#seals.attempt, attempt)
    const carried = cookiesOf(request)
    let bytes = sizeOf(cookie, value)
    for (const [position, older] of this.#attemptsOf(request).reverse().entries()) {
      bytes += sizeOf(older, carried[older.name])
      if (position + 2 > mostAttempts || bytes > mostBytes) clearCookie(reply, older)
    }
    setCookie(reply, cookie, value, attemptLife)
  }

  /** The attempt of a state, if this browser began it; its cookie goes, whatever comes of it. */
  take (request: FastifyRequest, reply: FastifyReply, state: string, now: number): Attempt | null {
    const cookie = this.#cookieOf(attemptName(state))
    const value = cookiesOf(request)[cookie.name]
    if (value === undefined) return null
    clearCookie(reply, cookie)
    return openAttempt(this.#seals.attempt, value, state, now)
  }

  /** Counts a log-in that succeeded. */
  succeed (request: FastifyRequest, reply: FastifyReply, now: number): void {
    setCookie(reply, this.#rounds, sealRounds(this.#seals.rounds, withSuccess(this.#roundsOf(request), now)), roundsWithin)
  }

  goesInCircles (request: FastifyRequest, now: number): boolean {
    return isCircle(this.#roundsOf(request), now)
  }

  /** Counts from the beginning: after a logout, or once a visitor has been told. */
  forgetRounds (request: FastifyRequest, reply: FastifyReply): void {
    if (cookiesOf(request)[this.#rounds.name] !== undefined) clearCookie(reply, this.#rounds)
  }

  /** Browsers send the oldest first (RFC 6265, 5.4). */
  #attemptsOf (request: FastifyRequest): Cookie[] {
    const { name: prefix } = this.#cookieOf('')
    const names = Object.keys(cookiesOf(request)).filter((name) => name.startsWith(prefix)).map((name) => name.slice(prefix.length))
    return names.filter(isAttemptName).map((name) => this.#cookieOf(name))
  }

  #cookieOf (name: string): Cookie {
    const { cookieName, secure } = this.#settings
    return fixCookie(`${cookieName}_${name}`, '/', secure)
  }

  #roundsOf (request: FastifyRequest): Rounds {
    return openRounds(this.#seals.rounds, cookiesOf(request)[this.#rounds.name])
  }
}

/** What a cookie takes in the header of a request, with the separator. */
function sizeOf ({ name }: Cookie, value = ''): number {
  return `; ${name}=${value}`.length
}
