/**
 * The port through which requests reach logins, however they are kept.
 *
 * @module
 */
import type { Lifetimes } from '../lifetime.ts'
import type { RememberFacts } from '../remember/remember-seal.ts'
import type { LoginFacts, Proof } from './record.ts'
import type { LoginRecord } from './store.ts'

/** At once where nothing needs awaiting, so that a request without a store creates no promise. */
export type MaybePromise<Value> = Value | Promise<Value>

/** `grace`: an older generation that is still accepted for a moment, and may change nothing. */
export type Standing = 'alive' | 'grace' | 'ended' | 'superseded'

/** What a login cookie is worth, its times and its browser aside. */
export type FoundLogin =
  | { readonly login: LoginFacts, readonly standing: Standing }
  | { readonly login: null, readonly id: string | null, readonly standing: 'forged' | 'ended' }

/**
 * What a remember cookie is worth. `grace`: its successor is on its way, so it lets in and changes nothing;
 * `suspended`: an answer on its way ends it; `superseded`: it may have been replaced in the last minute, and nobody
 * knows any more; `stolen`: its successor was seen, so somebody holds a copy.
 */
export type FoundRemember =
  | { readonly remember: RememberFacts, readonly standing: 'alive' | 'grace' | 'suspended' | 'superseded' | 'ended' | 'expired' | 'stolen' }
  | { readonly remember: null, readonly id: string | null, readonly standing: 'forged' | 'ended' }

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
  /** The valid remember cookie that the request carried, where the change goes on from it. */
  readonly carried: RememberFacts | null
  /** Whether a kept stamp is the one that the user has now; null where nobody proved who they are. */
  readonly matchesStamp: ((stamp: string | null) => boolean) | null
  /** Whether the request carried a validator that had not been seen before. */
  readonly seesSuccessor: boolean
  /** For the list of a user's logins. */
  readonly agent: { readonly userAgent: string, readonly ip: string }
  /** What a store is to keep with the login; undefined: what it has. */
  readonly data: unknown
}

/** The values of the cookies that a change sets. */
export interface Prepared {
  readonly change: Change
  /** Null where the login stays as it is. */
  readonly loginCookie: string | null
  readonly rememberCookie: string | null
  /** What the remember cookie says that is set; null where none is. */
  readonly remember: RememberFacts | null
}

/** A login that ended because another began. */
export interface EndedLogin { readonly id: string, readonly userId: string, readonly reason: 'replaced' | 'limit' | 'user-changed' }

/** A change that was carried out. */
export interface Committed {
  /** The logins that ended with it. */
  readonly ended: readonly EndedLogin[]
  /** Makes it final, once the answer is out. */
  settle (): MaybePromise<void>
  /** Takes it back, where the answer fails after all. */
  undo (): MaybePromise<void>
}

/** Keeps the logins of a realm: in their cookies, or in a store. */
export interface LoginKeeper {
  find (cookie: string, now: number): MaybePromise<FoundLogin>
  /** `login`: what the login cookie of the same request named, whose record need not be asked for again. */
  findRemembered (cookie: string, now: number, login: LoginFacts | null): MaybePromise<FoundRemember>
  /** Whether a remember cookie is a valid one of this login. */
  remembers (cookie: string, login: LoginFacts, now: number): boolean
  /** Whether a remember cookie of this login is one whose coming has to be written down. */
  successorIsUnseen (cookie: string, login: LoginFacts): boolean
  /** The login that a remember cookie restores. */
  restored (remember: RememberFacts, begunAt: number, settled: Pick<Proof, 'at' | 'expiresAt' | 'browser'>): LoginFacts
  /** Asks again about a login found earlier in the same request, which has waited since. */
  findAgain (login: LoginFacts, now: number): MaybePromise<FoundLogin>
  isStale (login: LoginFacts): boolean
  /** Makes a login stale until its next proof of identity; false where it was. */
  makeStale (login: LoginFacts, now: number): MaybePromise<boolean>
  prepare (change: Change): Prepared
  /** Carries a change out, whole or not at all; null where another request was first. */
  commit (prepared: Prepared, now: number): MaybePromise<Committed | null>
  /** Asks again about a remember cookie found earlier in the same request, which has waited since. */
  findRememberedAgain (remember: RememberFacts, now: number): MaybePromise<FoundRemember>
  /** Whether the user may have one more login. */
  admits (login: LoginFacts, now: number): MaybePromise<boolean>
  /** Ends a login or remember cookie, and all that shares its family; resolves to its id, null where it had ended. */
  end (ended: LoginFacts | RememberFacts, now: number): MaybePromise<string | null>
  /** The records of a user's logins; null without a store. */
  list (userId: string, lifetimes: Pick<Lifetimes, 'absoluteTimeout' | 'idleTimeout'>, now: number): Promise<LoginRecord[]> | null
  /** Ends a login by its public id; where a user is named, only if it is theirs. False where it is known not to be. */
  endById (id: string, userId: string | null, now: number): MaybePromise<boolean>
  /** Ends all logins of a user, but for one. */
  endAll (userId: string, exceptId: string | null, now: number): MaybePromise<void>
  endEvery (now: number): MaybePromise<void>
}
