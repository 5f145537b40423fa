/**
 * Tells Fastify's types what this subpath adds.
 *
 * @module
 */
import type { Tokens } from './tokens.ts'

/** `app.oidc`. */
export interface OpenIdConnect {
  /** The tokens of logins, where the option `keepTokens` keeps them. */
  readonly tokens: Pick<Tokens, 'get'>
}

declare module 'fastify' {
  interface FastifyInstance {
    /** OpenID Connect: there once `fastify-login/oidc` is registered. */
    oidc: OpenIdConnect
  }
}
