/** A secret of OpenID Connect that is given in the wrong place, or that a provider answers with, is told to nobody. */
import assert from 'node:assert/strict'
import { mkdtemp, rm, writeFile } from 'node:fs/promises'
import { tmpdir } from 'node:os'
import { join } from 'node:path'
import { describe, test } from 'node:test'
import Fastify from 'fastify'
import login, { MemoryStore } from 'fastify-login'
import oidc, { type OidcOptions } from 'fastify-login/oidc'
import { pathRules, providerRules, siteRules } from '../../lib/oidc/rules.ts'
import { assertUntold, canary, misplaced } from '../support/canary.ts'
import { createFakeStory, forgersKey, type Faked } from './support/fake-provider.ts'
import { issuer, siteOrigin } from './support/provider.ts'
import { clientSecret } from './support/site.ts'

const password = encodeURIComponent(canary)
const site = { baseUrl: siteOrigin, toUser: () => null }
const provider = { issuer, clientId: 'site', clientSecret: 'a secret' }

async function boot (options: unknown): Promise<Error | null> {
  const app = Fastify()
  try {
    const key = 'a secret of the tests, thirty-two bytes or more'
    await app.register(login, { key, loadUser: () => null, store: new MemoryStore() })
    await app.register(oidc, options as OidcOptions)
    await app.ready()
    return null
  } catch (error) {
    return error as Error
  } finally {
    await app.close()
  }
}

const sets = [
  ['', siteRules, (options: object) => ({ ...site, ...provider, ...options })],
  ['paths.', pathRules, (paths: object) => ({ ...site, ...provider, paths })],
  ['providers.work.', providerRules, (one: object) => ({ ...site, providers: { work: { ...provider, ...one } } })]
] as const

describe('where a secret stands for the option', () => {
  for (const [prefix, rules, within] of sets) {
    for (const name of Object.keys(rules)) {
      test(`${prefix}${name}, the boot does not tell it`, async () => {
        let stopped = 0
        for (const [what, value] of misplaced) {
          const error = await boot(within({ [name]: value }))
          assertUntold(error, `${prefix}${name} as ${what}`)
          if (error !== null) stopped++
        }
        assert.ok(stopped >= 3, `${stopped} of them stopped the boot`)
      })
    }
  }
})

test('a secret under a misspelt name, or as a name, is not told', async () => {
  for (const [, value] of misplaced) {
    for (const [name, options] of [
      ['clientSecert', { clientSecert: value }], ['paths.secret', { paths: { secret: value } }]
    ] as const) {
      const error = await boot({ ...site, ...provider, ...options })
      assert.ok(error?.message.includes(`no option ${name}: its options here are`))
      assertUntold(error, name)
    }
    const work = { ...provider, clientSecert: value }
    assertUntold(await boot({ ...site, providers: { work } }), 'providers.work.clientSecert')
  }
  for (const options of [
    { [canary]: true }, { paths: { [canary]: '/x' } },
    { authorizationParameters: { state: canary } }, { authorizationParameters: { max_age: canary } }
  ]) {
    const error = await boot({ ...site, ...provider, ...options })
    assert.ok(error)
    assertUntold(error, 'a name or a parameter')
  }
  assertUntold(await boot({ ...site, providers: { [canary]: provider } }), 'the name of a provider')
  assertUntold(await boot(canary), 'in place of the options')
})

test('a provider, or all of them, that is something else stops the boot with a sentence', async () => {
  for (const [what, value] of [...misplaced, ['null', null] as const]) {
    for (const providers of [value, { work: value }]) {
      const error = await boot({ ...site, providers })
      assert.equal((error as { code?: string } | null)?.code, 'FST_LOGIN_INVALID_OPTION', what)
      assertUntold(error, what)
    }
  }
})

test('what stands in clientSecrets is not told: of an object, of the text of the file, of a broken file', async (t) => {
  const folder = await mkdtemp(join(tmpdir(), 'oidc-'))
  t.after(() => rm(folder, { recursive: true }))
  const entries: unknown[] = [
    { client_id: [canary] }, { client_id: 'site', client_secret: [canary] },
    { client_id: 'site', client_secret: canary }, { issuer: { canary } },
    { client_id: 'site', client_secret: canary, issuer, redirect_uris: [`https://evil.test/${canary}`] },
    canary, [canary], null
  ]
  for (const [position, entry] of entries.entries()) {
    const text = JSON.stringify({ web: entry })
    const file = join(folder, `${position}.json`)
    await writeFile(file, position % 2 === 0 ? text : text.slice(0, -1))
    for (const clientSecrets of [{ web: entry }, { [canary]: entry }, text, file, `${folder}/${canary}`]) {
      const error = await boot({ ...site, clientSecrets })
      assert.equal((error as { code?: string } | null)?.code, 'FST_LOGIN_INVALID_OPTION')
      assertUntold(error, `entry ${position}, ${typeof clientSecrets}`)
    }
  }
  const error = await boot({ ...site, clientSecrets: JSON.stringify({ web: {} }) })
  assert.match((error as Error).message, /names a file, which cannot be read .* as a string it is the path of the file/)
})

