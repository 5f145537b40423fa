/**
 * The port through which requests reach logins, however they are kept.
 *
 * @module
 */
import type { RememberFacts } from '../remember/remember-seal.ts'
import type { LoginFacts } from './record.ts'

/** At once where nothing needs awaiting, so that a request without a store creates no promise. */
export type MaybePromise<Value> = Value | Promise<Value>

/** `grace`: an older generation that is still accepted for a moment, and may change nothing. */
export type Standing = 'alive' | 'grace' | 'ended' | 'superseded'

/** What a login cookie is worth, its times and its browser aside. */
export type FoundLogin =
  | { readonly login: LoginFacts, readonly standing: Standing }
  | { readonly login: null, readonly standing: 'forged' }

/** What a remember cookie is worth. */
export type FoundRemember =
  | { readonly remember: RememberFacts, readonly standing: 'alive' | 'ended' | 'expired' }
  | { readonly remember: null, readonly standing: 'forged' }

/** What a request makes of logins, prepared by its handler and committed with its answer. */
export interface Change {
  /** `proof` replaces the generation of `from`; `begin` and `restore` make a login; `use` writes down that it was used. */
  readonly kind: 'begin' | 'proof' | 'restore' | 'use'
  /** The login that the request came with: where another request has replaced or ended it, nothing is written. */
  readonly from: LoginFacts | null
  readonly login: LoginFacts
  /** The remember cookie to set, if one is. */
  readonly remember: RememberFacts | null
  /** What of another user the browser held, and ends with this change. */
  readonly ends: ReadonlyArray<LoginFacts | RememberFacts>
  /** Whether a remember cookie that is another user's, or worth nothing, goes with this change. */
  readonly clearsRemember: boolean
}

/** The values of the cookies that a change sets. */
export interface Prepared {
  readonly change: Change
  /** Null where the login stays as it is. */
  readonly loginCookie: string | null
  readonly rememberCookie: string | null
}

/** Keeps the logins of a realm: in their cookies, or in a store. */
export interface LoginKeeper {
  find (cookie: string, now: number): MaybePromise<FoundLogin>
  findRemembered (cookie: string, now: number): MaybePromise<FoundRemember>
  /** Whether a remember cookie is a valid one of this login. */
  remembers (cookie: string, login: LoginFacts, now: number): boolean
  /** Asks again about a login found earlier in the same request. */
  standing (login: LoginFacts, now: number): MaybePromise<Standing>
  isStale (login: LoginFacts): boolean
  /** Makes a login stale until its next proof of identity; false where it was. */
  makeStale (login: LoginFacts, now: number): MaybePromise<boolean>
  prepare (change: Change): Prepared
  /** Carries a change out, whole or not at all; false where another request was first. */
  commit (prepared: Prepared, now: number): MaybePromise<boolean>
  /** Ends a login or remember cookie, and all that shares its family; false where it had ended. */
  end (ended: LoginFacts | RememberFacts, now: number): MaybePromise<boolean>
  /** Ends a login by its public id; where a user is named, only if it is theirs. */
  endById (id: string, userId: string | null, now: number): MaybePromise<void>
  /** Ends all logins of a user, but for one. */
  endAll (userId: string, exceptId: string | null, now: number): MaybePromise<void>
  endEvery (now: number): MaybePromise<void>
}
