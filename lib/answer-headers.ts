/**
 * Writes the headers of an answer: the cookies, and what caches may do with it.
 *
 * @module
 */
import type { FastifyReply } from 'fastify'
import { clearCookie, setCookie } from './cookies.ts'
import type { Prepared } from './logins/keeper.ts'
import type { RememberFacts } from './remember/remember-seal.ts'
import { nowInSeconds, type LoginState } from './state.ts'

/** Sets the cookies of a change that was carried out, and clears those that are worth nothing. */
export function writeCookies (state: LoginState, committed: Prepared | null): void {
  const { reply, settings: { realm, permanentSession } } = state
  const now = nowInSeconds()
  const clears = mayClear(state)
  const clearsLogin = clears && state.clearsLogin && !committed?.loginCookie
  const clearsRemember = clears && (state.clearsRemember || committed?.change.clearsRemember === true) && !committed?.rememberCookie
  if (committed?.loginCookie) {
    setCookie(reply, realm.cookie, committed.loginCookie, permanentSession ? committed.change.login.expiresAt - now : undefined)
  }
  if (committed?.rememberCookie) {
    setCookie(reply, realm.rememberCookie, committed.rememberCookie, (committed.remember as RememberFacts).expiresAt - now)
  }
  if (clearsLogin) clearCookie(reply, realm.cookie)
  if (clearsRemember) clearCookie(reply, realm.rememberCookie)
  // A shared cache that kept the answer would hand the cookie to the next visitor.
  if (committed?.loginCookie || committed?.rememberCookie || clearsLogin || clearsRemember) reply.header('cache-control', 'no-store')
}

/** A late answer must not clear the cookie of a login that its browser was given meanwhile. */
function mayClear ({ request, settings, family, successions }: LoginState): boolean {
  return request.headers.cookie !== undefined && !settings.realm.successions.replaced(family, successions)
}

/** Takes the cookies off an answer again; those that it clears stay cleared. */
export function withdrawCookies (state: LoginState): void {
  const { reply, settings: { realm } } = state
  const lines = [reply.getHeader('set-cookie') ?? []].flat().map(String)
  const ours = [`${realm.cookie.name}=`, `${realm.rememberCookie.name}=`]
  const others = lines.filter((line) => !ours.some((name) => line.startsWith(name)))
  reply.removeHeader('set-cookie')
  if (others.length > 0) reply.header('set-cookie', others)
  writeCookies(state, null)
}

/** An answer that depends on who asks is not for the next visitor. */
export function writeHeaders ({ reply, settings, guarded }: LoginState): void {
  if (guarded && settings.cacheControl !== false && !reply.hasHeader('cache-control')) {
    reply.header('cache-control', settings.cacheControl)
  }
  varyByCookie(reply)
}

function varyByCookie (reply: FastifyReply): void {
  const present = reply.getHeader('vary')
  const vary = Array.isArray(present) ? present.join(', ') : String(present ?? '')
  if (vary === '') reply.header('vary', 'Cookie')
  else if (!/(?:^|,)\s*(?:\*|cookie)\s*(?:,|$)/i.test(vary)) reply.header('vary', `${vary}, Cookie`)
}
