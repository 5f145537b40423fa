/**
 * Makes one of our errors of whatever the protocol library throws: it has five shapes.
 *
 * @module
 */
import { because } from './because.ts'
import { CancelledError, InvalidAnswerError, MisconfiguredError, RefusedError, UnavailableError } from './errors.ts'
import type { OpenIdClient } from './peers.ts'

/** When it failed: what the provider says before a visitor has answered anything is about this site's set-up. */
export type Step = 'asking' | 'answered'

/** The codes of openid-client that say that the provider is not well. */
const unwell = ['OAUTH_RESPONSE_IS_NOT_CONFORM', 'OAUTH_RESPONSE_IS_NOT_JSON', 'OAUTH_TIMEOUT', 'OAUTH_ABORT', 'OAUTH_PARSE_ERROR']

/** What a token endpoint calls a client that it does not know, or that may not do this. */
const unknownClient = ['invalid_client', 'unauthorized_client']

/** The key that signed an ID token is not among the provider's: it may have changed its keys. */
export function isUnknownKey (error: unknown): boolean {
  return (error as { code?: unknown } | null)?.code === 'OAUTH_KEY_SELECTION_FAILED'
}

/** Our error for one of openid-client's, which is its cause. */
export function failureOf (client: OpenIdClient, error: unknown, step: Step): Error {
  if (error instanceof client.AuthorizationResponseError) {
    return because(error.error === 'access_denied' ? new CancelledError() : new RefusedError(), error)
  }
  if (error instanceof client.ResponseBodyError) return because(refusal(error.status, error.error, step), error)
  if (error instanceof client.WWWAuthenticateChallengeError) {
    const basic = error.cause.some(({ scheme, parameters }) => scheme === 'basic' || unknownClient.includes(parameters['error'] ?? ''))
    return because(basic || step === 'asking' ? new MisconfiguredError() : new InvalidAnswerError(), error)
  }
  const { code } = error as { code?: string }
  if (error instanceof client.ClientError && code !== undefined && !unwell.includes(code)) {
    if (code === 'OAUTH_INVALID_RESPONSE') return because(step === 'asking' ? new UnavailableError() : new InvalidAnswerError(), error)
    return because(step === 'asking' || code === 'OAUTH_MISSING_SERVER_METADATA' ? new MisconfiguredError() : new InvalidAnswerError(), error)
  }
  // What fetch throws for a host that is not there is a bare TypeError.
  return because(new UnavailableError(), error)
}

function refusal (status: number, error: string, step: Step): Error {
  if (status >= 500 || error === 'server_error' || error === 'temporarily_unavailable') return new UnavailableError()
  return step === 'asking' || unknownClient.includes(error) ? new MisconfiguredError() : new RefusedError()
}
