/**
 * Writes the facts of a remember cookie, sealed, with an id and an end of their own, and reads them back.
 *
 * @module
 */
import type { Seal, SealedShape } from '../seal.ts'

/** What a remember cookie says. Times are seconds since 1970, durations seconds. */
export interface RememberFacts {
  /** The family of the logins that it belongs to. */
  readonly id: string
  readonly userId: string
  /** The proof of identity that it goes back to. */
  readonly provenAt: number
  readonly expiresAt: number
  /** What it was given, for renewals. */
  readonly duration: number
  /** The keyed digest of `authHash(user)`; null where the user has no stamp. */
  readonly stamp: string | null
  /** What `remember.getToken(user)` gave; null without that option. */
  readonly token: string | null
}

/** Reads and writes the remember cookies of one realm. */
export interface RememberSeal {
  /** The facts in a cookie, or null where it is none of ours. */
  open (cookie: string): RememberFacts | null
  seal (remember: RememberFacts): string
}

/** What a remember cookie says where there is no store. */
export const rememberShape: SealedShape = ['text', 'text', 'number', 'number', 'number', 'text or null', 'text or null']

export function rememberSeal (seal: Seal): RememberSeal {
  return {
    open (cookie) {
      const facts = seal.open('remember', cookie)
      if (facts === null) return null
      const [id, userId, provenAt, expiresAt, duration, stamp, token] = facts
      return Object.freeze({ id, userId, provenAt, expiresAt, duration, stamp, token }) as RememberFacts
    },
    seal (remember) {
      const { id, userId, provenAt, expiresAt, duration, stamp, token } = remember
      return seal.seal('remember', [id, userId, provenAt, expiresAt, duration, stamp, token])
    }
  }
}

/** The cookie of the same id, lasting its duration from now on. */
export function renewed (remember: RememberFacts, now: number): RememberFacts {
  return Object.freeze({ ...remember, expiresAt: now + remember.duration })
}
