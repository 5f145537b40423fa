/**
 * Who came back from a provider, and with what.
 *
 * @module
 */
import type { IDToken, UserInfoResponse } from 'openid-client'

/** The tokens of a log-in. Times are seconds since 1970. */
export interface Tokens {
  /** For the provider's APIs. */
  readonly accessToken: string
  /** When the access token ends; null where the provider did not say. */
  readonly expiresAt: number | null
  /** What buys another access token; null where the provider gave none. */
  readonly refreshToken: string | null
  /** The signed statement of who the user is; null where the provider gave none. */
  readonly idToken: string | null
  /** What was granted, as the provider wrote it; null: what was asked for. */
  readonly scope: string | null
}

/** What `toUser` gets. All of it is validated, the signature included. */
export interface Identity {
  /** The claims of the ID token. A user is known by `iss` and `sub` together, never by an email address. */
  readonly claims: IDToken
  /** What the userinfo endpoint says, where the option `userinfo` asks it; else null. */
  readonly userinfo: UserInfoResponse | null
  /** What the provider's APIs take. */
  readonly tokens: Tokens
  /** The name of the provider; `'default'` where there is only one. */
  readonly provider: string
}
