/**
 * Reads the cookies of the tests as the holder of the key does: what a browser proves itself by.
 *
 * @module
 */
import type { Seal, SealPurpose } from '../../lib/seal.ts'
import type { SetCookie } from '../support/browser.ts'

const purposeOf: Record<string, SealPurpose> = { login: 'login', remember_token: 'remember' }

/** The id and the secret in the cookie of a login that a store keeps; null where a cookie holds the facts themselves. */
export function referenceIn (seal: Seal, { name, value }: Pick<SetCookie, 'name' | 'value'>): { id: string, secret: string } | null {
  const facts = seal.open(purposeOf[name] as SealPurpose, value)
  if (facts === null) throw new Error(`The cookie ${name} does not open`)
  const [id, secret] = facts as string[]
  return facts.length === 2 ? { id: id!, secret: secret! } : null
}
