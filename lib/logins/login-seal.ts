/**
 * Writes the facts of a login into its cookie and reads them back; opened cookies are remembered.
 *
 * @module
 */
import { OpenedCookies } from '../opened-cookies.ts'
import type { Seal, SealedShape } from '../seal.ts'
import type { LoginFacts } from './record.ts'

/** Reads and writes the login cookies of one realm. */
export interface LoginSeal {
  /** The facts in a cookie, or null where it is none of ours. */
  open (cookie: string): LoginFacts | null
  seal (login: LoginFacts): string
}

export function loginSeal (seal: Seal): LoginSeal {
  const opened = new OpenedCookies<LoginFacts>()
  return {
    open (cookie) {
      const known = opened.get(cookie)
      if (known !== undefined) return known
      const facts = seal.open('login', cookie)
      if (facts === null) return null
      const login = fromTuple(facts)
      opened.set(cookie, login)
      return login
    },
    seal (login) {
      return seal.seal('login', toTuple(login))
    }
  }
}

/** What a login cookie says where there is no store. */
export const loginShape: SealedShape = [
  'text', 'text', 'number', 'number', 'number', 'number', 'number', 'number', 'boolean', 'boolean', 'text', 'text or null', 'boolean'
]

// A tuple, because the names would take half of a cookie that goes with every request.
function toTuple (login: LoginFacts): unknown[] {
  return [
    login.id, login.userId, login.generation, login.startedAt, login.provenAt, login.renewedAt, login.seenAt,
    login.expiresAt, login.fresh, login.remembered, login.browser, login.stamp, login.hasRemember
  ]
}

function fromTuple (facts: unknown[]): LoginFacts {
  const [
    id, userId, generation, startedAt, provenAt, renewedAt, seenAt,
    expiresAt, fresh, remembered, browser, stamp, hasRemember
  ] = facts
  return Object.freeze({
    id,
    userId,
    generation,
    startedAt,
    provenAt,
    renewedAt,
    seenAt,
    expiresAt,
    fresh,
    remembered,
    browser,
    stamp,
    hasRemember
  }) as LoginFacts
}
