/**
 * Digests that stand for what a provider sends: they are short, whatever its length, and name its issuer and client.
 *
 * @module
 */
import { hash } from 'node:crypto'

/** The first 128 bits of SHA-256, as base64url: 22 characters. */
export function digest (text: string): string {
  return hash('sha256', `fastify-login/oidc\n${text}`, 'base64url').slice(0, 22)
}

/** Who issued a name, and to which client: the same name by another issuer, or to another client, is another one. */
export interface Origin { readonly issuer: string, readonly clientId: string }

/** A user of a provider (`sub`). */
export function subjectDigest ({ issuer, clientId }: Origin, subject: string): string {
  return digest(JSON.stringify(['sub', issuer, clientId, subject]))
}

/** A session of a user at a provider (`sid`). */
export function sessionDigest ({ issuer, clientId }: Origin, session: string): string {
  return digest(JSON.stringify(['sid', issuer, clientId, session]))
}

/** A user of this site. */
export function userDigest (userId: string): string {
  return digest(JSON.stringify(['user', userId]))
}
