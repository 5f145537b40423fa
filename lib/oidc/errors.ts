/**
 * The errors of OpenID Connect: none carries a word of what the provider or the visitor sent.
 *
 * @module
 */
import createError from '@fastify/error'

/** `FST_LOGIN_OIDC_PEER_MISSING`, 500: a package that this subpath needs is not installed. Stops the boot. */
export const PeerMissingError = createError<[string]>(
  'FST_LOGIN_OIDC_PEER_MISSING', 'fastify-login/oidc needs the package %s: npm install openid-client jose', 500)

/** `FST_LOGIN_OIDC_CANCELLED`, 403: the visitor cancelled at the provider. */
export const CancelledError = createError('FST_LOGIN_OIDC_CANCELLED', 'The log-in was cancelled', 403)

/** `FST_LOGIN_OIDC_REFUSED`, 400: the provider said no, with an `error` or at its token endpoint. */
export const RefusedError = createError('FST_LOGIN_OIDC_REFUSED', 'The provider refused the log-in', 400)

/** `FST_LOGIN_OIDC_INVALID_ANSWER`, 400: what came back is not what was asked for: state, nonce, issuer, audience, times or signature are wrong. */
export const InvalidAnswerError = createError(
  'FST_LOGIN_OIDC_INVALID_ANSWER', 'The answer to the log-in is not valid', 400)

/** `FST_LOGIN_OIDC_UNKNOWN_ATTEMPT`, 400: a log-in comes back that this browser did not begin, that has come back before, or that took too long. */
export const UnknownAttemptError = createError(
  'FST_LOGIN_OIDC_UNKNOWN_ATTEMPT', 'This log-in was not begun in this browser, has been used, or took too long', 400)

/** `FST_LOGIN_OIDC_NO_USER`, 403: `toUser` gave nobody, or a user who may not be logged in. */
export const NoUserError = createError('FST_LOGIN_OIDC_NO_USER', 'There is no account here for this user', 403)

/** `FST_LOGIN_OIDC_OTHER_USER`, 403: a user was to prove who they are, and another one came back. */
export const OtherUserError = createError(
  'FST_LOGIN_OIDC_OTHER_USER', 'This is not the user whose log-in was to be confirmed', 403)

/** `FST_LOGIN_OIDC_NO_AUTH_TIME`, 400: the provider does not say when the user proved who they are, as asked. */
export const NoAuthTimeError = createError(
  'FST_LOGIN_OIDC_NO_AUTH_TIME',
  'The provider does not say when its user last proved who they are (auth_time in the ID token), so the login cannot ' +
  'be confirmed. Have it send auth_time, or set the option trustPromptLogin for a provider that always obeys ' +
  'prompt=login', 400)

/** `FST_LOGIN_OIDC_LOOP`, 403: somebody is logged in time and again, and is not let in. */
export const LoopError = createError(
  'FST_LOGIN_OIDC_LOOP', 'The log-in succeeded several times in a row, and the site still asks for it', 403)

/** `FST_LOGIN_OIDC_UNKNOWN_PROVIDER`, 400: `?provider=` names none of the providers, or none where there are several. */
export const UnknownProviderError = createError('FST_LOGIN_OIDC_UNKNOWN_PROVIDER', 'There is no such provider', 400)

/** `FST_LOGIN_OIDC_CROSS_SITE`, 403: another site's page tried to log the visitor out. */
export const CrossSiteError = createError('FST_LOGIN_OIDC_CROSS_SITE', 'This request came from another site', 403)

/** `FST_LOGIN_OIDC_LOGOUT_TOKEN`, 400: the provider's back-channel logout token is forged, out of date, or none. */
export const LogoutTokenError = createError('FST_LOGIN_OIDC_LOGOUT_TOKEN', 'The logout token is not valid', 400)

/**
 * `FST_LOGIN_OIDC_MISCONFIGURED`, 500: the provider does not know this client, is not the one that was configured, or
 * lacks an endpoint or keys over https.
 */
export const MisconfiguredError = createError<[what: string]>(
  'FST_LOGIN_OIDC_MISCONFIGURED', 'The provider and this site are not set up for each other%s', 500)

/** `FST_LOGIN_OIDC_UNAVAILABLE`, 503: the provider cannot be reached, or answers nonsense: try again later. */
export const UnavailableError = createError('FST_LOGIN_OIDC_UNAVAILABLE', 'The provider cannot be reached', 503)
