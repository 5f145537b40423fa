/**
 * Checks what `toUser` returned before anybody is logged in by it.
 *
 * @module
 */
import { errors, type User } from '../index.ts'

/** The user that `toUser` found, or null for nobody. Throws `FST_LOGIN_INVALID_USER` for what is not a user. */
export function foundUser (found: unknown): User | null {
  if (found === null || found === undefined || found === false || found === '') return null
  if (typeof found === 'object' && !Array.isArray(found)) return found as User
  throw new errors.InvalidUserError(`the option toUser of fastify-login/oidc returned ${Array.isArray(found) ? 'an array' : `a ${typeof found}`}. ` +
    'It must return one user, an object, or null where there is no account')
}

/** Names `toUser` in the error for a user whose id nobody can be logged in with. */
export async function namingToUser (login: Promise<boolean>): Promise<boolean> {
  return await login.catch((error: unknown) => {
    if (!(error instanceof errors.InvalidUserIdError)) throw error
    throw Object.assign(new errors.InvalidUserError('the option toUser of fastify-login/oidc returned a user without a valid id. ' + error.message), { cause: error })
  })
}
