/**
 * Sends a visitor to a provider: always with state, nonce and PKCE.
 *
 * @module
 */
import type { FastifyReply, FastifyRequest } from 'fastify'
import type { Configuration } from 'openid-client'
import { newAttempt, type AttemptFacts, type Purpose } from './attempt.ts'
import { nowInSeconds } from './clock.ts'
import { because } from './because.ts'
import { MisconfiguredError } from './errors.ts'
import { failureOf } from './failures.ts'
import type { Provider } from './provider.ts'
import type { Site } from './site.ts'

/** What an attempt is begun with. */
export type Beginning = Pick<AttemptFacts, 'purpose' | 'next' | 'expected' | 'again'>

/** Has a provider say when the user proved who they are, and asks nobody to do so again (OpenID Connect Core 1.0, 3.1.2.1). */
const anyAge = String(400 * 24 * 3600)

/** How many bytes of its cookie the target of an attempt may take, as it is written there. */
const longestNext = 256

/** Begins an attempt, and redirects to the provider. Rejects with one of our errors. */
export async function sendToProvider (
  site: Site, provider: Provider, beginning: Beginning, request: FastifyRequest, reply: FastifyReply
): Promise<FastifyReply> {
  const { purpose, next, expected, again } = beginning
  const { client } = site.peers
  const { settings } = provider
  const configuration = await provider.configuration()
  const asked: Record<string, string> = {
    ...await provider.saysWhenProven() ? { max_age: anyAge } : {},
    ...settings.parameters,
    ...parametersFor(purpose, configuration)
  }
  const attempt = newAttempt({
    callback: settings.callbackId,
    purpose,
    next: keptNext(site, next),
    startedAt: nowInSeconds(),
    expected,
    again,
    promptsLogin: asked['prompt']?.split(' ').includes('login') === true
  })
  const url = await authorizationUrl(site, provider, configuration, {
    ...asked,
    redirect_uri: settings.redirectUri,
    scope: settings.scope,
    state: attempt.state,
    nonce: attempt.nonce,
    code_challenge: await client.calculatePKCECodeChallenge(attempt.verifier),
    code_challenge_method: 'S256'
  })
  site.cookies.begin(request, reply, attempt)
  return reply.header('referrer-policy', 'no-referrer').redirect(url.href, 302)
}

function keptNext ({ settings: { afterLogin } }: Site, next: string | null): string | null {
  return next === null || next === afterLogin || Buffer.byteLength(JSON.stringify(next)) > longestNext ? null : next
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
    throw pushes ? failureOf(client, error, 'asking') : because(new MisconfiguredError(''), error)
  }
}
