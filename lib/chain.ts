/**
 * Goes on with a value at once where it is there, and later where it is promised.
 *
 * @module
 */

import { EmptyFailureError } from './errors.ts'

/** Whether a value has to be awaited: query builders are thenables without being promises, and some are functions. */
export function isThenable<Value> (value: Value | PromiseLike<Value>): value is PromiseLike<Value> {
  if (typeof value !== 'function' && (typeof value !== 'object' || value === null)) return false
  return 'then' in value && typeof value.then === 'function'
}

/** What a step failed with, as an error: `throw undefined` must not pass for success. */
export function failureOf (thrown: unknown): Error {
  return thrown ? thrown as Error : new EmptyFailureError()
}

/** Calls the next step with the value: in this turn where it can, because each promise costs on every request. */
export function after<Value, Result> (
  value: Value | PromiseLike<Value>, next: (value: Value) => Result | Promise<Result>
): Result | Promise<Result> {
  return isThenable(value) ? Promise.resolve(value).then(next) : next(value)
}
