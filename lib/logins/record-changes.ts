/**
 * Writes a record: what a change of a login makes of it.
 *
 * @module
 */
import { digest, sha256 } from '../digest.ts'
import type { RememberFacts } from '../remember/remember-seal.ts'
import { generationGrace } from './ended-logins.ts'
import type { Change } from './keeper.ts'
import type { LoginRecord, RememberRecord } from './store.ts'

/** Names the user of a realm in the store, at one length whatever the id: no id can break a key or a query. */
export function ownerOf (realm: string, userId: string): string {
  return digest(`${realm}\n${userId}`)
}

/** The secrets that a change gives out; null where the browser keeps what it has. */
export interface Secrets { readonly login: string | null, readonly validator: string | null }

/** The record of a login that begins. */
export function newRecord ({ login, remember, agent, data }: Change, owner: string, secrets: Secrets, now: number): LoginRecord {
  const kept = remember === null ? null : rememberRecord(remember, secrets.validator as string, null, now)
  return {
    id: login.id,
    owner,
    version: 0,
    begunAt: login.startedAt,
    userId: login.userId,
    secret: sha256(secrets.login as string),
    previousSecret: null,
    previousUntil: 0,
    stale: false,
    ...settled({ login, agent }),
    remember: kept,
    data: data ?? null,
    keepUntil: keepUntil(login.expiresAt, kept)
  }
}

/** The record after a proof of identity or a restore: another secret, and another validator where one is given out. */
export function replacedRecord (record: LoginRecord, { login, remember, agent, data = record.data }: Change, secrets: Secrets, seen: string | null, now: number): LoginRecord {
  const kept = remember === null || secrets.validator === null
    ? record.remember
    : rememberRecord(remember, secrets.validator, seen ?? record.remember?.validator ?? null, now)
  return {
    ...record,
    version: record.version + 1,
    secret: sha256(secrets.login as string),
    previousSecret: record.secret,
    previousUntil: now + generationGrace,
    stale: false,
    ...settled({ login, agent }),
    remember: kept,
    data,
    keepUntil: keepUntil(login.expiresAt, kept)
  }
}

/** The record after a use that is written down; the successor of a validator may have been seen by it. */
export function usedRecord (record: LoginRecord, { login, remember, seesSuccessor }: Change): LoginRecord {
  const { remember: before } = record
  const kept = before === null
    ? null
    : { ...before, previous: seesSuccessor ? null : before.previous, expiresAt: remember?.expiresAt ?? before.expiresAt }
  return { ...record, version: record.version + 1, seenAt: Math.max(record.seenAt, login.seenAt), remember: kept, keepUntil: keepUntil(record.expiresAt, kept) }
}

function settled ({ login, agent }: Pick<Change, 'login' | 'agent'>) {
  const { provenAt, renewedAt, seenAt, expiresAt, fresh, remembered, browser, stamp } = login
  return { provenAt, renewedAt, seenAt, expiresAt, fresh, remembered, browser, stamp, ...agent }
}

function rememberRecord (remember: RememberFacts, validator: string, previous: string | null, now: number): RememberRecord {
  const { expiresAt, duration, token } = remember
  return { validator: sha256(validator), previous, rotatedAt: now, expiresAt, duration, token }
}

function keepUntil (expiresAt: number, remember: RememberRecord | null): number {
  return Math.max(expiresAt, remember?.expiresAt ?? 0)
}
