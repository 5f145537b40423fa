/**
 * An attempt to log in: what was asked, sealed into a cookie of its own until the visitor comes back with the answer.
 *
 * @module
 */
import { createHmac, hash, randomBytes } from 'node:crypto'
import type { CookieSeal, SealedFact } from '../index.ts'

/** How long a visitor may take at the provider, in seconds. */
export const attemptLife = 600

/** `reauthenticate`: a user proves again who they are. */
export type Purpose = 'login' | 'register' | 'reauthenticate'

/** Who has to come back from a re-authentication, as digests. */
interface Expected {
  readonly user: string
  /** Null where the login was begun by other means, or at another provider. */
  readonly subject: string | null
}

/** What an attempt says. All of it has a bound: the cookie goes with every request until the visitor is back. */
export interface AttemptFacts {
  /** What `state`, `nonce` and the verifier of PKCE are derived from: it takes a third of their room. */
  readonly seed: string
  /** The callback that the answer has to come back to: of one provider, in one registration. */
  readonly callback: string
  readonly purpose: Purpose
  /** Where to go on to: a path of this site; null for the option `afterLogin`. */
  readonly next: string | null
  /** In seconds since 1970. */
  readonly startedAt: number
  readonly expected: Expected | null
  /** Whether it was begun again by itself, which happens once. */
  readonly again: boolean
  /** Whether the provider was asked to have its user prove who they are (`prompt=login`). */
  readonly promptsLogin: boolean
}

export interface Attempt extends AttemptFacts {
  readonly state: string
  readonly nonce: string
  /** What PKCE proves at the token endpoint. */
  readonly verifier: string
}

/** A new attempt, with secrets of its own. */
export function newAttempt (facts: Omit<AttemptFacts, 'seed'>): Attempt {
  return withSecrets({ ...facts, seed: randomBytes(32).toString('base64url') })
}

/** Two of the three are sent where others see them: from neither can the seed, or another one, be worked out. */
function withSecrets (facts: AttemptFacts): Attempt {
  const derived = (name: string) => createHmac('sha256', facts.seed).update(name).digest('base64url')
  return { ...facts, state: derived('state'), nonce: derived('nonce'), verifier: derived('verifier') }
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
  'text', 'text', 'text', 'text or null', 'number', 'text or null', 'text or null', 'boolean', 'boolean'
]

export function sealAttempt (seal: CookieSeal, attempt: AttemptFacts): string {
  const { seed, callback, purpose, next, startedAt, expected, again, promptsLogin } = attempt
  const { user = null, subject = null } = expected ?? {}
  return seal.seal([seed, callback, purpose, next, startedAt, user, subject, again, promptsLogin])
}

/** The attempt in a cookie, if it is one of ours, of this state, and not too old; else null. */
export function openAttempt (seal: CookieSeal, cookie: string, state: string, now: number): Attempt | null {
  const facts = seal.open(cookie)
  if (facts === null) return null
  const [seed, callback, purpose, next, startedAt, user, subject, again, promptsLogin] = facts as [
    string, string, Purpose, string | null, number, string | null, string | null, boolean, boolean]
  const expected = user === null ? null : { user, subject }
  const attempt = withSecrets({ seed, callback, purpose, next, startedAt, expected, again, promptsLogin })
  return attempt.state !== state || now >= startedAt + attemptLife ? null : attempt
}
