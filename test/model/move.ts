/**
 * What may happen in the model: moves as plain data, so that a sequence that failed can be written down as it is.
 *
 * @module
 */

/** The two visitors, and the one who has copies of their cookies. */
export type Who = 'first' | 'second' | 'thief'

/** What the handler of a request does. */
export type Act = 'visit' | 'logIn 1' | 'logIn 2' | 'logIn 3' | 'confirm' | 'logOut' | 'endThis' | 'endOthers' | 'newPassword'

/** The users, by their names. */
export type Name = '1' | '2' | '3'

/** Where a request can be held: on its way to the server, before or after it loads a user, acts, or asks the store. */
export type Point = 'sent' | 'loading' | 'loaded' | 'acting' | 'acted' | 'asking' | 'asked'

export interface Hold { readonly point: Point, readonly nth: number }

/** When the browser receives an answer: once it is there, when a later move says so, or never. */
export type Delivery = 'at once' | 'later' | 'lost'

/** When the application writes its session: around the act of its handler, or in a hook before or after what the plugin does. */
export type Moment = 'preHandler' | 'early' | 'late' | 'onSend' | 'afterwards'

export interface Sending {
  readonly move: 'send'
  readonly who: Who
  readonly act: Act
  /** Options of `loginUser`. */
  readonly remember?: boolean
  readonly fresh?: boolean
  /** Whether the response to the act is a 500, or a 409. */
  readonly fails?: boolean
  readonly refuses?: boolean
  /** Whether it is so only because a hook fails that runs after the plugin's. */
  readonly late?: boolean
  /** Whether the handler returns a `Response`. */
  readonly responds?: boolean
  readonly hold?: Hold
  readonly delivery?: Delivery
  /** Which of two processes answers it, where logins are in a store. */
  readonly process?: number
  /** Whether it comes under another browser's name. */
  readonly disguised?: boolean
  /** Default: early and late. */
  readonly writes?: readonly Moment[]
}

/** The status of the response to a request. */
export function statusOf ({ fails, refuses }: Sending): 200 | 409 | 500 {
  return fails === true ? 500 : refuses === true ? 409 : 200
}

export type Move =
  | Sending
  /** A request that is held while others come and go, of a browser that may just have been opened again; after a pause it goes on. */
  | { readonly move: 'race', readonly slow: Sending, readonly quick: readonly Sending[], readonly delivery?: Delivery, readonly restart?: boolean, readonly pause?: number }
  /** A request that is long on its way, while the same browser uses up one token after another: by proofs of identity, or by restores. */
  | { readonly move: 'rotate', readonly who: Who, readonly by: 'proofs' | 'restores', readonly times: number, readonly process?: number }
  /** Lets a held request go on to its answer. */
  | { readonly move: 'release', readonly index: number, readonly delivery?: Delivery }
  /** Delivers an answer that is under way. */
  | { readonly move: 'deliver', readonly index: number }
  | { readonly move: 'wait', readonly seconds: number }
  /** The clock is set back, that of every process. */
  | { readonly move: 'setBack', readonly seconds: number }
  /** A cookie of one browser comes to be in another, and is gone from the first. */
  | { readonly move: 'hand', readonly cookie: 'login' | 'remember_token', readonly from: Who, readonly to: Who }
  | { readonly move: 'restart', readonly who: Who }
  /** The thief copies all cookies that a browser has. */
  | { readonly move: 'steal', readonly from: Who }
  /** The thief takes out cookies that were issued at any time: one of each kind. */
  | { readonly move: 'dig', readonly login: number, readonly remember: number }
  /** One character of a cookie becomes another. */
  | { readonly move: 'alter', readonly who: Who, readonly cookie: 'login' | 'remember_token', readonly at: number }
  /** Somebody changes the user elsewhere, without confirming any login. */
  | { readonly move: 'change', readonly user: Name, readonly what: 'password' | 'delete' | 'recreate' }
  /** The application ends logins by its manager. */
  | { readonly move: 'end', readonly what: 'login' | 'others' | 'all' | 'every', readonly index: number }

/** The options of a sequence: those that change what a login is worth. */
export interface Terms {
  readonly idleTimeout: number | null
  readonly freshFor: number | null
  readonly sessionProtection: 'basic' | 'strong' | false
  readonly permanentSession: boolean
  readonly refreshEachRequest: boolean
  /** Whether users are loaded by a promise. */
  readonly slowLoader: boolean
  /** Whether two processes answer, where logins are in a store. */
  readonly twoProcesses: boolean
  /** By how many seconds the clock of the second of them is ahead. Default 0. */
  readonly apart?: number
  /** Of how many users ended logins are kept, where there is no store. Default: of more than there are. */
  readonly endedLogins?: number
}

export const plainTerms: Terms = {
  idleTimeout: null, freshFor: null, sessionProtection: 'basic', permanentSession: false, refreshEachRequest: false, slowLoader: true, twoProcesses: false
}

/** The same in every sequence, in seconds. */
export const absoluteTimeout = 1000
export const rememberDuration = 2500
