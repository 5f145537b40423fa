/**
 * Prepares what the answer will do to logins: the proof of identity, the cookies, the events.
 *
 * @module
 */
import { checkGivenUser, userIdOf } from './account.ts'
import { addressOf, browserOf } from './browser.ts'
import { checkSize } from './cookies.ts'
import { CannotSetCookieError, InvalidArgumentError } from './errors.ts'
import type { LoginEvents } from './events.ts'
import { kindOf } from './kind-of.ts'
import type { Change, Prepared } from './logins/keeper.ts'
import { familyOf, publicLogin, type LoginFacts, type Proof } from './logins/record.ts'
import type { RememberFacts } from './remember/remember-seal.ts'
import { canSetCookie } from './reply.ts'
import type { LoginState } from './state.ts'
import type { User } from './user.ts'

// Long enough to tell a user's devices apart, and not what a visitor may choose to fill a store with.
const longestUserAgent = 256

/** Refuses where no cookie can be set: nobody can be logged in by such an answer. */
export function checkAnswer (state: LoginState): void {
  if (state.answered || !canSetCookie(state.request, state.reply)) throw new CannotSetCookieError()
}

/** The id of a user that the application gave. */
export function checkedUserId (state: LoginState, user: User, call: 'loginUser' | 'confirmLogin'): string {
  checkGivenUser(user, call)
  return userIdOf(user, state.settings.getId)
}

/** What a proof of identity by this request settles, of a user with this stamp. */
export function proofOf (
  state: LoginState, stamp: string | null, at: number, settled: Pick<Proof, 'fresh' | 'remembered' | 'expiresAt' | 'hasRemember'>
): Proof {
  const { realm, identifyBrowser } = state.settings
  const browser = browserOf(state.request, identifyBrowser)
  return { at, browser, stamp: realm.stamps.digest(stamp), ...settled }
}

/** A remember cookie for a login that begins or is proven. */
export function rememberFor (state: LoginState, user: User, login: LoginFacts, duration: number): RememberFacts {
  const { provenAt, startedAt, renewedAt, userId, stamp } = login
  const token = tokenOf(state, user)
  // Without a store it tells, too, what ended before the login began: that goes by moments, which may be ahead of the
  // clock, and none of which is earlier from here on.
  state.settings.realm.moments.next(provenAt)
  return { id: familyOf(login.id), userId, provenAt: Math.max(provenAt, startedAt), expiresAt: renewedAt + duration, duration, stamp, token }
}

/** The remember cookie of a login, where a proof of identity makes another of it: its stamp changed, or it was to be set anyway. */
export function rememberAgain (state: LoginState, carried: RememberFacts | null, user: User, stamp: string | null): RememberFacts | null {
  const present = state.prepared?.remember ?? carried
  if (present === null) return null
  const token = tokenOf(state, user)
  if (present === carried && carried.stamp === stamp && carried.token === token) return null
  return { ...present, stamp, token }
}

/** What every change of this request has in common; the rest is named. */
export function changeBy (state: LoginState, named: Pick<Change, 'kind' | 'login'> & Partial<Change>): Change {
  const { request } = state
  const agent = { userAgent: (request.headers['user-agent'] ?? '').slice(0, longestUserAgent), ip: addressOf(request) }
  return { from: state.from, remember: null, ends: [], clearsRemember: false, carried: null, seesSuccessor: false, matchesStamp: null, agent, data: undefined, ...named }
}

/** Seals the cookies of a proof of identity; refused where they are too large to be set. */
export function prepareProof (state: LoginState, stamp: string | null, change: Change): Prepared {
  const { realm } = state.settings
  const prepared = realm.logins.prepare({ ...change, matchesStamp: (kept) => realm.stamps.matches(kept, stamp) })
  // A proof of identity always sets it.
  checkSize(realm.cookie, prepared.loginCookie as string)
  if (prepared.rememberCookie !== null) checkSize(realm.rememberCookie, prepared.rememberCookie)
  return prepared
}

/** From here on the request is that user's. */
export function enter (state: LoginState, prepared: Prepared, user: User, event: 'userLoggedIn' | 'userLoginConfirmed'): void {
  const { login } = prepared.change
  state.enter(prepared, user, login)
  const payload: LoginEvents[typeof event] = { user, login: publicLogin(login), request: state.request }
  state.pendingEvents.push({ name: event, payload })
}

function tokenOf (state: LoginState, user: User): string | null {
  const { getToken } = state.settings
  const token = getToken === null ? null : getToken(user)
  if (token !== null && (typeof token !== 'string' || token === '')) {
    throw new InvalidArgumentError('fastify-login: the option remember.getToken must return a string that is not empty, at once, ' +
      `and returned ${kindOf(token)}`)
  }
  return token
}
