/**
 * Resolves a request: login cookie, remember cookie, request loader, nobody; the first that yields a user wins.
 *
 * @module
 */
import { checkFoundId, foundUser, noUser } from './account.ts'
import { after, isThenable } from './chain.ts'
import { FreshUser } from './fresh-user.ts'
import { touchIsDue } from './lifetime.ts'
import type { MaybePromise } from './logins/keeper.ts'
import { touched, type LoginFacts } from './logins/record.ts'
import { renewed } from './remember/remember-seal.ts'
import { canSetCookie } from './reply.ts'
import { routeConfigOf } from './route-config.ts'
import { resolveLoginCookie } from './resolve-login.ts'
import { resolveRememberCookie } from './resolve-remember.ts'
import type { LoginState } from './state.ts'
import { rememberCookieOf, rememberOfLogin } from './carried-remember.ts'
import { changeBy } from './prepare.ts'

/** Finds out who is asking. A loader or store that fails fails the request: nothing is written, nobody logged out. */
export function resolve (state: LoginState): MaybePromise<void> {
  const now = state.arrivedAt
  state.resolved = true
  if (state.request.headers.cookie === undefined) return resolveByRequest(state)
  const byLogin = resolveLoginCookie(state, now)
  return byLogin === true ? noteUse(state, now) : goOn(state, byLogin, now)
}

// On its own, as what follows wherever nothing awaits: a function that makes closures pays for them even where it returns before.
function goOn (state: LoginState, pending: MaybePromise<boolean>, now: number): MaybePromise<void> {
  return after(pending, (byLogin) => {
    if (byLogin) return noteUse(state, now)
    return after(resolveRememberCookie(state, now), (byRemember) => byRemember ? undefined : resolveByRequest(state))
  })
}

/** Resolves a request that nobody has asked yet, or that failed to be; calls side by side wait for the same answer. */
export function resolveLate (state: LoginState): Promise<void> {
  state.resolving ??= (async () => {
    try {
      await resolve(state)
    } catch (error) {
      state.resolved = false
      throw error
    } finally {
      state.resolving = null
    }
  })()
  return state.resolving
}

function resolveByRequest (state: LoginState): MaybePromise<void> {
  const { request, settings } = state
  if (settings.loadUserFromRequest === null) return
  return after(settings.loadUserFromRequest(request), (found) => {
    const marked = found instanceof FreshUser
    if (marked && isThenable(found.user)) throw noUser(found.user, 'loadUserFromRequest')
    const user = foundUser(marked ? found.user : found, 'loadUserFromRequest')
    if (user === null) return
    checkFoundId(user, settings.getId, 'loadUserFromRequest', null)
    state.freshByRequest = marked
    state.user = user
    settings.realm.listeners.tell('userLoadedFromRequest', { user, request })
  })
}

/** Prepares to write down the use of a login, where the settings ask for it and it is time. */
function noteUse (state: LoginState, now: number): MaybePromise<void> {
  const { request, reply, settings, grace } = state
  if (grace) return
  const from = state.from as LoginFacts
  const { logins } = settings.realm
  const touches = touchIsDue(from, settings, now) && routeConfigOf(request).loginActivity !== false
  const cookie = from.hasRemember ? rememberCookieOf(state) : undefined
  const seesSuccessor = cookie !== undefined && logins.successorIsUnseen(cookie, from)
  const renews = cookie !== undefined && settings.refreshEachRequest
  if ((!touches && !renews && !seesSuccessor) || !canSetCookie(request, reply)) return
  return writeDownUse(state, from, now, { touches, renews, seesSuccessor })
}

interface Use { readonly touches: boolean, readonly renews: boolean, readonly seesSuccessor: boolean }

function writeDownUse (state: LoginState, from: LoginFacts, now: number, { touches, renews, seesSuccessor }: Use): MaybePromise<void> {
  const { logins } = state.settings.realm
  return after(renews ? rememberOfLogin(state, from, now) : null, (carried) => {
    if (!touches && !seesSuccessor && carried === null) return
    const login = touches ? touched(from, now) : from
    const remember = carried === null ? null : renewed(carried, now)
    state.byRequest = logins.prepare(changeBy(state, { kind: 'use', login, remember, carried, seesSuccessor }))
  })
}
