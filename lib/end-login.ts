/**
 * Ends a login that a request came with, and tells whoever listens.
 *
 * @module
 */
import { after } from './chain.ts'
import type { LoginEndReason } from './events.ts'
import type { MaybePromise } from './logins/keeper.ts'
import type { LoginFacts } from './logins/record.ts'
import type { Realm } from './realm.ts'
import type { RememberFacts } from './remember/remember-seal.ts'

/** Ends a login by either of its cookies; the first request that does so tells, the cause before the end. */
export function endLogin (
  { logins, listeners }: Realm, held: LoginFacts | RememberFacts, reason: LoginEndReason, now: number, tellCause = () => {}
): MaybePromise<void> {
  return after(logins.end(held, now), (id) => {
    if (id === null) return
    tellCause()
    listeners.tell('loginEnded', { id, userId: held.userId, exceptId: null, reason })
  })
}
