/**
 * How `loadUserFromRequest` says that the user it found has just proved who they are.
 *
 * @module
 */

/** A user with a proof of identity in the same request: what `asFresh` makes. */
export class FreshUser<Account> {
  /** The user, as the loader found them. */
  readonly user: Account

  constructor (user: Account) {
    this.user = user
  }
}

/**
 * Marks the user that `loadUserFromRequest` returns as fresh: for a request that is signed, or carries a password.
 *
 * @example
 * import { asFresh, type LoginOptions } from 'fastify-login'
 *
 * const options: LoginOptions = {
 *   loadUserFromRequest: (request) => request.headers['x-signature'] === 'valid' ? asFresh({ id: '1' }) : null
 * }
 */
export function asFresh<Account> (user: Account): FreshUser<Account> {
  return new FreshUser(user)
}
