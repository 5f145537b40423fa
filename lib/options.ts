/**
 * The options of a registration, as an application writes them.
 *
 * @module
 */
import type { FastifyReply, FastifyRequest } from 'fastify'
import type { IdentifyBrowser } from './browser.ts'
import type { CookieOptions } from './cookies.ts'
import type { FreshUser } from './fresh-user.ts'
import type { MaybePromise } from './logins/keeper.ts'
import type { LoginStore } from './logins/store.ts'
import type { SessionProtection } from './protection.ts'
import type { Anonymous, RealmName, RealmUser, User } from './user.ts'

/** Answers a visitor who is refused. What it returns is sent, unless it has answered already. */
export type RefusalHandler = (request: FastifyRequest, reply: FastifyReply) => unknown

/** The options of the remember cookie. */
export interface RememberOptions<Account = User> {
  /** Name of the cookie, `__Host-` aside. Default `'remember_token'`. */
  cookieName?: string
  /** How long a login is remembered, in seconds, unless `loginUser` says otherwise. Default 30 days, at most 400. */
  duration?: number
  /** Renew the cookie, for the duration it was given, at each request that carries it. Default false. */
  refreshEachRequest?: boolean
  /** Attributes of the cookie; those of the option `cookie` where they are not named. */
  cookie?: CookieOptions
  /** A token to keep in the cookie, for `loadUserByToken`. */
  getToken?: (user: Account) => string
  /** The user of a token, or null. */
  loadUserByToken?: (token: string, request: FastifyRequest) => MaybePromise<Account | null | undefined>
}

/** The options for one kind of user. In an inner scope, what is not named is inherited; `null` unsets. */
export interface AccountOptions<Account = User> {
  /** Secret of at least 32 bytes, or several with the newest first. Only in the outermost registration. */
  key?: string | Uint8Array | ReadonlyArray<string | Uint8Array> | undefined
  /** The user of an id, or null where there is none any more. Errors fail the request and log nobody out. */
  loadUser?: (id: string, request: FastifyRequest) => MaybePromise<Account | null | undefined>
  /** The user whom a request names by other means, such as an API key. Sets no cookie and is never fresh. */
  loadUserFromRequest?: ((request: FastifyRequest) => MaybePromise<Account | FreshUser<Account> | null | undefined>) | null
  /** What stands in for nobody. Default: `null`. */
  anonymousUser?: (() => Anonymous) | null
  /** The id of a user. Default: `user.getId()` where there is one, else `user.id`. */
  getId?: (user: Account) => string | number | bigint
  /** Whether a user may be logged in. Default: `user.isActive`, true where there is none. */
  isActive?: (user: Account) => boolean
  /** What ends a user's other logins when it changes, such as the password's hash; null: no stamp. */
  authHash?: ((user: Account) => string | null | undefined) | null
  /** In an inner scope without a `realm` of its own: its `loadUser`, `getId` or `remember` functions find the same users as the scope around it. Default false. */
  sameUsers?: boolean
  /** This registration is meant for its own scope, and routes outside that scope need no login. Only in the outermost registration. Default false. */
  thisScopeOnly?: boolean

  /** Where visitors log in: a path or an absolute URL. Default null: an error 401. */
  loginPath?: string | null
  /** Where users prove who they are again. Default null: an error 403. */
  refreshPath?: string | null
  /** Flashed on the way to `loginPath`. Default `'Please log in to access this page.'`; null: nothing. */
  loginMessage?: string | null
  /** Category of `loginMessage`. Default `'message'`. */
  loginMessageCategory?: string
  /** Flashed on the way to `refreshPath`. Default `'Please reauthenticate to access this page.'`; null: nothing. */
  needsRefreshMessage?: string | null
  /** Category of `needsRefreshMessage`. Default `'message'`. */
  needsRefreshMessageCategory?: string
  /** Translates the messages. */
  localize?: ((message: string, request: FastifyRequest) => string) | null
  /** Answers those who are not logged in. */
  unauthorizedHandler?: RefusalHandler | null
  /** Answers those whose login is not fresh. */
  needsRefreshHandler?: RefusalHandler | null
  /** Where the page to go on to is kept meanwhile. Default `'query'`. */
  nextIn?: 'query' | 'session'
  /** Name of the query parameter, body field or session key. Default `'next'`. */
  nextField?: string
  /** The site's own origin, such as `'https://www.example.org'`: for `next` where `loginPath` is on another site. */
  origin?: string | null

  /** What a login is worth in another browser. Default `'basic'`. */
  sessionProtection?: SessionProtection
  /** Keep the login cookie when the browser closes. Default false. */
  permanentSession?: boolean
  /** Tells browsers apart. Default: by address and User-Agent. */
  identifyBrowser?: IdentifyBrowser
  /** Ends a login that is not used for so many seconds. Default null: never. */
  idleTimeout?: number | null
  /** Ends a login so many seconds after its last proof of identity or restore. Default 30 days, at most 400. */
  absoluteTimeout?: number
  /** How many seconds a proof of identity counts as fresh. Default null: as long as the login. */
  freshFor?: number | null

  /** What routes need that do not say. Default `'optional'`; `'required'` denies by default. */
  defaultLogin?: 'optional' | 'required'
  /** `Cache-Control` of guarded answers that set none. Default `'no-store'`; false: none. */
  cacheControl?: string | false
  /** Keys of the application's session that go at login. Default `['_csrf']`. */
  dropAtLogin?: readonly string[]
  /** Name of the login cookie, `__Host-` aside. Default `'login'`, or `'login-<realm>'`. */
  cookieName?: string
  /** Attributes of the login cookie. */
  cookie?: CookieOptions
  /** The remember cookie. */
  remember?: RememberOptions<Account>
  /** Keeps logins as records, so that they are listed, and end on every process at once. Only in the outermost registration. */
  store?: LoginStore
  /** How many logins a user may have at a time, null for any number. Needs `store`. Default 100 with a store. */
  maxLogins?: number | null
  /** What happens beyond `maxLogins`: the oldest login ends, or `loginUser` gives false. Default `'end-oldest'`. */
  onMaxLogins?: 'end-oldest' | 'refuse'
  /** How many users' ended logins are kept in memory where there is no store. Default 100,000. */
  endedLogins?: number
}

/** The options of `app.register(login, options)`. `realm` names another kind of user than the registered one. */
export type LoginOptions =
  | AccountOptions & { realm?: undefined }
  | { [Name in RealmName]: AccountOptions<RealmUser<Name>> & { realm: Name } }[RealmName]
