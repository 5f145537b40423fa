/**
 * Confirms a login after a proof of identity: prepared here, committed with the answer.
 *
 * @module
 */
import { checkFoundId, foundUser, isNobody, stampOf } from './account.ts'
import { proven } from './logins/record.ts'
import { changeBy, checkAnswer, checkedUserId, enter, prepareProof, proofOf, rememberAgain } from './prepare.ts'
import { nowInSeconds, type LoginState } from './state.ts'
import type { User } from './user.ts'
import { rememberOfLogin } from './carried-remember.ts'

/** Makes the login fresh, under a new generation; false where there is none, or the user is another. */
export async function confirmLogin (state: LoginState, changed: User | null | undefined): Promise<boolean> {
  const { settings } = state
  if (state.login === null || state.grace) return false
  const { id, userId } = state.login
  const user = changed === undefined ? await loadAnew(state, userId) : givenUser(state, changed, userId)
  // The request may have logged its user out while the loader was waited for.
  if (user === null || state.login?.id !== id) return false
  checkAnswer(state)
  const now = nowInSeconds()
  const { remembered, expiresAt, hasRemember } = state.login
  const stamp = stampOf(user, settings.authHash)
  const proof = proofOf(state, stamp, now, {
    fresh: true,
    remembered,
    // A remembered login ends at the latest with its remember cookie, whatever is proven meanwhile.
    expiresAt: remembered ? expiresAt : now + settings.absoluteTimeout,
    hasRemember
  })
  const remember = rememberAgain(state, await rememberOfLogin(state, state.login, now), user, proof.stamp)
  const login = proven(state.login, proof)
  const { change } = state.prepared ?? {}
  const kind = change === undefined || change.kind === 'use' ? 'proof' : change.kind
  const prepared = prepareProof(state, stamp, changeBy(state, { ...change, kind, login, remember }))
  enter(state, prepared, user, 'userLoginConfirmed')
  return true
}

/** The user as the application gives it after a change; null for nobody, and for another user. */
function givenUser (state: LoginState, given: User | null, userId: string): User | null {
  return isNobody(given) || checkedUserId(state, given, 'confirmLogin') !== userId ? null : given
}

/** The user as the loader finds it now. */
async function loadAnew ({ settings, request }: LoginState, userId: string): Promise<User | null> {
  // Without a loader no login begins, and none is found.
  const loadUser = settings.loadUser as NonNullable<typeof settings.loadUser>
  const user = foundUser(await loadUser(userId, request), 'loadUser')
  if (user !== null) checkFoundId(user, settings.getId, 'loadUser', userId)
  return user
}
