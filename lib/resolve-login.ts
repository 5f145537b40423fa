/**
 * Resolves a request by its login cookie: the first of the three ways in.
 *
 * @module
 */
import { checkFoundId, foundUser, stampOf } from './account.ts'
import { after, isThenable } from './chain.ts'
import { cookieOf } from './cookies.ts'
import type { LoginLapse } from './current-login.ts'
import { endLogin } from './end-login.ts'
import { lapsed } from './lifetime.ts'
import type { FoundLogin, MaybePromise } from './logins/keeper.ts'
import { familyOf, type LoginFacts } from './logins/record.ts'
import { isKept } from './protect-login.ts'
import type { LoadUser } from './settings.ts'
import { nowInSeconds, type LoginState } from './state.ts'
import type { User } from './user.ts'

/** Whether the login cookie yields a user. */
export function resolveLoginCookie (state: LoginState, now: number): MaybePromise<boolean> {
  const { request, settings } = state
  const cookie = settings.loadUser === null ? undefined : cookieOf(request, settings.realm.cookie)
  if (cookie === undefined || cookie === '') return false
  const found = settings.realm.logins.find(cookie, now)
  return isThenable(found) ? honourLater(state, found, now) : honour(state, found, now)
}

// Steps that wait are on their own: a function that makes a closure pays for it on requests that never wait, too.
function honourLater (state: LoginState, found: Promise<FoundLogin>, now: number): Promise<boolean> {
  return found.then((awaited) => honour(state, awaited, now))
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
  const kept = isKept(state, login, grace, now)
  return kept === true ? load(state, login, grace) : loadIfKept(state, login, grace, kept)
}

function loadIfKept (state: LoginState, login: LoginFacts, grace: boolean, kept: MaybePromise<boolean>): MaybePromise<boolean> {
  return after(kept, (goesOn) => goesOn ? load(state, login, grace) : refuse(state, 'protection'))
}

function load (state: LoginState, login: LoginFacts, grace: boolean): MaybePromise<boolean> {
  const { request, settings } = state
  const loaded = (settings.loadUser as LoadUser)(login.userId, request)
  return isThenable(loaded) ? acceptLater(state, login, grace, loaded) : accept(state, login, grace, loaded)
}

function acceptLater (state: LoginState, login: LoginFacts, grace: boolean, loaded: PromiseLike<User | null | undefined>): Promise<boolean> {
  return Promise.resolve(loaded).then(async (user) => {
    // It may have ended while the loader was waited for. What was only replaced is judged by the arrival.
    const again = await state.settings.realm.logins.findAgain(login, state.arrivedAt)
    if (again.standing !== 'alive' && again.standing !== 'grace') return refuse(state, again.standing)
    return accept(state, again.login, grace || again.standing === 'grace', user)
  })
}

function accept (state: LoginState, login: LoginFacts, grace: boolean, found: User | null | undefined): MaybePromise<boolean> {
  const { realm, authHash, getId } = state.settings
  const user = foundUser(found, 'loadUser')
  if (user === null) {
    refuse(state, 'user-gone')
    if (grace) return false
    return after(endLogin(realm, login, 'user-gone', nowInSeconds()), () => {
      state.clearsLogin = true
      return false
    })
  }
  checkFoundId(user, getId, 'loadUser', login.userId)
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
  state.lapsed('login', lapse)
  return false
}
