/**
 * The facts of a login, and what a proof of identity, a restore or a use makes of them.
 *
 * @module
 */
import type { Login } from '../current-login.ts'
import { randomId } from '../digest.ts'
import type { RememberFacts } from '../remember/remember-seal.ts'

/** A login as it is kept: frozen, times in seconds since 1970. */
export interface LoginFacts extends Login {
  /** Rises with every proof of identity; an older one is worth nothing soon after (OWASP ASVS 7.2.4). */
  readonly generation: number
  /** When its absolute lifetime last began anew: at its start, a proof of identity or a restore. */
  readonly renewedAt: number
  /** When it was last used, written down once in a while where there is an idle timeout. */
  readonly seenAt: number
  /** Whether the last proof of identity counts as one; `loginUser(user, { fresh: false })` does not. */
  readonly fresh: boolean
  /** The digest of the browser that it is bound to. */
  readonly browser: string
  /** The keyed digest of `authHash(user)`; null where the user has no stamp. */
  readonly stamp: string | null
  /** Whether a remember cookie was given out for its family. */
  readonly hasRemember: boolean
}

/** What a proof of identity settles, whether it begins a login or confirms one. */
export interface Proof {
  readonly at: number
  readonly expiresAt: number
  readonly fresh: boolean
  readonly remembered: boolean
  readonly browser: string
  readonly stamp: string | null
  readonly hasRemember: boolean
}

const familyLength = 22

/**
 * An id is the name of a family, followed by the login's own. The family is also the id of the remember cookie: the
 * login that issued it and all that it restores share it, so that ending one by its id ends them all.
 */
export function newLoginId (family: string = randomId(16)): string {
  return family + randomId(8)
}

/** The family that a login id belongs to. */
export function familyOf (id: string): string {
  return id.slice(0, familyLength)
}

/** Whether a string can be the id of a login. */
export function isLoginId (id: unknown): id is string {
  return typeof id === 'string' && /^[\w-]{33}$/.test(id)
}

/** A login that begins. `begunAt` is the moment at which the request arrived, so that ending all logins beats one under way. */
export function begun (userId: string, begunAt: number, proof: Proof): LoginFacts {
  const { at, expiresAt, fresh, remembered, browser, stamp, hasRemember } = proof
  return Object.freeze({
    id: newLoginId(),
    userId,
    generation: 0,
    startedAt: begunAt,
    provenAt: at,
    renewedAt: at,
    seenAt: at,
    expiresAt,
    fresh,
    remembered,
    browser,
    stamp,
    hasRemember
  })
}

/** The login after a proof of identity, or a login that is none: the same one, under a new generation. */
export function proven (login: LoginFacts, proof: Proof): LoginFacts {
  const { at, ...settled } = proof
  const provenAt = settled.fresh ? at : login.provenAt
  return Object.freeze({ ...login, ...settled, generation: login.generation + 1, provenAt, renewedAt: at, seenAt: at })
}

/** A login that a remember cookie restores: of its family, never fresh, and in the present browser. */
export function restored (
  remember: RememberFacts, begunAt: number, settled: Pick<Proof, 'at' | 'expiresAt' | 'browser'>
): LoginFacts {
  const { id, userId, provenAt, stamp } = remember
  const { at, expiresAt, browser } = settled
  return Object.freeze({
    id: newLoginId(id),
    userId,
    generation: 0,
    startedAt: begunAt,
    provenAt,
    renewedAt: at,
    seenAt: at,
    expiresAt,
    fresh: false,
    remembered: true,
    browser,
    stamp,
    hasRemember: true
  })
}

/** The login after a use that is written down. */
export function touched (login: LoginFacts, now: number): LoginFacts {
  return Object.freeze({ ...login, seenAt: now })
}

/** What an application is shown of it. */
export function publicLogin (login: LoginFacts): Login {
  const { id, userId, startedAt, provenAt, expiresAt, remembered } = login
  return Object.freeze({ id, userId, startedAt, provenAt, expiresAt, remembered })
}
