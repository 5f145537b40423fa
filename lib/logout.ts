/**
 * Logs a user out: at once and whatever becomes of the answer.
 *
 * @module
 */
import { publicLogin, type LoginFacts } from './logins/record.ts'
import type { Realm } from './realm.ts'
import type { RememberFacts } from './remember/remember-seal.ts'
import { emptySession } from './session.ts'
import { nowInSeconds, type LoginState } from './state.ts'
import { findRemembered } from './carried-remember.ts'

/**
 * Ends the login and its remember cookie, and empties the application's session but for flash messages.
 * True where somebody was logged in.
 */
export async function logoutUser (state: LoginState): Promise<boolean> {
  const { request, user, login, presented, settings: { realm } } = state
  const now = nowInSeconds()
  const remember = await rememberToEnd(state, now)
  const restored = state.pendingEvents.filter(({ name }) => name === 'userLoadedFromCookie')
  const ended = await endAll(realm, [presented, remember], now)
  state.forget()
  state.clearsLogin = true
  state.clearsRemember = true
  if (user !== null) {
    for (const { name, payload } of restored) realm.listeners.tell(name, payload)
    realm.listeners.tell('userLoggedOut', { user, login: login === null ? null : publicLogin(login), request })
  }
  for (const one of ended) realm.listeners.tell('loginEnded', { ...one, exceptId: null, reason: 'logout' })
  await emptySession(request, realm.name)
  return user !== null
}

/** Also of a login that another answer has ended and may yet take back. */
async function rememberToEnd (state: LoginState, now: number): Promise<RememberFacts | null> {
  const found = await findRemembered(state, now)
  return found !== null && found.standing !== 'expired' ? found.remember : null
}

/** Those of which this was the first to end them. */
async function endAll ({ logins }: Realm, held: ReadonlyArray<LoginFacts | RememberFacts | null>, now: number): Promise<Array<{ id: string, userId: string }>> {
  const ended = []
  for (const one of held) {
    const id = one === null ? null : await logins.end(one, now)
    if (one !== null && id !== null) ended.push({ id, userId: one.userId })
  }
  return ended
}
