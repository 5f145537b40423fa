/**
 * A provider: its discovered configuration, and the keys that it signs with.
 *
 * @module
 */
import type { FastifyBaseLogger } from 'fastify'
import type { ClientAuth, Configuration, DiscoveryRequestOptions } from 'openid-client'
import { withoutSecrets } from './because.ts'
import { Discovery } from './discovery.ts'
import { unusableEndpoints } from './endpoints.ts'
import { MisconfiguredError } from './errors.ts'
import { failureOf } from './failures.ts'
import type { Peers } from './peers.ts'
import { isLoopback, type ProviderSettings } from './provider-settings.ts'

const noKeys = ': the document of the provider names no keys over https (jwks_uri), so that nothing which it signs ' +
  'can be checked'

export class Provider {
  readonly settings: ProviderSettings
  readonly #peers: Peers
  readonly #log: FastifyBaseLogger
  readonly #endsLogins: boolean
  readonly #discovery: Discovery<Configuration>
  #keys: { readonly of: Configuration, readonly find: ReturnType<Peers['jose']['createRemoteJWKSet']> } | null = null

  /** `endsLogins`: whether the provider may tell of its logouts, for which it has to have keys. */
  constructor (settings: ProviderSettings, peers: Peers, log: FastifyBaseLogger, endsLogins: boolean) {
    this.settings = settings
    this.#peers = peers
    this.#log = log
    this.#endsLogins = endsLogins
    this.#discovery = new Discovery(() => this.#discover(), (error) => {
      const about = { err: withoutSecrets(error), provider: settings.name }
      log.warn(about, 'fastify-login/oidc could not renew what it knows of the provider, and goes on with what it knew')
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

  /**
   * Finds the provider's keys; one that is not known has them fetched again, at most twice a minute. Rejects with
   * `FST_LOGIN_OIDC_MISCONFIGURED` where the provider names none: a token that cannot be checked is not believed.
   */
  async keys (): Promise<ReturnType<Peers['jose']['createRemoteJWKSet']>> {
    const configuration = await this.configuration()
    if (this.#keys?.of === configuration) return this.#keys.find
    const { jwks_uri: address } = configuration.serverMetadata()
    if (address === undefined) throw new MisconfiguredError(noKeys)
    const { createRemoteJWKSet, customFetch } = this.#peers.jose
    const { timeout, fetch } = this.settings
    const find = createRemoteJWKSet(new URL(address), {
      timeoutDuration: Math.ceil(timeout * 1000),
      [customFetch]: fetch as never
    })
    this.#keys = { of: configuration, find }
    return find
  }

  async #discover (): Promise<Configuration> {
    const { client } = this.#peers
    const { issuer, clientId, idTokenAlgorithm, clockTolerance, timeout, fetch } = this.settings
    const execute: Array<(configuration: Configuration) => void> = []
    if (isLoopback(issuer)) execute.push(client.allowInsecureRequests)
    // A shared secret signs nothing that a third party could check: `answer` checks those.
    if (!this.#sharesSecret()) execute.push(client.enableNonRepudiationChecks)
    const metadata = { ...idTokenAlgorithm === null ? {} : { id_token_signed_response_alg: idTokenAlgorithm }, [client.clockTolerance]: clockTolerance }
    const options: DiscoveryRequestOptions = { timeout, execute, [client.customFetch]: fetch }
    const authentication = this.#clientAuthentication()
    const found = await client.discovery(issuer, clientId, metadata, authentication, options)
    const document = found.serverMetadata()
    const unusable = unusableEndpoints(document, issuer)
    this.#complain(document, unusable)
    if (unusable.length === 0) return found
    const usable = Object.fromEntries(Object.entries(document).filter(([name]) => !unusable.includes(name)))
    const configuration = new client.Configuration(usable as typeof document, clientId, metadata, authentication)
    Object.assign(configuration, { timeout, [client.customFetch]: fetch })
    for (const extend of execute) extend(configuration)
    return configuration
  }

  /** Says what is wrong with the document of the provider; rejects it where no log-in could be checked by it. */
  #complain (document: { readonly jwks_uri?: string }, unusable: readonly string[]): void {
    const { name: provider } = this.settings
    if (unusable.length > 0) {
      const names = unusable.join(', ')
      this.#log.warn(
        { provider, unusable }, `fastify-login/oidc does not use ${names} of the provider: they must be https URLs`
      )
    }
    if (document.jwks_uri !== undefined && !unusable.includes('jwks_uri')) return
    if (this.#endsLogins) {
      this.#log.error({ provider }, `fastify-login/oidc: the logouts of the provider will be refused${noKeys}`)
    }
    if (!this.#sharesSecret()) throw new MisconfiguredError(noKeys)
  }

  /** Whether the client secret signs ID tokens, and not a key of the provider's. */
  #sharesSecret (): boolean {
    return this.settings.idTokenAlgorithm?.startsWith('HS') === true
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
