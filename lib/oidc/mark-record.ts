/**
 * The records that mark a login: their owners, their ids, and what stands in them.
 *
 * @module
 */
import { hash, randomBytes } from 'node:crypto'
import type { LoginRecord } from '../index.ts'
import { digest } from './digest.ts'

/** What a logout names at the provider, as digests: a user, one of their sessions, or both. */
export interface Named { readonly subject: string | null, readonly session: string | null }

/**
 * The owners of the marks of whatever is named: of a user, of a session, or of both. The realm is part of each, because
 * another registration may share the store and be the same client there: its marks name logins that are not ours.
 */
export function ownersOf (realmId: string, { subject, session }: Named): string[] {
  return [subject, session].filter((name) => name !== null).map((name) => digest(JSON.stringify([realmId, name])))
}

/** The owner that an owner's logouts leave their mark at. */
export function gateOf (owner: string): string {
  return digest(`gate\n${owner}`)
}

/** One mark for each login, however often it is proven. */
export function markIdOf (owner: string, loginId: string): string {
  return hash('sha256', `${owner}\n${loginId}`, 'base64url').slice(0, 33)
}

/** A record that is no login: it has no secret that a cookie could name, and has expired as one. */
export function markOf (owner: string, begunAt: number, keepUntil: number, data: unknown): LoginRecord {
  return {
    id: randomBytes(25).toString('base64url').slice(0, 33),
    owner,
    version: 0,
    begunAt,
    keepUntil,
    realm: '',
    userId: '',
    secret: '',
    previousSecrets: [],
    provenAt: begunAt,
    renewedAt: begunAt,
    seenAt: begunAt,
    expiresAt: begunAt,
    fresh: false,
    stale: true,
    remembered: false,
    browser: '',
    stamp: null,
    userAgent: '',
    ip: '',
    remember: null,
    data
  }
}
