/**
 * Answers of a provider that no provider gave: parameters of the callback, and what is asked of the other routes.
 *
 * @module
 */
import assert from 'node:assert/strict'
import type { TestContext } from 'node:test'
import { createFakeStory, type FakeStory } from '../oidc/support/fake-provider.ts'
import { issuer, siteOrigin } from '../oidc/support/provider.ts'
import { fragments, headerText, wideText } from './fragments.ts'
import type { Fuzzer } from './fuzzer.ts'
import type { Random } from './random.ts'

const parameters = ['code', 'state', 'iss', 'error', 'error_description', 'error_uri', 'response', 'session_state', 'id_token', 'access_token', 'next', 'nonce']
const others = ['/login?next=', '/logout?next=', '/oidc/logout?state=', '/register?next=', '/reauthenticate?next=']
const attemptsEach = 40

export const callbackFuzzer: Fuzzer = {
  name: 'answers to the OpenID Connect callback',
  async open () {
    let close = async () => {}
    const context = { after: (run: () => Promise<void>) => { close = run } } as unknown as TestContext
    const story = await createFakeStory(context)
    story.fake.faked = { answers: { '/token': () => Response.json({ error: 'invalid_grant' }, { status: 400 }) } }
    let tried = 0
    let beginning = begin(story)
    const attempt = async (random: Random) => {
      const draw = drawer(random)
      // An attempt is good for one answer, so now and then there must be another.
      if (++tried % attemptsEach === 0) beginning = begin(story)
      const { cookie, state } = await beginning
      await logsNobodyIn(story, draw(state), cookie)
    }
    return { attempt, close: async () => await close() }
  }
}

interface Begun { readonly cookie: string, readonly state: string }

async function begin ({ world }: FakeStory): Promise<Begun> {
  const response = await world.send(`${siteOrigin}/login`, { method: 'GET', headers: { accept: 'text/html' } })
  const state = new URL(String(response.headers.location)).searchParams.get('state') ?? ''
  return { cookie: response.cookies.map(({ name, value }) => `${name}=${value}`).join('; '), state }
}

/** Draws at once; what it draws is made whole when there is a state to use. */
function drawer (random: Random): (state: string) => { url: string, noise: string } {
  const noise = random.chance(0.2) ? `; oidc_${random.bytes(12).toString('base64url')}=${headerText(random)}` : ''
  if (random.chance(0.2)) {
    const url = random.pick(others) + encode(random, wideText(random))
    return () => ({ url, noise })
  }
  const pairs = Array.from({ length: random.below(5) }, () => [random.pick(parameters), encode(random, wideText(random))] as const)
  const withState = random.chance(0.5)
  return (state) => {
    const query = [...pairs.map(([name, value]) => `${name}=${value}`), ...withState ? [`state=${state}`, 'code=a-code'] : []]
    return { url: `/oidc/callback?${query.join('&')}`, noise }
  }
}

function encode (random: Random, text: string): string {
  return random.chance(0.7) ? encodeURIComponent(text.toWellFormed()) : random.joined(fragments, 4).replace(/[^\u0021-\u00ff]|#/g, '')
}

async function logsNobodyIn ({ app }: FakeStory, { url, noise }: { url: string, noise: string }, cookie: string): Promise<void> {
  const { statusCode, headers, body } = await app.inject({ url, headers: { host: 'app.test', 'x-forwarded-proto': 'https', accept: 'text/html', cookie: cookie + noise } })
  const told = `${statusCode} ${url} ${JSON.stringify(noise)}: ${body.slice(0, 300)}`
  assert.ok(statusCode < 500, told)
  const names = [headers['set-cookie'] ?? []].flat().filter((line) => !/^[^=]*=;/.test(line)).map((line) => line.split('=')[0] as string)
  assert.ok(!names.some((name) => /^(?:__Host-)?(?:login|remember_token)$/.test(name)), told)
  const { location } = headers
  if (location === undefined) return
  const { origin } = new URL(String(location), siteOrigin)
  assert.ok(origin === siteOrigin || origin === issuer, told)
}
