/**
 * An attempt to log in: what was asked, sealed into a cookie of its own until the visitor comes back with the answer.
 *
 * @module
 */
import { hash } from 'node:crypto'
import type { CookieSeal, SealedFact } from '../index.ts'

/** How long a visitor may take at the provider, in seconds. */
export const attemptLife = 600

/** `reauthenticate`: a user proves again who they are. */
export type Purpose = 'login' | 'register' | 'reauthenticate'

/** Who has to come back from a re-authentication; the subject is null where the login was begun by other means. */
interface Expected { readonly userId: string, readonly subject: string | null }

export interface Attempt {
  readonly state: string
  readonly nonce: string
  /** What PKCE proves at the token endpoint. */
  readonly verifier: string
  readonly provider: string
  readonly purpose: Purpose
  /** Where to go on to: a path of this site. */
  readonly next: string
  /** In seconds since 1970. */
  readonly startedAt: number
  readonly expected: Expected | null
  /** Whether it was begun again by itself, which happens once. */
  readonly again: boolean
}

/** Names the cookie of an attempt, so that those of two tabs are two cookies. */
export function attemptName (state: string): string {
  return hash('sha256', state, 'base64url').slice(0, 16)
}

/** Whether a string can be the name of an attempt. */
export function isAttemptName (name: string): boolean {
  return /^[\w-]{16}$/.test(name)
}

/** What the cookie of an attempt says. */
export const attemptShape: readonly SealedFact[] = [
  'text', 'text', 'text', 'text', 'text', 'text', 'number', 'text or null', 'text or null', 'boolean'
]

export function sealAttempt (seal: CookieSeal, attempt: Attempt): string {
  const { state, nonce, verifier, provider, purpose, next, startedAt, expected, again } = attempt
  return seal.seal([state, nonce, verifier, provider, purpose, next, startedAt, expected?.userId ?? null, expected?.subject ?? null, again])
}

/** The attempt in a cookie, if it is one of ours, of this state, and not too old; else null. */
export function openAttempt (seal: CookieSeal, cookie: string, state: string, now: number): Attempt | null {
  const facts = seal.open(cookie)
  if (facts === null) return null
  const [sealedState, nonce, verifier, provider, purpose, next, startedAt, userId, subject, again] = facts as [
    string, string, string, string, Purpose, string, number, string | null, string | null, boolean]
  if (sealedState !== state || now >= startedAt + attemptLife) return null
  const expected = userId === null ? null : { userId, subject }
  return { state, nonce, verifier, provider, purpose, next, startedAt, expected, again }
}
