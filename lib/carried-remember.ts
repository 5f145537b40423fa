/**
 * The remember cookie that a request carries: what it is worth, and whose it is.
 *
 * @module
 */
import { after } from './chain.ts'
import { cookieOf } from './cookies.ts'
import type { FoundRemember, MaybePromise } from './logins/keeper.ts'
import { familyOf, type LoginFacts } from './logins/record.ts'
import type { RememberFacts } from './remember/remember-seal.ts'
import type { LoginState } from './state.ts'

/** The value of the cookie, if the request carries it. */
export function rememberCookieOf ({ request, settings }: LoginState): string | undefined {
  return request.headers.cookie === undefined ? undefined : cookieOf(request, settings.realm.rememberCookie)
}

/** What the cookie is worth, asked at most once; null where the request carries none. */
export function findRemembered (state: LoginState, now: number): MaybePromise<FoundRemember> | null {
  const cookie = rememberCookieOf(state)
  if (cookie === undefined) return null
  state.foundRemember ??= state.settings.realm.logins.findRemembered(cookie, now, state.presented)
  return state.foundRemember
}

/** The facts of a valid cookie, whoever's it is. */
export function validRemember (state: LoginState, now: number): MaybePromise<RememberFacts | null> {
  return after(findRemembered(state, now), (found) =>
    found?.standing === 'alive' || found?.standing === 'grace' ? found.remember : null)
}

/**
 * The facts of a cookie that this browser holds and that is valid, or would be if a change under way were reverted:
 * whoever logs in as another user here ends its login for good, whatever becomes of that change.
 */
export function heldRemember (state: LoginState, now: number): MaybePromise<RememberFacts | null> {
  return after(findRemembered(state, now), (found) =>
    found !== null && ['alive', 'grace', 'suspended'].includes(found.standing) ? found.remember : null)
}

/** The facts of a valid cookie of this very login: a family is one user's. */
export function rememberOfLogin (state: LoginState, login: LoginFacts, now: number): MaybePromise<RememberFacts | null> {
  return after(validRemember(state, now), (remember) =>
    remember?.id === familyOf(login.id) ? remember : null)
}

/** Whether the browser holds a valid cookie of this login, or gets one with the answer. */
export function isRemembered (state: LoginState, now: number): boolean {
  if (state.login === null) return false
  if (state.prepared !== null && state.prepared.remember !== null) return true
  const cookie = rememberCookieOf(state)
  return cookie !== undefined && state.settings.realm.logins.remembers(cookie, state.login, now)
}
