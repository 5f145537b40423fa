/**
 * The errors of OpenID Connect: none carries a word of what the provider or the visitor sent.
 *
 * @module
 */
import createError from '@fastify/error'

/** A package that this subpath needs is not installed. Stops the boot. */
export const PeerMissingError = createError<[string]>(
  'FST_LOGIN_OIDC_PEER_MISSING', 'fastify-login/oidc needs the package %s: npm install openid-client jose', 500)

/** The visitor cancelled at the provider. */
export const CancelledError = createError('FST_LOGIN_OIDC_CANCELLED', 'The log-in was cancelled', 403)

/** The provider said no, with an `error` or at its token endpoint. */
export const RefusedError = createError('FST_LOGIN_OIDC_REFUSED', 'The provider refused the log-in', 400)

/** What came back is not what was asked for: state, nonce, issuer, audience, times or signature are wrong. */
export const InvalidAnswerError = createError(
  'FST_LOGIN_OIDC_INVALID_ANSWER', 'The answer to the log-in is not valid', 400)

/** A log-in comes back that this browser did not begin, that has come back before, or that took too long. */
export const UnknownAttemptError = createError(
  'FST_LOGIN_OIDC_UNKNOWN_ATTEMPT', 'This log-in was not begun in this browser, has been used, or took too long', 400)

/** `toUser` gave nobody, or a user who may not be logged in. */
export const NoUserError = createError('FST_LOGIN_OIDC_NO_USER', 'There is no account here for this user', 403)

/** A user was to prove who they are, and another one came back. */
export const OtherUserError = createError(
  'FST_LOGIN_OIDC_OTHER_USER', 'This is not the user whose log-in was to be confirmed', 403)

/** Somebody is logged in time and again, and is not let in. */
export const LoopError = createError(
  'FST_LOGIN_OIDC_LOOP', 'The log-in succeeded several times in a row, and the site still asks for it', 403)

/** `?provider=` names none of the providers, or none where there are several. */
export const UnknownProviderError = createError('FST_LOGIN_OIDC_UNKNOWN_PROVIDER', 'There is no such provider', 400)

/** Another site's page tried to log the visitor out. */
export const CrossSiteError = createError('FST_LOGIN_OIDC_CROSS_SITE', 'This request came from another site', 403)

/** The provider's back-channel logout token is forged, out of date, or none. */
export const LogoutTokenError = createError('FST_LOGIN_OIDC_LOGOUT_TOKEN', 'The logout token is not valid', 400)

/** The provider does not know this client, or is not the one that was configured. */
export const MisconfiguredError = createError(
  'FST_LOGIN_OIDC_MISCONFIGURED', 'The provider and this site are not set up for each other', 500)

/** The provider cannot be reached, or answers nonsense: try again later. */
export const UnavailableError = createError('FST_LOGIN_OIDC_UNAVAILABLE', 'The provider cannot be reached', 503)