test('an address with a password in it is refused, as the issuer and as where visitors register', async () => {
  for (const user of [`ada:${password}`, `:${password}`, password]) {
    const address = `https://${user}@op.test`
    for (const options of [{ issuer: address }, { registerUrl: address }, { baseUrl: address }]) {
      const error = await boot({ ...site, ...provider, ...options })
      assert.equal((error as { code?: string } | null)?.code, 'FST_LOGIN_INVALID_OPTION', Object.keys(options)[0])
      assertUntold(error, Object.keys(options)[0] as string)
    }
  }
})

const secrets = { access_token: `access-${canary}`, refresh_token: `refresh-${canary}` }
const json = { headers: { 'content-type': 'application/json' } }
const text = (body: string, init: ResponseInit = {}) => () => new Response(body, { ...json, ...init })
const refusal = (error: string, more = {}) => () => {
  return Response.json({ error, error_description: canary, ...more }, { status: 400 })
}
const repeating = () => { throw new TypeError(`No request can be made of https://ada:${password}@op.test/token`) }

/** What a provider may answer with, with a secret in it, that cannot be used. */
const useless: Record<string, Faked> = {
  'an error with tokens beside it': { answers: { '/token': refusal('invalid_grant', secrets) } },
  'tokens of a type that is none': { token: { ...secrets, token_type: canary } },
  'a scope that is none': { token: { ...secrets, scope: [canary] } },
  'JSON that is none': { answers: { '/token': text(`c4nary ${canary}`) } },
  'a form in place of JSON': { answers: { '/token': text(`${canary}&access_token=${canary}`) } },
  'a status that is none': { answers: { '/token': text(JSON.stringify(secrets), { status: 201 }) } },
  'HTML with a token': { answers: { '/token': text(canary, { headers: { 'content-type': 'text/html' } }) } },
  'claims for another site': { token: secrets, claims: { aud: canary, email: canary } },
  'a nonce of another attempt': { token: secrets, claims: { nonce: canary } },
  'another signature': { token: secrets, claims: { email: canary }, signWith: forgersKey },
  'an algorithm that is none': { token: secrets, header: { alg: 'none', kid: canary } },
  'an auth_time that is none': { token: secrets, claims: { auth_time: canary } },
  'userinfo of somebody else': { token: secrets, userinfo: { sub: canary } },
  'keys that are none': { answers: { '/jwks': text(canary) } },
  'a document that is none': { answers: { '/.well-known/openid-configuration': text(`{"issuer": "${canary}`) } },
  'a document of another issuer': { metadata: { issuer: `https://${password}.test`, secret: canary } },
  'an address with a password in it': { metadata: { token_endpoint: `https://ada:${password}@op.test/token` } },
  'a failure that repeats the address': { answers: { '/token': repeating } }
}

for (const [what, faked] of Object.entries(useless)) {
  test(`what a provider answers with stands neither in the log nor in what hangs on the error: ${what}`, async (t) => {
    const failures: unknown[] = []
    const errorPage: OidcOptions['errorPage'] = (error, _request, reply) => {
      failures.push(error)
      return reply.send('sorry')
    }
    const story = await createFakeStory(t, { oidc: { userinfo: true, errorPage } }, faked)
    const first = await story.browser.request(`${siteOrigin}/login`)
    if (first.statusCode === 302) {
      const asked = new URL(String(first.headers.location)).searchParams
      story.fake.nonce = asked.get('nonce') as string
      await story.browser.request(`${siteOrigin}/oidc/callback?code=a-code&state=${asked.get('state') as string}`)
    }
    assert.equal(failures.length, 1)
    assert.equal(await story.userOf(), null)
    for (const failure of failures) assertUntold(failure, what)
    const lines = JSON.stringify(story.logged.filter(({ msg }) => msg !== 'incoming request'))
    assert.ok(lines.includes('fastify-login/oidc'))
    assertUntold(lines, what)
    for (const secret of [clientSecret, 'eyJ']) assert.equal(lines.includes(secret), false, secret)
  })
}

test('the log says why a provider refused this site, in the words that the protocol has for it', async (t) => {
  const story = await createFakeStory(t, {}, { answers: { '/token': refusal('invalid_client') } })
  await story.comeBack(await story.begin())
  assert.match(JSON.stringify(story.logged), /response body: invalid_client/)
})

test('what could not be revoked at a logout, or found out about the provider, is logged without a token', async (t) => {
  const metadata = { revocation_endpoint: `${issuer}/revoke` }
  const story = await createFakeStory(t, { options: { store: new MemoryStore() }, oidc: { keepTokens: true } }, {
    token: secrets, metadata, answers: { '/revoke': refusal('invalid_request', { token: canary }) }
  })
  await story.comeBack(await story.begin())
  await story.browser.request(`${siteOrigin}/logout`, { method: 'POST' })
  for (let turn = 0; turn < 50; turn++) await new Promise((resolve) => setImmediate(resolve))
  const lines = JSON.stringify(story.logged.filter(({ msg }) => msg !== 'incoming request'))
  assert.match(lines, /could not revoke/)
  assertUntold(lines, 'revocation')
})
