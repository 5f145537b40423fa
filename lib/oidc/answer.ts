/**
 * Makes an identity of a provider's answer, or refuses it: state, issuer, PKCE, nonce, audience, times and signature.
 *
 * @module
 */
import type { IDToken, TokenEndpointResponse, TokenEndpointResponseHelpers } from 'openid-client'
import type { Attempt } from './attempt.ts'
import { nowInSeconds } from './clock.ts'
import { because } from './because.ts'
import { InvalidAnswerError, NoAuthTimeError } from './errors.ts'
import { failureOf, isUnknownKey } from './failures.ts'
import type { Identity, Tokens } from './identity.ts'
import type { Peers } from './peers.ts'
import type { Provider } from './provider.ts'
import type { ProviderSettings } from './provider-settings.ts'
import type { Site } from './site.ts'

type Response = TokenEndpointResponse & TokenEndpointResponseHelpers

/**
 * Exchanges the code of an answer. `query` is what the request was sent with; the address before it is the
 * configured one. Rejects with the library's own error where a key is not known, and with ours in all other cases.
 */
export async function readAnswer (site: Site, provider: Provider, attempt: Attempt, query: string): Promise<Identity> {
  const { client } = site.peers
  const configuration = await provider.configuration()
  const url = new URL(provider.settings.redirectUri)
  url.search = query
  const response = await client.authorizationCodeGrant(configuration, url, {
    expectedState: attempt.state,
    expectedNonce: attempt.nonce,
    pkceCodeVerifier: attempt.verifier,
    idTokenExpected: true,
    ...maxAgeOf(attempt, provider.settings)
  }).catch((error: unknown) => { throw isUnknownKey(error) ? error : failureOf(client, error, 'answered') })
  const claims = response.claims() as IDToken
  await checkSharedSignature(site.peers, provider.settings, response)
  checkClaims(claims, attempt, provider.settings)
  const tokens = tokensOf(response)
  const userinfo = provider.settings.userinfo
    ? await client.fetchUserInfo(configuration, tokens.accessToken, claims.sub)
      .catch((error: unknown) => { throw failureOf(client, error, 'answered') })
    : null
  return { claims, userinfo, tokens, provider: provider.settings.name }
}

/** The tokens of a response. */
export function tokensOf (response: Response): Tokens {
  const lasts = response.expiresIn()
  return {
    accessToken: response.access_token,
    expiresAt: lasts === undefined ? null : nowInSeconds() + lasts,
    refreshToken: response.refresh_token ?? null,
    idToken: response.id_token ?? null,
    scope: response.scope ?? null
  }
}

function maxAgeOf ({ purpose }: Attempt, { parameters }: ProviderSettings): { maxAge?: number } {
  // A re-authentication asks for a proof that is younger than its question, which `checkClaims` looks at.
  if (purpose === 'reauthenticate' || parameters['max_age'] === undefined) return {}
  return { maxAge: Number(parameters['max_age']) }
}

/** The signature by a shared secret, which the library does not check. */
async function checkSharedSignature ({ jose }: Peers, { idTokenAlgorithm, clientSecret }: ProviderSettings, { id_token: token }: Response): Promise<void> {
  if (!idTokenAlgorithm?.startsWith('HS')) return
  const { compactVerify } = jose
  await compactVerify(token as string, Buffer.from(clientSecret as string), { algorithms: [idTokenAlgorithm] })
    .catch((error: unknown) => { throw because(new InvalidAnswerError(), error) })
}

/** What the library leaves out: a token from the future, and a proof of identity that is older or weaker than the one asked for. */
function checkClaims (claims: IDToken, attempt: Attempt, settings: ProviderSettings): void {
  const { clockTolerance, parameters } = settings
  if (claims.iat > nowInSeconds() + clockTolerance) {
    throw wrong('The ID token was issued in the future: is a clock wrong?')
  }
  const { acr_values: contexts } = parameters
  // A browser may strip the question, and come back with a password where two factors were asked for.
  if (contexts !== undefined && !contexts.split(' ').includes(claims.acr as string)) {
    throw wrong('The user did not prove who they are in any of the ways (acr) that were asked for')
  }
  if (parameters['max_age'] !== undefined && isInTheFuture(claims, clockTolerance)) {
    throw wrong('The ID token has an auth_time after the time at which it was issued: is it in seconds?')
  }
  if (attempt.purpose !== 'reauthenticate') return
  const proven = isProven(attempt, claims, settings)
  if (proven === null) throw new NoAuthTimeError()
  if (!proven) throw wrong('The user did not prove who they are after they were asked to')
}

/**
 * Whether a user proved who they are since an attempt began; null where nothing says so. What the provider says counts
 * (`auth_time`). Where it says nothing, `prompt=login` counts for a provider that is trusted to have obeyed it: whether
 * the parameter reached the provider is not known, because it passes through the visitor's browser.
 */
export function isProven (
  { startedAt, promptsLogin }: Attempt, claims: IDToken, settings: ProviderSettings
): boolean | null {
  if (claims.auth_time === undefined) return promptsLogin && settings.trustPromptLogin ? true : null
  return isProvenSince(startedAt, claims, settings.clockTolerance)
}

function isProvenSince (time: number, claims: IDToken, tolerance: number): boolean {
  const { iat, auth_time: provenAt = 0 } = claims
  // Both times are the provider's, so that its clock may be off and 25 seconds too old are too old all the same.
  const isSince = provenAt >= Math.floor(time) - tolerance && iat - provenAt <= Math.ceil(nowInSeconds() - time)
  return isSince && !isInTheFuture(claims, tolerance)
}

/** Nobody proves who they are after the token was issued: an `auth_time` in milliseconds would never be too old. */
function isInTheFuture ({ iat, auth_time: provenAt = 0 }: IDToken, tolerance: number): boolean {
  return provenAt > iat + tolerance
}

function wrong (what: string): Error {
  return because(new InvalidAnswerError(), new Error(what))
}
