/**
 * Sends a visitor to a provider: always with state, nonce and PKCE.
 *
 * @module
 */
import type { FastifyReply, FastifyRequest } from 'fastify'
import type { Configuration } from 'openid-client'
import type { Attempt, Purpose } from './attempt.ts'
import { nowInSeconds } from './clock.ts'
import { because } from './because.ts'
import { MisconfiguredError } from './errors.ts'
import { failureOf } from './failures.ts'
import type { Provider } from './provider.ts'
import type { Site } from './site.ts'

/** What an attempt is begun with. */
export type Beginning = Pick<Attempt, 'purpose' | 'next' | 'expected' | 'again'>

/** Has a provider say when the user proved who they are, and asks nobody to do so again (OpenID Connect Core 1.0, 3.1.2.1). */
const anyAge = String(400 * 24 * 3600)

/** Longer targets are not kept: up to four attempts go with every request, of whose headers some servers take 8 kB. */
const longestNext = 512

/** Begins an attempt, and redirects to the provider. Rejects with one of our errors. */
export async function sendToProvider (
  site: Site, provider: Provider, beginning: Beginning, request: FastifyRequest, reply: FastifyReply
): Promise<FastifyReply> {
  const { client } = site.peers
  const configuration = await provider.configuration()
  const attempt: Attempt = {
    ...beginning,
    next: beginning.next.length > longestNext ? site.settings.afterLogin : beginning.next,
    provider: provider.settings.name,
    state: client.randomState(),
    nonce: client.randomNonce(),
    verifier: client.randomPKCECodeVerifier(),
    startedAt: nowInSeconds()
  }
  const parameters = {
    ...await provider.saysWhenProven() ? { max_age: anyAge } : {},
    ...provider.settings.parameters,
    redirect_uri: provider.settings.redirectUri,
    scope: provider.settings.scope,
    state: attempt.state,
    nonce: attempt.nonce,
    code_challenge: await client.calculatePKCECodeChallenge(attempt.verifier),
    code_challenge_method: 'S256',
    ...parametersFor(attempt.purpose, configuration)
  }
  const url = await authorizationUrl(site, provider, configuration, parameters)
  site.cookies.begin(request, reply, attempt)
  return reply.header('referrer-policy', 'no-referrer').redirect(url.href, 302)
}

/** Whether the provider lets visitors register in the course of a log-in (Initiating User Registration 1.0). */
export function registers (configuration: Configuration): boolean {
  const prompts = configuration.serverMetadata()['prompt_values_supported']
  return Array.isArray(prompts) && prompts.includes('create')
}

function parametersFor (purpose: Purpose, configuration: Configuration): Record<string, string> {
  if (purpose === 'reauthenticate') return { prompt: 'login', max_age: '0' }
  return purpose === 'register' && registers(configuration) ? { prompt: 'create' } : {}
}

async function authorizationUrl (
  { peers: { client } }: Site, { settings }: Provider, configuration: Configuration, parameters: Record<string, string>
): Promise<URL> {
  const pushes = settings.pushRequest || configuration.serverMetadata().require_pushed_authorization_requests === true
  try {
    return pushes
      ? await client.buildAuthorizationUrlWithPAR(configuration, parameters)
      : client.buildAuthorizationUrl(configuration, parameters)
  } catch (error) {
    // Without PAR nobody was asked: the provider did not say where its page is.
    throw pushes ? failureOf(client, error, 'asking') : because(new MisconfiguredError(), error)
  }
}
