/**
 * Writes a record: what a change of a login makes of it.
 *
 * @module
 */
import { digest, sha256 } from '../digest.ts'
import { isRunning, lapsed, lastUse, type Lifetimes } from '../lifetime.ts'
import type { RememberFacts } from '../remember/remember-seal.ts'
import { generationGrace } from './ended-logins.ts'
import type { Change } from './keeper.ts'
import { isRecent, isSuspended, mostPrevious, suspendedExpiry, validatorGrace } from './record-facts.ts'
import type { LoginFacts } from './record.ts'
import type { LoginRecord, RememberRecord } from './store.ts'

/** A realm by its name, and by the id that tells it from every other that may share its store. */
export interface RealmNames { readonly name: string, readonly id: string }

/** Names the user of a realm in the store, at one length whatever the id: no id can break a key or a query. */
export function ownerOf (realmId: string, userId: string): string {
  return digest(`${realmId}\n${userId}`)
}

/** The secrets that a change gives out; null where the browser keeps what it has. */
export interface Secrets { readonly login: string | null, readonly validator: string | null }

/** The record of a login that begins, at this time. */
export function newRecord (change: Change, realm: RealmNames, secrets: Secrets, begunAt: number): LoginRecord {
  const { login, remember, data } = change
  const kept = remember === null ? null : rememberRecord(remember, secrets.validator as string)
  return {
    id: login.id,
    owner: ownerOf(realm.id, login.userId),
    version: 0,
    begunAt,
    realm: realm.name,
    userId: login.userId,
    secret: sha256(secrets.login as string),
    previousSecrets: [],
    stale: false,
    ...settled(change),
    remember: kept,
    data: data ?? null,
    keepUntil: keepUntil(login.expiresAt, kept)
  }
}

/** The record after a proof of identity or a restore: another secret, and another validator where a remember cookie is set. */
export function replacedRecord (
  record: LoginRecord, change: Change, secrets: Secrets, came: string | null, lifetimes: Pick<Lifetimes, 'absoluteTimeout' | 'idleTimeout'>, now: number
): LoginRecord | null {
  if (isSuspended(record)) return null
  const { login, remember, seesSuccessor, data = record.data } = change
  const { remember: before } = record
  const kept = remember === null || secrets.validator === null
    ? before && sameRemember(before, remember, seesSuccessor || came === before.validator)
    : { ...rememberRecord(remember, secrets.validator), ...replacedValidators(before, came, now) }
  const superseded = { secret: record.secret, until: now + generationGrace }
  const stillAccepted = record.previousSecrets.filter(({ until }) => isRunning(until, generationGrace, now))
  // What has lapsed has no grace: a restore brings back the login, never the login cookies from before.
  const accepted = lapsed(record, lifetimes, now) === null ? [...stillAccepted, superseded] : []
  return {
    ...record,
    version: record.version + 1,
    secret: sha256(secrets.login as string),
    previousSecrets: accepted.slice(-mostPrevious),
    stale: false,
    ...settled(change),
    remember: kept,
    data,
    keepUntil: keepUntil(login.expiresAt, kept)
  }
}

/** The record after a use; null where it is written down already, by another request of the same minute. */
export function usedRecord (record: LoginRecord, { from, login, remember, seesSuccessor }: Change): LoginRecord | null {
  const { remember: before } = record
  if (isSuspended(record)) return null
  const sees = seesSuccessor && before?.seen === false
  if (!sees && remember === null && record.seenAt > (from as LoginFacts).seenAt) return null
  const kept = before && sameRemember(before, remember, sees)
  const seenAt = lastUse(record.seenAt, login.seenAt)
  return { ...record, version: record.version + 1, seenAt, remember: kept, keepUntil: keepUntil(record.expiresAt, kept) }
}

/** What is kept of a remember cookie whose validator stays: it may last longer now, and may have been seen. */
function sameRemember (before: RememberRecord, renewed: RememberFacts | null, isSeen: boolean): RememberRecord {
  return { ...before, ...renewed !== null && renewedTo(renewed.expiresAt, before), seen: before.seen || isSeen }
}

/** A cookie that is set anew may be the one before, whose successor was lost. */
function renewedTo (expiresAt: number, { previous }: RememberRecord): Pick<RememberRecord, 'expiresAt' | 'previous'> {
  return { expiresAt, previous: previous.map((older, index) => index === previous.length - 1 ? { ...older, expiresAt } : older) }
}

/**
 * Those that requests under way may carry, and the one that came, or was to come, in the end. There is room for so
 * many. Only proofs of identity can replace more in a minute, because then a restore replaces none: a thief cannot
 * make the record forget the validator of the browser that they took theirs from.
 */
function replacedValidators (remember: RememberRecord | null, came: string | null, now: number): Pick<RememberRecord, 'previous' | 'crowdedUntil'> {
  if (remember === null) return { previous: [] }
  const { validator, expiresAt } = remember.previous.find((older) => older.validator === came) ?? remember
  // Twice in the list, by a clock that was set back, it would be taken for a thief's.
  const recent = remember.previous.filter((older) => older.validator !== validator && isRecent(older, now))
  const all = [...recent, { validator, expiresAt, replacedAt: now }]
  const forgotten = all.at(-mostPrevious - 1)
  const crowdedUntil = forgotten === undefined ? remember.crowdedUntil : forgotten.replacedAt + validatorGrace
  return { previous: all.slice(-mostPrevious), ...crowdedUntil !== undefined && { crowdedUntil } }
}

function settled ({ login, agent }: Change) {
  const { provenAt, renewedAt, seenAt, expiresAt, fresh, remembered, browser, stamp } = login
  return { provenAt, renewedAt, seenAt, expiresAt, fresh, remembered, browser, stamp, ...agent }
}

function rememberRecord ({ expiresAt, duration, token }: RememberFacts, validator: string): RememberRecord {
  return { validator: sha256(validator), previous: [], seen: false, expiresAt, duration, token }
}

function keepUntil (expiresAt: number, remember: RememberRecord | null): number {
  return Math.max(expiresAt, remember?.expiresAt ?? 0)
}

/** For how many seconds a suspended login is kept that nobody removes: longer than an answer is on its way. */
const suspension = 60

/** A login that a change ends, as long as it may be taken back. Nobody can use it, and a logout removes it. */
export function suspendedRecord (record: LoginRecord, now: number): LoginRecord {
  return { ...record, version: record.version + 1, expiresAt: suspendedExpiry, keepUntil: now + suspension }
}
