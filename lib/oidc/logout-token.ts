/**
 * Reads a provider's logout token, or refuses it (OpenID Connect Back-Channel Logout 1.0, 2.6).
 *
 * @module
 */
import type { JWTPayload } from 'jose'
import { nowInSeconds } from './clock.ts'
import { because } from './because.ts'
import { sessionDigest, subjectDigest } from './digest.ts'
import { LogoutTokenError, UnavailableError } from './errors.ts'
import type { Named } from './mark-record.ts'
import type { Jose } from './peers.ts'
import type { Provider } from './provider.ts'

/** For how long after it was made a token is taken, in seconds. */
const youngest = 300

const logoutEvent = 'http://schemas.openid.net/event/backchannel-logout'

/** No shared secrets, and not `none`: a client secret is no key to end everybody's logins with. */
const algorithms = ['RS256', 'RS384', 'RS512', 'PS256', 'PS384', 'PS512', 'ES256', 'ES384', 'ES512', 'EdDSA', 'Ed25519']

/** What a logout token says, and what to remember it by. */
export interface LogoutToken { readonly named: Named, readonly id: string, readonly expiresAt: number }

/** Reads a token. Rejects with `FST_LOGIN_OIDC_LOGOUT_TOKEN`, or where the keys cannot be had, `FST_LOGIN_OIDC_UNAVAILABLE`. */
export async function readLogoutToken (jose: Jose, providers: Iterable<Provider>, token: unknown): Promise<LogoutToken> {
  if (typeof token !== 'string' || token.length > 16_000) throw new LogoutTokenError()
  const { provider, issuer } = await providerOf(jose, providers, token)
  const { clientId, clockTolerance } = provider.settings
  const keys = await provider.keys()
  const { payload, protectedHeader } = await jose.jwtVerify(token, keys, {
    issuer, audience: clientId, algorithms, clockTolerance, requiredClaims: ['iat', 'exp', 'jti']
  }).catch((error: unknown) => { throw refusal(jose, error) })
  const { typ } = protectedHeader
  if (typ !== undefined && !/^(?:application\/)?(?:logout\+jwt|jwt)$/i.test(typ)) throw wrong('typ')
  const { sub: subject = null, sid: session = null, jti, iat = 0, exp = 0 } = payload
  if ('nonce' in payload) throw wrong('nonce')
  if (!isLogout(payload)) throw wrong('events')
  if (typeof jti !== 'string' || jti === '') throw wrong('jti')
  if (Math.abs(nowInSeconds() - iat) > youngest + clockTolerance || iat > nowInSeconds() + clockTolerance) throw wrong('iat')
  if (subject === null && session === null) throw wrong('sub and sid')
  if ((subject !== null && typeof subject !== 'string') || (session !== null && typeof session !== 'string')) throw wrong('sub or sid')
  const origin = { issuer, clientId }
  const named = {
    subject: subject === null ? null : subjectDigest(origin, subject),
    session: session === null ? null : sessionDigest(origin, session)
  }
  const expiresAt = Math.min(exp, iat + youngest) + clockTolerance
  return { named, id: JSON.stringify([issuer, clientId, jti]), expiresAt }
}

/** The provider whose token it says to be: by issuer, and where two registrations share one, by audience. */
async function providerOf ({ decodeJwt }: Jose, providers: Iterable<Provider>, token: string): Promise<{ provider: Provider, issuer: string }> {
  let claims: JWTPayload
  try {
    claims = decodeJwt(token)
  } catch (error) {
    throw because(new LogoutTokenError(), error)
  }
  const audience = [claims.aud ?? []].flat()
  // The issuer that the token names is asked first: another provider that is down must not keep it from being read.
  const isNamed = ({ settings: { issuer } }: Provider) => Number(isIssuer(claims.iss, issuer))
  const asked = Array.from(providers).filter(({ settings }) => audience.includes(settings.clientId))
    .sort((one, other) => isNamed(other) - isNamed(one))
  for (const provider of asked) {
    const { issuer } = (await provider.configuration()).serverMetadata()
    if (issuer === claims.iss) return { provider, issuer }
  }
  throw wrong('iss or aud')
}

/** Whether a token names the configured issuer, which may be written with or without a slash at its end. */
function isIssuer (named: unknown, issuer: URL): boolean {
  return typeof named === 'string' && URL.canParse(named) && new URL(named).href === issuer.href
}

/** `typeof null` is `'object'`, too. */
function isLogout ({ events }: JWTPayload): boolean {
  const event = isObject(events) && Object.hasOwn(events, logoutEvent) ? events[logoutEvent] : null
  return isObject(event)
}

function isObject (value: unknown): value is Record<string, unknown> {
  return typeof value === 'object' && value !== null && !Array.isArray(value)
}

/** Whether the token is bad, or its key cannot be had: only the latter may succeed when it is sent again. */
function refusal ({ errors }: Jose, error: unknown): Error {
  const { code } = error as { code?: string }
  const unavailable = !(error instanceof errors.JOSEError) || code === 'ERR_JWKS_TIMEOUT' || code === 'ERR_JOSE_GENERIC'
  return because(unavailable ? new UnavailableError() : new LogoutTokenError(), error)
}

function wrong (claim: string): Error {
  return because(new LogoutTokenError(), new Error(`The logout token has no valid ${claim}`))
}
