/**
 * Logs a user out: at once and whatever becomes of the answer.
 *
 * @module
 */
import { cookieOf } from './cookies.ts'
import { publicLogin, type LoginFacts } from './logins/record.ts'
import type { Realm } from './realm.ts'
import type { RememberFacts } from './remember/remember-seal.ts'
import { resolveLate } from './resolve.ts'
import { emptySession } from './session.ts'
import { isOfRequest, nowInSeconds, type LoginState } from './state.ts'
import { findRemembered } from './carried-remember.ts'

/**
 * Ends the login and its remember cookie, and empties the application's session but for flash messages.
 * True where somebody was logged in.
 */
export async function logoutUser (state: LoginState): Promise<boolean> {
  if (state.resolved) return await leave(state, state.presented)
  try {
    await resolveLate(state)
  } catch (error) {
    // A loader that fails keeps nobody logged in who logs out.
    await leave(state, state.presented ?? await presentedLogin(state))
    throw error
  }
  return await leave(state, state.presented)
}

async function leave (state: LoginState, presented: LoginFacts | null): Promise<boolean> {
  const { request, user, login, from, lapse, settings: { realm } } = state
  const now = nowInSeconds()
  const restored = state.pendingEvents.filter(isOfRequest)
  const remember = await rememberToEnd(state, now)
  // Without a store both may be of one family, which the first of them ends: the one by which the user came.
  const ended = await endAll(realm, from === null ? [remember, presented] : [presented, remember], now)
  state.forget()
  state.clearsLogin = true
  state.clearsRemember = true
  if (user !== null) {
    for (const { name, payload } of restored) realm.listeners.tell(name, payload)
    realm.listeners.tell('userLoggedOut', { user, login: login === null ? null : publicLogin(login), request })
  }
  const lapsedByTime = lapse === 'expired' || lapse === 'idle' ? presented : null
  for (const { id, userId } of ended.filter((one) => one !== lapsedByTime)) realm.listeners.tell('loginEnded', { id, userId, exceptId: null, reason: 'logout' })
  await emptySession(request, realm.id)
  return user !== null
}

/** The login that the cookie names, where nobody could say more of it. */
async function presentedLogin ({ request, settings: { realm } }: LoginState): Promise<LoginFacts | null> {
  const cookie = request.headers.cookie === undefined ? undefined : cookieOf(request, realm.cookie)
  if (cookie === undefined) return null
  const { login, standing } = await realm.logins.find(cookie, nowInSeconds())
  return standing === 'superseded' ? null : login
}

/** Also of a login that another answer has ended and may yet take back. */
async function rememberToEnd (state: LoginState, now: number): Promise<RememberFacts | null> {
  const found = await findRemembered(state, now)
  return found !== null && found.standing !== 'expired' ? found.remember : null
}

type Held = LoginFacts | RememberFacts

/** Those of which this was the first to end them. */
async function endAll ({ logins }: Realm, held: ReadonlyArray<Held | null>, now: number): Promise<Held[]> {
  const ended: Held[] = []
  for (const one of held) if (one !== null && await logins.end(one, now) !== null) ended.push(one)
  return ended
}
