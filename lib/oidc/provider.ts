/**
 * A provider: its discovered configuration, and the keys that it signs with.
 *
 * @module
 */
import type { FastifyBaseLogger } from 'fastify'
import type { ClientAuth, Configuration, DiscoveryRequestOptions } from 'openid-client'
import { Discovery } from './discovery.ts'
import { failureOf } from './failures.ts'
import type { Peers } from './peers.ts'
import { isLoopback, type ProviderSettings } from './provider-settings.ts'

export class Provider {
  readonly settings: ProviderSettings
  readonly #peers: Peers
  readonly #discovery: Discovery<Configuration>
  #keys: { readonly of: Configuration, readonly find: ReturnType<Peers['jose']['createRemoteJWKSet']> } | null = null

  constructor (settings: ProviderSettings, peers: Peers, log: FastifyBaseLogger) {
    this.settings = settings
    this.#peers = peers
    this.#discovery = new Discovery(() => this.#discover(), (error) => {
      log.warn({ err: error, provider: settings.name }, 'fastify-login/oidc could not renew what it knows of the provider, and goes on with what it knew')
    })
  }

  /** What the provider says of itself, and how to speak to it. Rejects with one of our errors. */
  async configuration (): Promise<Configuration> {
    return await this.#discovery.get().catch((error: unknown) => { throw failureOf(this.#peers.client, error, 'asking') })
  }

  /** Whether the provider can tell when a user proved who they are (`auth_time`), if it is asked to. */
  async saysWhenProven (): Promise<boolean> {
    return (await this.configuration()).serverMetadata().claims_supported?.includes('auth_time') === true
  }

  /** Asks again what the provider says of itself, keys included: a new configuration knows no old keys. */
  async renew (): Promise<void> {
    await this.#discovery.renew().catch((error: unknown) => { throw failureOf(this.#peers.client, error, 'asking') })
  }

  /** Finds the provider's keys; one that is not known has them fetched again, at most twice a minute. */
  async keys (): Promise<ReturnType<Peers['jose']['createRemoteJWKSet']>> {
    const configuration = await this.configuration()
    if (this.#keys?.of === configuration) return this.#keys.find
    const { createRemoteJWKSet, customFetch } = this.#peers.jose
    const { timeout, fetch } = this.settings
    const find = createRemoteJWKSet(new URL(configuration.serverMetadata().jwks_uri as string), {
      timeoutDuration: Math.ceil(timeout * 1000),
      [customFetch]: fetch as never
    })
    this.#keys = { of: configuration, find }
    return find
  }

  async #discover (): Promise<Configuration> {
    const { client } = this.#peers
    const { issuer, clientId, idTokenAlgorithm, clockTolerance, timeout, fetch } = this.settings
    const options: DiscoveryRequestOptions = { timeout, execute: [], [client.customFetch]: fetch }
    if (isLoopback(issuer)) options.execute?.push(client.allowInsecureRequests)
    // A shared secret signs nothing that a third party could check: `id-token` checks those.
    if (!idTokenAlgorithm?.startsWith('HS')) options.execute?.push(client.enableNonRepudiationChecks)
    const metadata = { ...idTokenAlgorithm === null ? {} : { id_token_signed_response_alg: idTokenAlgorithm }, [client.clockTolerance]: clockTolerance }
    return await client.discovery(issuer, clientId, metadata, this.#clientAuthentication(), options)
  }

  /** The protocol's default is basic, the library's post: which one is right, the provider says. */
  #clientAuthentication (): ClientAuth {
    const { ClientSecretBasic, ClientSecretPost, None } = this.#peers.client
    const { clientSecret, clientAuthentication } = this.settings
    if (typeof clientAuthentication === 'function') return clientAuthentication
    if (clientSecret === null) return None()
    return (server, ...rest) => {
      const { token_endpoint_auth_methods_supported: methods = ['client_secret_basic'] } = server
      const basic = clientAuthentication === null ? methods.includes('client_secret_basic') : clientAuthentication === 'client_secret_basic'
      return (basic ? ClientSecretBasic : ClientSecretPost)(clientSecret)(server, ...rest)
    }
  }
}
