/**
 * Gives an error its cause.
 *
 * @module
 */

/** The error with what it came from, for the log: nothing of it reaches a visitor. */
export function because<Failure extends Error> (error: Failure, cause: unknown): Failure {
  return Object.assign(error, { cause })
}
