/**
 * Logs a user in: prepared here, committed with the answer.
 *
 * @module
 */
import { isActiveUser, stampOf } from './account.ts'
import { checkLogin, type LoginUserOptions } from './login-options.ts'
import type { Change, Prepared } from './logins/keeper.ts'
import { begun, proven, type LoginFacts } from './logins/record.ts'
import { changeBy, checkAnswer, checkedUserId, enter, prepareProof, proofOf, rememberAgain, rememberFor } from './prepare.ts'
import type { RememberFacts } from './remember/remember-seal.ts'
import { renewSession } from './session.ts'
import { isOfRequest, nowInSeconds, type LoginState } from './state.ts'
import type { User } from './user.ts'
import { heldRemember, rememberCookieOf, rememberOfLogin, validRemember } from './carried-remember.ts'

/** Logs a user in; false, and nothing done, where the user is not active, or has as many logins as `maxLogins` allows. */
export async function loginUser (
  state: LoginState, user: User, options: LoginUserOptions = {}, now = nowInSeconds()
): Promise<boolean> {
  const { settings } = state
  checkLogin(options, settings)
  const userId = checkedUserId(state, user, 'loginUser')
  if (options.force !== true && !isActiveUser(user, settings.isActive)) return false
  checkAnswer(state)
  const carried = await validRemember(state, now)
  const same = loginOf(state, userId)
  const duration = options.remember === true ? options.duration ?? settings.rememberDuration : 0
  const stamp = stampOf(user, settings.authHash)
  const proof = proofOf(state, stamp, now, {
    fresh: options.fresh ?? true,
    remembered: false,
    expiresAt: now + settings.absoluteTimeout,
    hasRemember: duration > 0 || same?.hasRemember === true
  })
  const login = same === null ? begun(userId, state.moment, proof) : proven(same, proof)
  const again = same === null ? null : rememberAgain(state, await rememberOfLogin(state, same, now), user, proof.stamp)
  const remember = duration === 0 ? again : rememberFor(state, user, login, duration)
  if (!await settings.realm.logins.admits(login, now)) return false
  const prepared = prepareProof(state, stamp, changeBy(state, {
    kind: kindOf(state, same),
    from: state.grace ? null : state.from,
    login,
    remember,
    ends: endedBy(userId, heldLogin(state), await heldRemember(state, now)),
    clearsRemember: rememberCookieOf(state) !== undefined && !staysGood(state, carried, userId, stamp),
    carried: same === null ? null : state.prepared?.change.carried ?? null,
    seesSuccessor: state.prepared?.change.seesSuccessor === true,
    data: options.data
  }))
  await renewSession(state.request, { realmId: settings.realm.id, userId }, state.presented !== null && state.presented.userId !== userId, settings.dropAtLogin)
  checkAnswer(state)
  // Drop the events of another login that this one replaces in the same request.
  state.pendingEvents = state.pendingEvents.filter((event) => isOfRequest(event) || event.payload.login.id === login.id)
  enter(state, prepared, user, 'userLoggedIn')
  if (state.grace) Object.assign(state, { grace: false, from: null })
  warnOfPlainHttp(state)
  return true
}

/** Whether the remember cookie that the browser holds is worth something to this user, as the password is now. */
function staysGood ({ settings: { realm } }: LoginState, carried: RememberFacts | null, userId: string, stamp: string | null): boolean {
  return carried?.userId === userId && realm.stamps.matches(carried.stamp, stamp)
}

/** The login that a proof of identity of this user goes on with, if the request has one. */
function loginOf ({ login, from, grace }: LoginState, userId: string): LoginFacts | null {
  // What came in a grace may change nothing: a proof of identity begins another login.
  const candidates = grace ? [] : [login, from]
  return candidates.find((candidate) => candidate?.userId === userId) ?? null
}

/** What the proof makes: a login, another generation of the one that the request came with, or what it was to be anyway. */
function kindOf ({ from, prepared }: LoginState, same: LoginFacts | null): Change['kind'] {
  if (same === null) return 'begin'
  return from?.id === same.id ? 'proof' : (prepared as Prepared).change.kind
}

/**
 * The login of the browser, also one that a change under way ends: that change may yet be reverted. With a store only
 * such a login still has facts when it has ended; without one nothing is waited for between an end and its reverse.
 */
function heldLogin ({ from, presented, lapse, settings: { store } }: LoginState): LoginFacts | null {
  return from ?? (store !== null && lapse === 'ended' ? presented : null)
}

/** What the browser held of another user. */
function endedBy (userId: string, login: LoginFacts | null, remember: RememberFacts | null): Array<LoginFacts | RememberFacts> {
  return [login, remember].filter((held) => held !== null && held.userId !== userId) as Array<LoginFacts | RememberFacts>
}

const warned = new WeakSet<object>()

/** A browser drops a Secure cookie that comes over http: behind a proxy that ends TLS, all looks well and nobody gets in. */
function warnOfPlainHttp ({ request, settings }: LoginState): void {
  if (!settings.production || settings.realm.cookie.secure !== true || request.protocol === 'https' || warned.has(settings.realm)) return
  warned.add(settings.realm)
  request.log.warn('fastify-login sets a Secure cookie on a request that came over http, and browsers drop it. ' +
    'Behind a proxy that ends TLS, set the option trustProxy of Fastify; without TLS, set cookie.secure to false')
}
