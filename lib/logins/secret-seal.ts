/**
 * Writes the id and secret of a stored login into a cookie, and reads them back; opened cookies are remembered.
 *
 * @module
 */
import { sha256 } from '../digest.ts'
import { OpenedCookies } from '../opened-cookies.ts'
import type { Seal, SealPurpose } from '../seal.ts'
import { isLoginId } from './record.ts'

/** What a cookie names, and the digest of the secret by which it proves to be the login's. */
interface Named { readonly id: string, readonly digest: string }

/** Reads and writes the cookies of stored logins. */
export interface SecretSeal {
  /** What a cookie names, or null where it is none of ours. */
  open (purpose: SealPurpose, cookie: string): Named | null
  seal (purpose: SealPurpose, id: string, secret: string): string
}

export function secretSeal (seal: Seal): SecretSeal {
  const opened = { login: new OpenedCookies<Named>(), remember: new OpenedCookies<Named>() }
  return {
    open (purpose, cookie) {
      const known = opened[purpose].get(cookie)
      if (known !== undefined) return known
      const facts = seal.open(purpose, cookie)
      // A cookie from before the store was there holds more, and names no record.
      if (facts?.length !== 2) return null
      const [id, secret] = facts
      if (!isLoginId(id) || typeof secret !== 'string') return null
      const named = Object.freeze({ id, digest: sha256(secret) })
      opened[purpose].set(cookie, named)
      return named
    },
    seal: (purpose, id, secret) => seal.seal(purpose, [id, secret])
  }
}
