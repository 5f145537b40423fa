/**
 * Resolves a request by its remember cookie: the second of the three ways in.
 *
 * @module
 */
import { checkFoundId, foundUser, stampOf, type Loader } from './account.ts'
import { browserOf } from './browser.ts'
import { after, isThenable } from './chain.ts'
import type { LoginLapse } from './current-login.ts'
import { endLogin } from './end-login.ts'
import type { FoundRemember, MaybePromise } from './logins/keeper.ts'
import { familyOf, publicLogin } from './logins/record.ts'
import { changeBy } from './prepare.ts'
import { canSetCookie } from './reply.ts'
import { renewed, type RememberFacts } from './remember/remember-seal.ts'
import type { LoadUser } from './settings.ts'
import { nowInSeconds, type LoginState } from './state.ts'
import type { User } from './user.ts'
import { findRemembered } from './carried-remember.ts'

/** Whether the remember cookie yields a user. */
export function resolveRememberCookie (state: LoginState, now: number): MaybePromise<boolean> {
  const found = state.settings.loadUser === null ? null : findRemembered(state, now)
  return found !== null && after(found, (worth) => honour(state, worth, now))
}

function honour (state: LoginState, found: FoundRemember, now: number): MaybePromise<boolean> {
  const { remember, standing } = found
  const id = remember?.id ?? (found as { id: string | null }).id
  if (id !== null) state.family ??= familyOf(id)
  if (standing !== 'alive' && standing !== 'grace') return dead(state, found, now)
  const { settings } = state
  const loaded = load(state, remember)
  const grace = standing === 'grace'
  if (!isThenable(loaded)) return accept(state, remember, grace, loaded, now)
  return Promise.resolve(loaded).then(async (user) => {
    // It may have ended while the loader was waited for. What was only replaced is judged by the arrival.
    const again = await settings.realm.logins.findRememberedAgain(remember, now)
    if (again.standing !== 'alive' && again.standing !== 'grace') return refuseBy(state, again.standing)
    return accept(state, remember, grace || again.standing === 'grace', user, now)
  })
}

/** The loader that finds the user of a cookie: by its token, where it has one and the application still asks for it. */
function loaderOf ({ settings }: LoginState, { token }: RememberFacts): Loader {
  return token !== null && settings.loadUserByToken !== null ? 'remember.loadUserByToken' : 'loadUser'
}

function load (state: LoginState, remember: RememberFacts): ReturnType<LoadUser> {
  const { request, settings } = state
  if (loaderOf(state, remember) === 'loadUser') return (settings.loadUser as LoadUser)(remember.userId, request)
  return (settings.loadUserByToken as LoadUser)(remember.token as string, request)
}

/** Clears a cookie that is worth nothing; where it is a copy of one that was used, the login ends that it was taken from. */
function dead (state: LoginState, { remember, standing }: FoundRemember, now: number): MaybePromise<boolean> {
  const { realm } = state.settings
  if (standing !== 'stolen') return refuseBy(state, standing)
  const tellTheft = () => realm.listeners.tell('rememberTokenStolen', { userId: remember.userId, request: state.request })
  return after(endLogin(realm, remember, 'stolen', now, tellTheft), () => refuse(state, 'stolen'))
}

function accept (state: LoginState, remember: RememberFacts, grace: boolean, found: User | null | undefined, now: number): MaybePromise<boolean> {
  const { realm, authHash, getId } = state.settings
  const loader = loaderOf(state, remember)
  const user = foundUser(found, loader)
  if (user === null) {
    return after(endLogin(realm, remember, 'user-gone', nowInSeconds()), () => {
      // Another login may yet begin in this request, and takes the place of nothing.
      state.foundRemember = undefined
      return refuse(state, 'user-gone')
    })
  }
  checkFoundId(user, getId, loader, remember.userId)
  if (!realm.stamps.matches(remember.stamp, stampOf(user, authHash))) return refuse(state, 'user-changed')
  restore(state, remember, grace, user, now)
  return true
}

/** Begins a login that is not fresh, in the present browser, and no longer than the remember cookie. */
function restore (state: LoginState, remember: RememberFacts, grace: boolean, user: User, now: number): void {
  const { request, reply, settings } = state
  const { realm, absoluteTimeout, identifyBrowser, refreshEachRequest } = settings
  const kept = refreshEachRequest ? renewed(remember, now) : remember
  state.user = user
  state.grace = grace
  state.login = realm.logins.restored(remember, state.moment, {
    at: now,
    expiresAt: Math.min(now + absoluteTimeout, kept.expiresAt),
    browser: browserOf(request, identifyBrowser)
  })
  // Where no cookie can be set, the remember cookie speaks for this request alone.
  if (grace || !canSetCookie(request, reply)) return
  const again = kept === remember ? null : kept
  state.byRequest = realm.logins.prepare(changeBy(state, { kind: 'restore', login: state.login, remember: again, carried: remember }))
  state.pendingEvents.push({ name: 'userLoadedFromCookie', payload: { user, login: publicLogin(state.login), request } })
}

function refuseBy (state: LoginState, standing: FoundRemember['standing']): false {
  if (standing !== 'suspended' && standing !== 'superseded' && standing !== 'stolen') return refuse(state, standing as LoginLapse)
  // What suspends it may yet be taken back; and a token that has had many successors in the last minute, or more than one while the request waited, is no copy for that: the browser keeps its cookie.
  state.lapsed('remember', standing === 'suspended' ? 'ended' : 'superseded')
  return false
}

function refuse (state: LoginState, lapse: LoginLapse): false {
  // The request that set a new password renews this cookie, and its answer may be out already.
  state.clearsRemember = lapse !== 'user-changed'
  state.lapsed('remember', lapse)
  return false
}
