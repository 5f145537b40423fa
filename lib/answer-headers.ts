/**
 * Writes the headers of a response: the cookies, and what caches may do with it.
 *
 * @module
 */
import type { FastifyReply } from 'fastify'
import { clearingLine, settingLine } from './cookies.ts'
import type { RememberFacts } from './remember/remember-seal.ts'
import { nowInSeconds, type LoginState } from './state.ts'

/**
 * Writes the cookies of what was carried out, and clears those that are worth nothing. Where the response comes by
 * again, because a later hook failed, it takes the cookies of the first time off.
 */
export function writeCookies (state: LoginState): void {
  const { reply, wroteCookies } = state
  const lines = cookieLines(state)
  if (wroteCookies) {
    const others = othersIn(state, reply.getHeader('set-cookie'))
    reply.removeHeader('set-cookie')
    if (others.length > 0) reply.header('set-cookie', others)
  }
  if (lines.length === 0) return
  state.wroteCookies = true
  reply.header('set-cookie', lines)
  // A shared cache that kept the response would hand the cookie to the next visitor.
  reply.header('cache-control', 'no-store')
}

/** The `Set-Cookie` lines of a response, once nothing is carried out any more: those of others, and what is cleared. */
export function linesWithoutLogin (state: LoginState, present: unknown): string[] {
  return [...othersIn(state, present), ...cookieLines(state)]
}

/** The lines that are not about cookies of this realm. */
function othersIn ({ settings: { realm } }: LoginState, present: unknown): string[] {
  const ours = [`${realm.cookie.name}=`, `${realm.rememberCookie.name}=`]
  return [present ?? []].flat().map(String).filter((line) => !ours.some((name) => line.startsWith(name)))
}

function cookieLines (state: LoginState): string[] {
  const { request, settings: { realm, permanentSession } } = state
  const done = state.carriedOut?.prepared
  const now = nowInSeconds()
  const lines: string[] = []
  if (done?.loginCookie) {
    lines.push(settingLine(request, realm.cookie, done.loginCookie, permanentSession ? done.change.login.expiresAt - now : undefined))
  }
  if (done?.rememberCookie) {
    lines.push(settingLine(request, realm.rememberCookie, done.rememberCookie, (done.remember as RememberFacts).expiresAt - now))
  }
  if (!mayClear(state)) return lines
  if (state.clearsLogin && !done?.loginCookie) lines.push(clearingLine(request, realm.cookie))
  if ((state.clearsRemember || done?.change.clearsRemember === true) && !done?.rememberCookie) lines.push(clearingLine(request, realm.rememberCookie))
  return lines
}

/** A late response must not clear the cookie of a login that its browser was given meanwhile. */
function mayClear ({ request, settings, family, successions }: LoginState): boolean {
  return request.headers.cookie !== undefined && !settings.realm.successions.replaced(family, successions)
}

/** A response that depends on who asks is not for the next visitor. */
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
