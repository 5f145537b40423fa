/**
 * Who a user is at their provider, and the port behind which that is kept with the login.
 *
 * @module
 */
import type { FastifyReply, FastifyRequest } from 'fastify'
import type { Login, LoginUserOptions } from '../index.ts'
import { sessionDigest, subjectDigest } from './digest.ts'
import type { Identity, Tokens } from './identity.ts'
import type { Provider } from './provider.ts'

/** A user's session at a provider, as far as it is kept with the login here. */
export interface ProviderLogin {
  /** Where it came from: nothing in here may be sent to any other provider. */
  readonly provider: Provider
  /** The user, as a digest of issuer, client and subject. */
  readonly subject: string
  /** The provider's session, which back-channel logout may name, as a digest of the same kind; null without one. */
  readonly session: string | null
  /** For `id_token_hint` at logout. */
  readonly idToken: string | null
  /** Null unless they are to be kept. */
  readonly tokens: Tokens | null
}

/** Keeps who a user is at their provider with the login: in cookies, or in the login's record. */
export interface ProviderLogins {
  /** What `loginUser` is to be given for it. */
  optionsFor (login: ProviderLogin): Pick<LoginUserOptions, 'data'>
  /** Once the user is logged in, or an earlier login of theirs is confirmed. */
  keep (current: Login, reply: FastifyReply, login: ProviderLogin, confirmed: boolean): Promise<void>
  /** Where the response fails after all: takes off it what `keep` wrote there. */
  withdraw (reply: FastifyReply): void
  /**
   * Who the user of a request is at their provider; null where that is not known, or was kept by another registration,
   * or for another issuer or client than the provider has now.
   */
  find (request: FastifyRequest): Promise<ProviderLogin | null>
  /** Once the user is logged out. */
  forget (request: FastifyRequest, reply: FastifyReply): void
}

/** What of an identity is kept. */
export function providerLoginOf (provider: Provider, { claims, tokens }: Identity, keepTokens: boolean): ProviderLogin {
  const { sid } = claims
  const origin = { issuer: claims.iss, clientId: provider.settings.clientId }
  return {
    provider,
    subject: subjectDigest(origin, claims.sub),
    session: typeof sid === 'string' ? sessionDigest(origin, sid) : null,
    idToken: tokens.idToken,
    tokens: keepTokens ? tokens : null
  }
}

/** The provider that something was kept for, if it is one of these. */
export function keptFor (providers: ReadonlyMap<string, Provider>, id: unknown): Provider | null {
  for (const provider of providers.values()) if (provider.settings.id === id) return provider
  return null
}
