/**
 * Seals facts into cookies and opens them again: the codec of @fastify/secure-session under keys of our own.
 *
 * @module
 */
import secureSession from '@fastify/secure-session'
import type { FastifyBaseLogger, FastifyInstance } from 'fastify'
import { deriveKey } from './digest.ts'

/** What the plugin's own seal is for. A value sealed for one purpose does not open under another. */
export type SealPurpose = 'login' | 'remember'

const factTests = {
  text: (value: unknown) => typeof value === 'string',
  number: (value: unknown) => Number.isFinite(value),
  boolean: (value: unknown) => typeof value === 'boolean',
  'text or null': (value: unknown) => value === null || typeof value === 'string',
  any: () => true
}

/** What a fact in a sealed value may be. */
export type SealedFact = keyof typeof factTests

export const sealedFacts: readonly string[] = Object.keys(factTests)

/** What each fact in a sealed value may be, in their order; null where whoever opens it checks that. */
export type SealedShape = readonly SealedFact[] | null

/** Seals plain data for a purpose, and opens what was sealed; null is anything else. */
export interface Seal<Purpose extends string = SealPurpose> {
  seal (purpose: Purpose, facts: readonly unknown[]): string
  open (purpose: Purpose, sealed: string): unknown[] | null
}

// The codec's own expiry slides with every write; ours is inside the facts, so the codec's must never come first.
const aCentury = 100 * 365 * 24 * 3600

// The codec logs each refusal at debug level without a word on which cookie: `request.loginLapse` says it better.
const silent = Object.fromEntries(
  ['trace', 'debug', 'info', 'warn', 'error', 'fatal'].map((level) => [level, () => {}])
) as unknown as FastifyBaseLogger

/**
 * The key for one purpose in one realm. The application's own keys are not used as they are: a value that the
 * application, or another realm, sealed with them must not open here (OWASP ASVS 9.2.2). The shape is part of what
 * makes the key, so that a value of another shape, such as that of an older version, is a forged one here.
 */
export function purposeKeys (keys: readonly Buffer[], purpose: string, realmId: string, shape: SealedShape = null): Buffer[] {
  const form = shape === null ? '' : `/${shape.join()}`
  return keys.map((key) => deriveKey(key, `fastify-login/v1/${purpose}/${realmId}${form}`))
}

/** Registers the codec in a scope without routes, so that none of its hooks runs on the application's. */
export async function createSeal<Purpose extends string> (
  app: FastifyInstance, keys: readonly Buffer[], realmId: string, shapes: Readonly<Record<Purpose, SealedShape>>
): Promise<Seal<Purpose>> {
  const purposes = Object.keys(shapes) as Purpose[]
  let codec = app
  await app.register(async (scope) => {
    await scope.register(secureSession, purposes.map((purpose) => ({
      sessionName: purpose, cookieName: purpose, key: purposeKeys(keys, purpose, realmId, shapes[purpose]), expiry: aCentury
    })))
    codec = scope
  })
  return {
    seal (purpose, facts) {
      return toCookie(codec.encodeSecureSession(codec.createSecureSession({ facts }), purpose))
    },
    open (purpose, sealed) {
      const encoded = fromCookie(sealed)
      if (encoded === null) return null
      const opened = codec.decodeSecureSession(encoded, silent, purpose)
      const found = opened === null ? null : opened.get('facts')
      return hasShape(found, shapes[purpose]) ? found : null
    }
  }
}

/** The one place where facts are checked that come out of a sealed value. */
function hasShape (found: unknown, shape: SealedShape): found is unknown[] {
  if (!Array.isArray(found)) return false
  return shape === null || (found.length === shape.length && shape.every((fact, index) => factTests[fact](found[index])))
}

// The codec writes base64 and a semicolon, which a cookie carries percent-encoded; base64url and a dot need nothing.
function toCookie (encoded: string): string {
  const end = encoded.indexOf(';')
  return `${toBase64url(encoded.slice(0, end))}.${toBase64url(encoded.slice(end + 1))}`
}

function toBase64url (base64: string): string {
  return Buffer.from(base64, 'base64').toString('base64url')
}

// The nonce is 24 bytes, which are 32 characters without a rest.
const nonceLength = 32
const characters = /^[\w-]+\.[\w-]+$/

/** What a last character may be, by how many characters there are beyond whole groups of four: other bits stand for nothing. */
const lastCharacters = [/[\w-]$/, null, /[AQgw]$/, /[AEIMQUYcgkosw048]$/] as const

/**
 * Takes the one spelling that we write: Node's base64 reader, which takes base64url as well, passes over what it does
 * not know, and over the bits of a last character that stand for nothing.
 */
function fromCookie (sealed: string): string | null {
  const end = sealed.length - nonceLength - 1
  if (sealed[end] !== '.' || !characters.test(sealed)) return null
  const cipher = sealed.slice(0, end)
  return lastCharacters[end % 4]?.test(cipher) === true ? `${cipher};${sealed.slice(end + 1)}` : null
}
