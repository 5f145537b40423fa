/**
 * Session protection of a request: whether its login goes on in the browser that it is used in.
 *
 * @module
 */
import { browserOf } from './browser.ts'
import { validRemember } from './carried-remember.ts'
import { after } from './chain.ts'
import { endLogin } from './end-login.ts'
import type { MaybePromise } from './logins/keeper.ts'
import { publicLogin, type LoginFacts } from './logins/record.ts'
import { protect } from './protection.ts'
import type { LoginState } from './state.ts'

/** Whether the login goes on; it may be stale from here on. */
export function isKept (state: LoginState, login: LoginFacts, grace: boolean, now: number): MaybePromise<boolean> {
  const { request, settings } = state
  state.stale = settings.realm.logins.isStale(login)
  if (settings.sessionProtection === false) return true
  const sameBrowser = login.browser === browserOf(request, settings.identifyBrowser)
  const verdict = protect(settings.sessionProtection, settings.permanentSession, sameBrowser)
  return verdict === 'keep' || moved(state, login, grace, verdict, now)
}

/** The login came up in another browser. */
function moved (state: LoginState, login: LoginFacts, grace: boolean, verdict: 'stale' | 'end', now: number): MaybePromise<boolean> {
  const { request, settings: { realm } } = state
  const { logins, listeners } = realm
  if (grace) return verdict === 'stale'
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
    return false
  })
}
