/**
 * Reads a record: the facts of its login, and what a secret or validator that names it is worth.
 *
 * @module
 */
import { equalDigests } from '../digest.ts'
import { isRunning } from '../lifetime.ts'
import type { RememberFacts } from '../remember/remember-seal.ts'
import { generationGrace } from './ended-logins.ts'
import type { FoundRemember, Standing } from './keeper.ts'
import { familyOf, type LoginFacts, type Proof } from './record.ts'
import type { LoginRecord, RememberRecord } from './store.ts'

/** For how many seconds a validator is honoured without a rotation after it was replaced: tabs that open together. */
export const validatorGrace = 60

/** Marks a record whose login a change has ended, and may yet take back. */
export const suspendedExpiry = 0

export function isSuspended ({ expiresAt }: LoginRecord): boolean {
  return expiresAt === suspendedExpiry
}

/** The facts of a login as its record has them. */
export function factsOf (record: LoginRecord): LoginFacts {
  const { id, userId, provenAt, renewedAt, seenAt, expiresAt, fresh, remembered, browser, stamp, remember } = record
  return Object.freeze({
    id,
    userId,
    generation: record.version,
    startedAt: record.begunAt,
    provenAt,
    renewedAt,
    seenAt,
    expiresAt,
    fresh,
    remembered,
    browser,
    stamp,
    hasRemember: remember !== null
  })
}

/** The facts of a login that its remember cookie restores: the same record goes on. */
export function restoredFactsOf (record: LoginRecord, { at, expiresAt, browser }: Pick<Proof, 'at' | 'expiresAt' | 'browser'>): LoginFacts {
  return Object.freeze({ ...factsOf(record), renewedAt: at, seenAt: at, expiresAt, browser, fresh: false, remembered: true })
}

/** The facts of the remember cookie of a record. */
export function rememberFactsOf ({ id, userId, provenAt, stamp, remember }: LoginRecord): RememberFacts | null {
  if (remember === null) return null
  const { expiresAt, duration, token } = remember
  return Object.freeze({ id: familyOf(id), userId, provenAt, expiresAt, duration, stamp, token })
}

/** What the secret in a login cookie is worth. */
export function standingOf (record: LoginRecord, digest: string, now: number): Standing {
  const { secret, previousSecrets } = record
  if (equalDigests(secret, digest)) return isSuspended(record) ? 'ended' : 'alive'
  const accepted = previousSecrets.some(({ secret, until }) => isRunning(until, generationGrace, now) && equalDigests(secret, digest))
  return accepted && !isSuspended(record) ? 'grace' : 'superseded'
}

/** How many older secrets and validators a record keeps: more than an honest browser uses up while requests are under way. */
export const mostPrevious = 32

/** Whether a validator was replaced so recently that requests under way may carry it. */
export function isRecent ({ replacedAt }: RememberRecord['previous'][number], now: number): boolean {
  return isRunning(replacedAt + validatorGrace, validatorGrace, now)
}

/** Whether one more replaced validator would push out one that requests under way may carry. */
export function isCrowded ({ previous }: RememberRecord, now: number): boolean {
  return previous.filter((older) => isRecent(older, now)).length >= mostPrevious
}

/**
 * What the validator in a remember cookie is worth. The one before is good until its successor has been seen, because
 * an answer may be lost; any other was taken from somebody, unless it may be one that had no room among those before.
 */
export function validatorStanding (remember: RememberRecord, digest: string, now: number): FoundRemember['standing'] {
  if (now >= remember.expiresAt) return 'expired'
  if (equalDigests(remember.validator, digest)) return 'alive'
  const { previous, seen, crowdedUntil = 0 } = remember
  const found = previous.find(({ validator }) => equalDigests(validator, digest))
  if (found === undefined) return isRunning(crowdedUntil, validatorGrace, now) ? 'superseded' : 'stolen'
  // Its successor may last for longer.
  if (now >= found.expiresAt) return 'expired'
  if (isRecent(found, now)) return 'grace'
  return found === previous.at(-1) && !seen ? 'alive' : 'stolen'
}
