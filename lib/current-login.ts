/**
 * What an application sees of a login: facts without a secret.
 *
 * @module
 */

/** The login behind a request. Times are seconds since 1970, with fractions. */
export interface Login {
  /** Public and stable for the life of the login; it proves nothing. */
  readonly id: string
  /** The id of its user, as a string. */
  readonly userId: string
  /** When the request arrived that began it. */
  readonly startedAt: number
  /** When the user last proved who they are. */
  readonly provenAt: number
  /** When it ends at the latest. */
  readonly expiresAt: number
  /** Whether it came back through a remember cookie. */
  readonly remembered: boolean
}

/**
 * Why a credential that came with a request was not honoured.
 *
 * `forged`: not one of ours, or altered · `expired`: past its end · `idle`: unused for too long · `ended`: logged out
 * or revoked · `superseded`: replaced by a newer one of the same login · `protection`: another browser under `strong`
 * · `user-gone`: the loader knows no such user · `user-changed`: `authHash` is another one now · `stolen`: a
 * remember cookie whose successor somebody has used.
 */
export type LoginLapse =
  'forged' | 'expired' | 'idle' | 'ended' | 'superseded' | 'protection' | 'user-gone' | 'user-changed' | 'stolen'
