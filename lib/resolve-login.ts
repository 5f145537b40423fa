/**
 * Resolves a request by its login cookie: the first of the three ways in.
 *
 * @module
 */
import { isUser, stampOf } from './account.ts'
import { browserOf } from './browser.ts'
import { after, isThenable } from './chain.ts'
import { cookieOf } from './cookies.ts'
import type { LoginLapse } from './current-login.ts'
import { endLogin } from './end-login.ts'
import { lapsed } from './lifetime.ts'
import type { FoundLogin, MaybePromise } from './logins/keeper.ts'
import { familyOf, publicLogin, type LoginFacts } from './logins/record.ts'
import { protect } from './protection.ts'
import { nowInSeconds, type LoginState } from './state.ts'
import type { User } from './user.ts'
import { rememberCookieOf, validRemember } from './carried-remember.ts'

/** Whether the login cookie yields a user. */
export function resolveLoginCookie (state: LoginState, now: number): MaybePromise<boolean> {
  const { request, settings } = state
  const cookie = settings.loadUser === null ? undefined : cookieOf(request, settings.realm.cookie)
  if (cookie === undefined || cookie === '') return false
  return after(settings.realm.logins.find(cookie, now), (found) => honour(state, found, now))
}

function honour (state: LoginState, found: FoundLogin, now: number): MaybePromise<boolean> {
  const { login, standing } = found
  const id = login?.id ?? (found as { id: string | null }).id
  if (id !== null) state.family = familyOf(id)
  if (login === null) return refuse(state, standing)
  // A copy of an older generation may do nothing to the login that went on without it.
  if (standing !== 'superseded') state.presented = login
  if (standing === 'ended' || standing === 'superseded') return refuse(state, standing)
  const lapse = lapsed(login, state.settings, now)
  if (lapse !== null) return refuse(state, lapse)
  const grace = standing === 'grace'
  return after(isKept(state, login, grace, now), (goesOn) => goesOn && load(state, login, grace))
}

/** Whether the login goes on in the browser that it is used in. */
function isKept (state: LoginState, login: LoginFacts, grace: boolean, now: number): MaybePromise<boolean> {
  const { request, settings } = state
  const { realm } = settings
  const { logins, listeners } = realm
  state.stale = logins.isStale(login)
  if (settings.sessionProtection === false) return true
  const sameBrowser = login.browser === browserOf(request, settings.identifyBrowser)
  const verdict = protect(settings.sessionProtection, settings.permanentSession, sameBrowser)
  if (verdict === 'keep') return true
  if (grace) return verdict === 'stale' || refuse(state, 'protection')
  const tell = () => listeners.tell('sessionProtected', { login: publicLogin(login), verdict, request })
  if (verdict === 'stale') {
    // What is not fresh stays so until it is proven, mark or no mark.
    if (!login.fresh) return true
    state.stale = true
    return after(logins.makeStale(login, now), (changed) => { if (changed) tell(); return true })
  }
  return after(endLogin(realm, login, 'protection', now, tell), async () => {
    const remember = await validRemember(state, now)
    if (remember?.userId === login.userId) await endLogin(realm, remember, 'protection', now)
    // What it was worth before must not let it in now.
    state.foundRemember = undefined
    state.clearsLogin = true
    state.clearsRemember = rememberCookieOf(state) !== undefined
    return refuse(state, 'protection')
  })
}

function load (state: LoginState, login: LoginFacts, grace: boolean): MaybePromise<boolean> {
  const { request, settings } = state
  const loaded = settings.loadUser?.(login.userId, request)
  if (!isThenable(loaded)) return accept(state, login, grace, loaded)
  return Promise.resolve(loaded).then(async (user) => {
    // It may have ended while the loader was waited for.
    const again = await settings.realm.logins.findAgain(login, nowInSeconds())
    if (again.login === null || again.standing === 'ended' || again.standing === 'superseded') return refuse(state, again.standing as LoginLapse)
    return accept(state, again.login, grace || again.standing === 'grace', user)
  })
}

function accept (state: LoginState, login: LoginFacts, grace: boolean, user: User | null | undefined): MaybePromise<boolean> {
  const { realm, authHash } = state.settings
  if (!isUser(user)) {
    refuse(state, 'user-gone')
    if (grace) return false
    return after(endLogin(realm, login, 'user-gone', nowInSeconds()), () => {
      state.clearsLogin = true
      return false
    })
  }
  // Nothing ends here: the request that changed the password may be on its way to confirm this very login.
  if (!realm.stamps.matches(login.stamp, stampOf(user, authHash))) return refuse(state, 'user-changed')
  state.user = user
  state.login = login
  state.from = login
  state.grace = grace
  return true
}

// A refused cookie is not cleared: the answer may arrive after one that has set its successor.
function refuse (state: LoginState, lapse: LoginLapse): false {
  state.stale = false
  state.lapsed('login', lapse)
  return false
}
