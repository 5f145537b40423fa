/**
 * OpenID Connect: `fastify-login/oidc`.
 *
 * @module fastify-login/oidc
 */
export { oidc, oidc as default } from './plugin.ts'
export * as errors from './errors.ts'

export type { OpenIdConnect } from './augmentation.ts'
export type { ClientSecrets, OidcOptions, OidcPaths, ProviderOptions } from './options.ts'
export type { Identity, Tokens } from './identity.ts'
