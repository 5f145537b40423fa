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
const unwell = ['OAUTH_RESPONSE_IS_NOT_CONFORM', 'OAUTH_RESPONSE_IS_NOT_JSON', 'OAUTH_TIMEOUT', 'OAUTH_ABORT']

/** What a token endpoint calls a client that it does not know, or that may not do this. */
const unknownClient = ['invalid_client', 'unauthorized_client']

/** The key that signed an ID token is not among the provider's: it may have changed its keys. */
export function isUnknownKey (error: unknown): boolean {
  return (error as { code?: unknown } | null)?.code === 'OAUTH_KEY_SELECTION_FAILED'
}

/** Our error for one of openid-client's, which is its cause; an error that is ours already stays. */
export function failureOf (client: OpenIdClient, error: unknown, step: Step): Error {
  return error instanceof MisconfiguredError ? error : because(kindOf(client, error, step), error)
}

function kindOf (client: OpenIdClient, error: unknown, step: Step): Error {
  if (error instanceof client.AuthorizationResponseError) return error.error === 'access_denied' ? new CancelledError() : new RefusedError()
  if (error instanceof client.ResponseBodyError) return refusal(error.error, step)
  if (error instanceof client.WWWAuthenticateChallengeError) {
    // Userinfo asks for another token in this way, everything else for another client.
    const isOfToken = error.cause.every(({ scheme }) => scheme === 'bearer')
    return isOfToken ? new InvalidAnswerError() : new MisconfiguredError('')
  }
  // What fetch throws for a host that is not there is a bare TypeError.
  if (!(error instanceof client.ClientError) || isUnwell(error)) return new UnavailableError()
  const { code } = error
  if (step === 'asking') return code === 'OAUTH_INVALID_RESPONSE' ? new UnavailableError() : new MisconfiguredError('')
  return code === 'OAUTH_MISSING_SERVER_METADATA' ? new MisconfiguredError('') : new InvalidAnswerError()
}

/** A body that cannot be parsed and a token in it have the same code: the library tells them apart in words alone. */
function isUnwell ({ code, cause }: Error & { code?: string }): boolean {
  if (code === 'OAUTH_PARSE_ERROR') return !(cause instanceof Error && cause.message.includes('JWT'))
  return code === undefined || unwell.includes(code)
}

function refusal (error: string, step: Step): Error {
  if (error === 'server_error' || error === 'temporarily_unavailable') return new UnavailableError()
  return step === 'asking' || unknownClient.includes(error) ? new MisconfiguredError('') : new RefusedError()
}
