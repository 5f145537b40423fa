/**
 * Writes the id and secret of a stored login into a cookie, and reads them back; opened cookies are remembered.
 *
 * @module
 */
import { sha256 } from '../digest.ts'
import { OpenedCookies } from '../opened-cookies.ts'
import type { Seal, SealedShape, SealPurpose } from '../seal.ts'
import { isLoginId } from './record.ts'

/** What a cookie names, and the digest of the secret by which it proves to be the login's. */
interface Named { readonly id: string, readonly digest: string }

/** Reads and writes the cookies of stored logins. */
export interface SecretSeal {
  /** What a cookie names, or null where it is none of ours. */
  open (purpose: SealPurpose, cookie: string): Named | null
  seal (purpose: SealPurpose, id: string, secret: string): string
}

/** What both cookies say where there is a store: an id and a secret. */
export const secretShapes: Readonly<Record<SealPurpose, SealedShape>> = { login: ['text', 'text'], remember: ['text', 'text'] }

export function secretSeal (seal: Seal): SecretSeal {
  const opened = { login: new OpenedCookies<Named>(), remember: new OpenedCookies<Named>() }
  return {
    open (purpose, cookie) {
      const known = opened[purpose].get(cookie)
      if (known !== undefined) return known
      const facts = seal.open(purpose, cookie) as [id: string, secret: string] | null
      if (facts === null || !isLoginId(facts[0])) return null
      const named = Object.freeze({ id: facts[0], digest: sha256(facts[1]) })
      opened[purpose].set(cookie, named)
      return named
    },
    seal: (purpose, id, secret) => seal.seal(purpose, [id, secret])
  }
}
