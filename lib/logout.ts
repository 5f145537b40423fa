/**
 * Logs a user out: at once and whatever becomes of the answer.
 *
 * @module
 */
import { cookieOf } from './cookies.ts'
import { publicLogin, type LoginFacts } from './logins/record.ts'
import { emptySession } from './session.ts'
import { nowInSeconds, type LoginState } from './state.ts'
import { validRemember } from './carried-remember.ts'

/**
 * Ends the login and its remember cookie, and empties the application's session but for flash messages.
 * True where somebody was logged in.
 */
export async function logoutUser (state: LoginState): Promise<boolean> {
  const { request, user, login, settings } = state
  const { logins, listeners } = settings.realm
  const now = nowInSeconds()
  const remember = await validRemember(state, now)
  for (const ended of [await presentedLogin(state, now), remember]) if (ended !== null) await logins.end(ended, now)
  const restored = state.pendingEvents.filter(({ name }) => name === 'userLoadedFromCookie')
  state.forget()
  state.clearsLogin = true
  state.clearsRemember = true
  await emptySession(request)
  if (user === null) return false
  for (const { name, payload } of restored) listeners.tell(name, payload)
  listeners.tell('userLoggedOut', { user, login: login === null ? null : publicLogin(login), request })
  if (login !== null) listeners.tell('loginEnded', { id: login.id, userId: login.userId, exceptId: null, reason: 'logout' })
  return true
}

/** The login that the cookie names: it ends although this scope would not honour it, or did not ask. */
async function presentedLogin (state: LoginState, now: number): Promise<LoginFacts | null> {
  const { request, presented, settings } = state
  const cookie = request.headers.cookie === undefined ? undefined : cookieOf(request, settings.realm.cookie)
  if (presented !== null || cookie === undefined) return presented
  return (await settings.realm.logins.find(cookie, now)).login
}
