/**
 * Every error this plugin throws: `@fastify/error` classes with `FST_LOGIN_*` codes, listed once.
 *
 * @module
 */
import createError from '@fastify/error'

/** `FST_LOGIN_INVALID_OPTION`: an option is missing, unknown or wrong. Stops the boot; the sentence names the option and what it may be. */
export const InvalidOptionError = createError<[string]>('FST_LOGIN_INVALID_OPTION', '%s', 500, TypeError)

/** `FST_LOGIN_ALREADY_REGISTERED`: the plugin was registered twice in one scope. Stops the boot. */
export const AlreadyRegisteredError = createError(
  'FST_LOGIN_ALREADY_REGISTERED',
  'fastify-login is registered in this scope already: give the settings of an inner scope to a registration inside it', 500)

/** `FST_LOGIN_NOT_REGISTERED`, 500: a guard ran, or the manager was asked, where the plugin is not registered. */
export const NotRegisteredError = createError(
  'FST_LOGIN_NOT_REGISTERED',
  'A guard of fastify-login ran where the plugin is not registered: await app.register(login, options) in this scope or around it', 500)

/** `FST_LOGIN_INVALID_ROUTE_CONFIG`, 500: `config.login` of a route or a not-found handler is none of the five words. */
export const InvalidRouteConfigError = createError<[string, string]>(
  'FST_LOGIN_INVALID_ROUTE_CONFIG',
  "fastify-login: config.login of %s is %s: it must be 'required', 'fresh', 'anonymous', 'optional' or 'ignored'", 500)

/** `FST_LOGIN_UNGUARDED_ROUTE`: `config.login` of a route asks for a login outside the scope that the plugin was registered in. Stops the boot. */
export const UnguardedRouteError = createError<[string, string]>(
  'FST_LOGIN_UNGUARDED_ROUTE',
  'fastify-login: anybody can reach %s, although config.login asks for a login there, because fastify-login was registered inside another plugin that Fastify encapsulates. ' +
  '%s, or declare these routes inside it', 500)

/** `FST_LOGIN_UNAUTHORIZED`, 401: nobody is logged in, or a user who is not active. */
export const UnauthorizedError = createError('FST_LOGIN_UNAUTHORIZED', 'Login required', 401)

/** `FST_LOGIN_NEEDS_REFRESH`, 403: somebody is logged in, and the page asks for a fresh login. */
export const NeedsRefreshError = createError('FST_LOGIN_NEEDS_REFRESH', 'Fresh login required', 403)

/** `FST_LOGIN_ALREADY_LOGGED_IN`, 403: somebody is logged in, and the page is for visitors who are not. */
export const AlreadyLoggedInError = createError('FST_LOGIN_ALREADY_LOGGED_IN', 'Already logged in', 403)

/**
 * `FST_LOGIN_INVALID_USER`, 500: a loader of the options returned something that is not a user, a user without a valid
 * id, or a user other than the one it was asked for. Nobody is logged in, and nobody is logged out.
 */
export const InvalidUserError = createError<[string]>('FST_LOGIN_INVALID_USER', 'fastify-login: %s', 500, TypeError)

/**
 * `FST_LOGIN_INVALID_USER_ID`, 500: the user given to `loginUser` or `confirmLogin` has no id, or one that is empty,
 * not a string or a safe integer, not well-formed Unicode, or longer than 255 bytes.
 */
export const InvalidUserIdError = createError<[string]>(
  'FST_LOGIN_INVALID_USER_ID',
  'fastify-login: the id of the user %s. The id is what the option getId returns; by default user.getId(), or else user.id',
  500, TypeError)

/** `FST_LOGIN_INVALID_ARGUMENT`, 500: a call with an argument that it cannot take. */
export const InvalidArgumentError = createError<[string]>('FST_LOGIN_INVALID_ARGUMENT', '%s', 500, TypeError)

/** `FST_LOGIN_CANNOT_SET_COOKIE`, 500: `loginUser` or `confirmLogin` on a reply whose headers are gone, that was hijacked, or that upgrades the connection. */
export const CannotSetCookieError = createError(
  'FST_LOGIN_CANNOT_SET_COOKIE',
  'The answer to this request cannot set a cookie any more (sent, hijacked, or an upgrade), so nobody can be logged in by it: log in earlier, and over HTTP before a WebSocket', 500)

/** `FST_LOGIN_COOKIE_TOO_LARGE`, 500: a user id and token so long, or so full of characters to escape, that the cookie would pass 1 kB. */
export const CookieTooLargeError = createError<[string, number]>(
  'FST_LOGIN_COOKIE_TOO_LARGE', 'The %s cookie would take %d bytes, more than 1000: shorten the user id or the token', 500)

/** `FST_LOGIN_SESSION_UNUSABLE`, 500: the application's session lacks `get`, `set` or `regenerate`. */
export const SessionUnusableError = createError(
  'FST_LOGIN_SESSION_UNUSABLE',
  'request.session lacks get, set or regenerate: register @fastify/session or @fastify/secure-session, before fastify-login', 500)

/** `FST_LOGIN_STORE_REQUIRED`, 500: the call needs the option `store`. */
export const StoreRequiredError = createError<[string]>(
  'FST_LOGIN_STORE_REQUIRED', '%s needs the option store: without one, logins are kept in their cookies and are not listed. Pass one, such as new MemoryStore()', 500)

/** `FST_LOGIN_STORE_UNAVAILABLE`, 503: the store cannot be asked. Nobody is let in, nobody logged out, and the request may be tried again. */
export const StoreUnavailableError = createError(
  'FST_LOGIN_STORE_UNAVAILABLE', 'The store that keeps the logins cannot be reached', 503)

/** `FST_LOGIN_EMPTY_FAILURE`, 500: a loader, handler or listener of the application threw, or rejected with, nothing at all. */
export const EmptyFailureError = createError(
  'FST_LOGIN_EMPTY_FAILURE', 'A function of the application failed and gave no error: throw new Error(…) to say why', 500)

/**
 * Any error of the plugin.
 *
 * @example
 * import { errors } from 'fastify-login'
 *
 * const isRefusal = (error: unknown) => error instanceof errors.UnauthorizedError || error instanceof errors.NeedsRefreshError
 */
export type LoginError = InstanceType<
  | typeof InvalidOptionError | typeof AlreadyRegisteredError | typeof NotRegisteredError
  | typeof InvalidRouteConfigError | typeof UnguardedRouteError | typeof UnauthorizedError | typeof NeedsRefreshError
  | typeof AlreadyLoggedInError | typeof InvalidUserError | typeof InvalidUserIdError | typeof InvalidArgumentError
  | typeof CannotSetCookieError | typeof CookieTooLargeError | typeof SessionUnusableError
  | typeof EmptyFailureError | typeof StoreRequiredError | typeof StoreUnavailableError>
