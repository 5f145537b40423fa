/**
 * The time, in the unit of tokens and cookies.
 *
 * @module
 */

/** Seconds since 1970. */
export function nowInSeconds (): number {
  return Date.now() / 1000
}
