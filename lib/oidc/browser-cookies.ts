/**
 * What a browser carries for OpenID Connect while it is on its way to a provider and back.
 *
 * @module
 */
import type { FastifyReply, FastifyRequest } from 'fastify'
import type { CookieSeal } from '../index.ts'
import { attemptLife, attemptName, openAttempt, sealAttempt, type Attempt } from './attempt.ts'
import { clearCookie, cookiesOf, fixCookie, setCookie, type Cookie } from './cookies.ts'
import { isCircle, openRounds, sealRounds, withAttempt, withoutAttempt, withSuccess, type Rounds } from './rounds.ts'
import type { SiteSettings } from './settings.ts'

/** Seals of two purposes, so that neither cookie can stand for the other. */
export interface BrowserSeals { readonly attempt: CookieSeal, readonly rounds: CookieSeal }

export class BrowserCookies {
  readonly #seals: BrowserSeals
  readonly #settings: SiteSettings
  readonly #rounds: Cookie

  constructor (seals: BrowserSeals, settings: SiteSettings) {
    this.#seals = seals
    this.#settings = settings
    this.#rounds = fixCookie(`${settings.cookieName}_rounds`, '/', settings.secure)
  }

  /** Keeps an attempt until it comes back; the oldest one goes where there are too many. */
  begin (request: FastifyRequest, reply: FastifyReply, attempt: Attempt): void {
    const name = attemptName(attempt.state)
    const { rounds, dropped } = withAttempt(this.#roundsOf(request), name)
    for (const one of dropped) clearCookie(reply, this.#cookieOf(one))
    setCookie(reply, this.#cookieOf(name), sealAttempt(this.#seals.attempt, attempt), attemptLife)
    this.#write(reply, rounds)
  }

  /** The attempt of a state, if this browser began it; its cookie goes, whatever comes of it. */
  take (request: FastifyRequest, reply: FastifyReply, state: string, now: number): Attempt | null {
    const cookie = this.#cookieOf(attemptName(state))
    const value = cookiesOf(request)[cookie.name]
    if (value === undefined) return null
    clearCookie(reply, cookie)
    this.#write(reply, withoutAttempt(this.#roundsOf(request), attemptName(state)))
    return openAttempt(this.#seals.attempt, value, state, now)
  }

  /** Counts a log-in that succeeded. */
  succeed (request: FastifyRequest, reply: FastifyReply, state: string, now: number): void {
    this.#write(reply, withSuccess(withoutAttempt(this.#roundsOf(request), attemptName(state)), now))
  }

  goesInCircles (request: FastifyRequest, now: number): boolean {
    return isCircle(this.#roundsOf(request), now)
  }

  /** Counts from the beginning: after a logout, or once a visitor has been told. */
  forgetRounds (request: FastifyRequest, reply: FastifyReply): void {
    const rounds = this.#roundsOf(request)
    if (rounds.finished > 0) this.#write(reply, { ...rounds, finished: 0, since: 0 })
  }

  #cookieOf (name: string): Cookie {
    const { cookieName, paths, secure } = this.#settings
    return fixCookie(`${cookieName}_${name}`, paths.callback, secure)
  }

  #roundsOf (request: FastifyRequest): Rounds {
    return openRounds(this.#seals.rounds, cookiesOf(request)[this.#rounds.name])
  }

  #write (reply: FastifyReply, rounds: Rounds): void {
    setCookie(reply, this.#rounds, sealRounds(this.#seals.rounds, rounds), attemptLife)
  }
}
