/**
 * The options of OpenID Connect, as an application writes them.
 *
 * @module
 */
import type { FastifyReply, FastifyRequest } from 'fastify'
import type { ClientAuth, CustomFetch } from 'openid-client'
import type { User } from '../index.ts'
import type { Identity } from './identity.ts'

/** The file that Google and Okta hand out, and flask-oidc reads: `{ web: { client_id, client_secret, issuer, … } }`. */
export type ClientSecrets = Readonly<Record<string, unknown>>

/** One provider, and how this site is known to it. */
export interface ProviderOptions {
  /** `client_secrets.json`: its path, or what stands in it. What is named beside it counts before it. */
  clientSecrets?: string | ClientSecrets
  /** The provider's issuer, such as `'https://accounts.example.org'`, without `/.well-known/…`. */
  issuer?: string
  /** The id that the provider gave this site. */
  clientId?: string
  /** The secret that goes with it. Unset for a public client. */
  clientSecret?: string
  /** How the client proves itself. Default: `client_secret_basic` where the provider takes it, else `client_secret_post`. */
  clientAuthentication?: 'client_secret_basic' | 'client_secret_post' | ClientAuth
  /** Default `'openid email profile'`; must hold `openid`. */
  scope?: string | readonly string[]
  /** Ask the userinfo endpoint at each log-in. Default false. */
  userinfo?: boolean
  /** The algorithm that signs ID tokens, if it is to be one only. Default: any asymmetric one that the provider names. */
  idTokenAlgorithm?: string
  /** Further parameters of the authorization request, such as `acr_values` or `ui_locales`. */
  authorizationParameters?: Readonly<Record<string, string>>
  /** Push the authorization request (PAR). Default: where the provider requires it. */
  pushRequest?: boolean
  /**
   * Take a log-in that was sent with `prompt=login` for a proof of identity where the provider does not say when its
   * user proved who they are (`auth_time`). A visitor can take the parameter off the address: set this only for a
   * provider that asks for the password at every log-in, or together with `pushRequest`. Default false.
   */
  trustPromptLogin?: boolean
  /** Where visitors register, if the provider has no `prompt=create`: an absolute URL without a password in it. */
  registerUrl?: string
  /** Seconds that the provider's clock may be off. Default 30. */
  clockTolerance?: number
  /** Seconds to wait for an answer of the provider. Default 5. */
  timeout?: number
  /** What asks the provider, such as a fetch through a proxy. Default: the global one. */
  fetch?: CustomFetch
  /** What a visitor may choose, where there are several providers. Default: the name. */
  label?: string
}

/** Where the routes are. */
export interface OidcPaths {
  /** Default `'/login'`. */
  login?: string
  /** Default `'/oidc/callback'`. */
  callback?: string
  /** Default `'/logout'`; POST only. */
  logout?: string
  /** Default `'/register'`. */
  register?: string
  /** Default `'/reauthenticate'`. */
  reauthenticate?: string
  /** Where the provider tells of its own logouts. Default null: nowhere. Needs a store. */
  backChannelLogout?: string | null
}

/** The options of `app.register(oidc, options)`: of one provider, or of several by name. */
export interface OidcOptions extends ProviderOptions {
  /** This site's origin, such as `'https://www.example.org'`: no URL is ever built from a Host header. */
  baseUrl: string
  /** Several providers, by the name that `?provider=` chooses. */
  providers?: Readonly<Record<string, ProviderOptions>>
  /** Where the routes are, if not at their defaults. */
  paths?: OidcPaths
  /** The user of an identity: find them, or make one. Null: no account here, a page 403. */
  toUser: (identity: Identity, request: FastifyRequest) => User | null | undefined | Promise<User | null | undefined>
  /** Where a visitor goes who did not want to go anywhere in particular. Default `'/'`. */
  afterLogin?: string
  /** Default `'/'`. It must be registered with the provider, as a whole URL. */
  afterLogout?: string
  /** Remember logins when the browser closes. Default false. */
  remember?: boolean
  /** Keep tokens with the login, for `app.oidc.tokens`. Default false; needs a store. */
  keepTokens?: boolean
  /** Begins the names of the cookies; registrations for several realms each need another one. Default `'oidc'`. */
  cookieName?: string
  /** Answers a browser's request that failed, in place of the built-in page. */
  errorPage?: (error: Error & { code: string, statusCode: number }, request: FastifyRequest, reply: FastifyReply) => unknown
}
