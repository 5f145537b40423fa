/**
 * Logs a user out: at once and whatever becomes of the answer.
 *
 * @module
 */
import { publicLogin } from './logins/record.ts'
import { emptySession } from './session.ts'
import { nowInSeconds, type LoginState } from './state.ts'
import { validRemember } from './carried-remember.ts'

/**
 * Ends the login and its remember cookie, and empties the application's session but for flash messages.
 * True where somebody was logged in.
 */
export async function logoutUser (state: LoginState): Promise<boolean> {
  const { request, user, login, from, settings } = state
  const { logins, listeners } = settings.realm
  const now = nowInSeconds()
  const remember = await validRemember(state, now)
  for (const ended of [from, remember]) if (ended !== null) await logins.end(ended, now)
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
