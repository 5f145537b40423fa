/**
 * Confirms a login after a proof of identity: prepared here, committed with the answer.
 *
 * @module
 */
import { isUser, stampOf } from './account.ts'
import { proven } from './logins/record.ts'
import { changeBy, checkAnswer, checkedUserId, enter, prepareProof, proofOf, rememberAgain } from './prepare.ts'
import { nowInSeconds, type LoginState } from './state.ts'
import type { User } from './user.ts'
import { rememberOfLogin } from './carried-remember.ts'

/** Makes the login fresh, under a new generation; false where there is none, or the user is another. */
export async function confirmLogin (state: LoginState, changed: User | null | undefined): Promise<boolean> {
  const { settings, request } = state
  if (state.login === null || state.grace || changed === null) return false
  // Without a loader no login begins, and none is found.
  const loadUser = settings.loadUser as NonNullable<typeof settings.loadUser>
  const user = changed ?? await loadUser(state.login.userId, request)
  if (!isUser(user) || checkedUserId(state, user) !== state.login.userId) return false
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
