/**
 * The options of `loginUser`, and what they may be.
 *
 * @module
 */
import { InvalidArgumentError, StoreRequiredError } from './errors.ts'
import { longestLife } from './lifetime.ts'
import type { Settings } from './settings.ts'

/** How `loginUser` logs a user in. */
export interface LoginUserOptions {
  /** Remember the login in a cookie that outlives the browser. Default false. */
  remember?: boolean
  /** How long to remember it, in seconds, at most 400 days. Default: the option `remember.duration`. */
  duration?: number
  /** Log in a user who is not active; guards turn them away all the same. Default false. */
  force?: boolean
  /** Whether the login counts as a proof of identity. Default true. */
  fresh?: boolean
  /** Plain JSON to keep with the login in the store, for `app.login.loginData`. Needs the option `store`. */
  data?: unknown
}

/** Refuses a login that these settings, or these options, cannot make. */
export function checkLogin (options: LoginUserOptions, { loadUser, store }: Settings): void {
  if (loadUser === null) throw new InvalidArgumentError('loginUser needs the option loadUser: without it no later request could tell who the user is')
  if (typeof options !== 'object' || options === null) throw new InvalidArgumentError('The options of loginUser may be an object, or left out')
  for (const name of Object.keys(options)) {
    if (!['remember', 'duration', 'force', 'fresh', 'data'].includes(name)) {
      throw new InvalidArgumentError(`loginUser has no option ${name}: its options are remember, duration, force, fresh and data`)
    }
  }
  const { duration, data } = options
  for (const name of ['remember', 'force', 'fresh'] as const) {
    if (options[name] !== undefined && typeof options[name] !== 'boolean') {
      throw new InvalidArgumentError(`The option ${name} of loginUser may be true or false`)
    }
  }
  if (data !== undefined && store === null) throw new StoreRequiredError('The option data of loginUser')
  if (duration !== undefined && !(typeof duration === 'number' && duration > 0 && duration <= longestLife)) {
    throw new InvalidArgumentError('The option duration of loginUser may be a positive number of seconds, at most 34560000 (400 days)')
  }
}
