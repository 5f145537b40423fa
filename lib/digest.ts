/**
 * The cryptography that the other files share: random ids, derived keys, digests and a comparison in constant time.
 *
 * @module
 */
import { createHmac, hash, hkdfSync, randomFillSync, timingSafeEqual } from 'node:crypto'

// Asking for random bytes takes 4 µs however few they are, so many are asked for at once.
const random = Buffer.alloc(6144)
let used = random.length

/** A random id of so many bytes, as base64url. */
export function randomId (bytes: number): string {
  if (used + bytes > random.length) {
    randomFillSync(random)
    used = 0
  }
  const id = random.toString('base64url', used, used + bytes)
  // What was given out may be a secret: it is not to be found here.
  random.fill(0, used, used += bytes)
  return id
}

/** A key of 32 bytes for one purpose (HKDF-SHA256, RFC 5869): what is sealed for one is worth nothing for another. */
export function deriveKey (key: Buffer, purpose: string): Buffer {
  return Buffer.from(hkdfSync('sha256', key, '', purpose, 32))
}

/** The first 128 bits of SHA-256, as base64url. `crypto.hash` takes 0.3 µs where `createHash` takes 0.7. */
export function digest (text: string): string {
  return hash('sha256', text, 'base64url').slice(0, 22)
}

/** HMAC-SHA256 as base64url: only who holds the key can make it. */
export function keyedDigest (key: Buffer, text: string): string {
  return createHmac('sha256', key).update(text).digest('base64url')
}

/** Compares two digests in a time that does not tell where they differ. */
export function equalDigests (left: string, right: string): boolean {
  const one = Buffer.from(left)
  const other = Buffer.from(right)
  return one.length === other.length && timingSafeEqual(one, other)
}

/** SHA-256 whole, as base64url: how a store keeps a random secret. */
export function sha256 (text: string): string {
  return hash('sha256', text, 'base64url')
}
