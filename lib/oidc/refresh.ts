/**
 * Exchanges a refresh token at the provider of a login.
 *
 * @module
 */
import { tokensOf } from './answer.ts'
import { subjectDigest } from './digest.ts'
import { RefusedError, InvalidAnswerError } from './errors.ts'
import { failureOf } from './failures.ts'
import type { Peers } from './peers.ts'
import type { Refresh } from './tokens.ts'

export function refreshWith ({ client }: Peers): Refresh {
  return async function refresh ({ provider, subject }, refreshToken) {
    const configuration = await provider.configuration()
    try {
      const response = await client.refreshTokenGrant(configuration, refreshToken)
      // A new ID token has to be the same user's (OpenID Connect Core 1.0, 12.2).
      const claims = response.claims()
      const { clientId } = provider.settings
      if (claims !== undefined && subjectDigest({ issuer: claims.iss, clientId }, claims.sub) !== subject) return null
      const tokens = tokensOf(response)
      return { ...tokens, refreshToken: tokens.refreshToken ?? refreshToken }
    } catch (error) {
      const failure = failureOf(client, error, 'answered')
      if (failure instanceof RefusedError || failure instanceof InvalidAnswerError) return null
      throw failure
    }
  }
}
