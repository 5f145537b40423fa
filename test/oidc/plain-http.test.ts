/** What is promised where a provider names no keys, or addresses that anybody on the way could read and change. */
import assert from 'node:assert/strict'
import { randomUUID } from 'node:crypto'
import { describe, test, type TestContext } from 'node:test'
import { MemoryStore } from 'fastify-login'
import type { OidcOptions } from 'fastify-login/oidc'
import { exportJWK } from 'jose'
import type { CustomFetch } from 'openid-client'
import { createFakeStory, forgersKey, forgersPublicKey, type Faked, type FakeStory } from './support/fake-provider.ts'
import { issuer, siteOrigin } from './support/provider.ts'
import { Registrations } from './support/registrations.ts'
import { clientSecret } from './support/site.ts'
import { WebBrowser, attemptsOf } from './support/world.ts'

const path = '/oidc/back-channel-logout'
const now = () => Math.floor(Date.now() / 1000)
const events = { 'http://schemas.openid.net/event/backchannel-logout': {} }
const logout = () => ({
  iss: issuer, aud: 'site', sub: 'ada', iat: now(), exp: now() + 120, jti: randomUUID(), events
})

async function create (t: TestContext, faked: Faked = {}, oidc: Partial<OidcOptions> = {}): Promise<FakeStory> {
  const settled = { paths: { backChannelLogout: path }, keepTokens: true, ...oidc }
  return await createFakeStory(t, { options: { store: new MemoryStore() }, oidc: settled }, faked)
}

async function say (story: FakeStory, token: string) {
  const headers = { 'content-type': 'application/x-www-form-urlencoded' }
  return await story.app.inject({ method: 'POST', url: path, payload: `logout_token=${token}`, headers })
}

/** Nothing was asked of an address over plain http. */
function assertNoPlainHttp ({ world }: Pick<FakeStory, 'world'>): void {
  assert.deepEqual(world.asked.filter(({ url }) => url.startsWith('http:')).map(({ url }) => url), [])
}

const keyless: Array<[string, unknown]> = [
  ['has no jwks_uri', undefined],
  ['has a jwks_uri over plain http', 'http://op.test/jwks'],
  ['has a jwks_uri over plain http on this machine, and is not there itself', 'http://localhost/jwks'],
  ['has a jwks_uri that is no URL', 'keys'],
  ['has a jwks_uri that is no text', 7],
  ['has a jwks_uri that is a file', 'file:///etc/passwd']
]

describe('a provider that', () => {
  for (const [what, address] of keyless) {
    test(`${what} logs nobody in, and this is said before anybody is sent there`, async (t) => {
      const story = await create(t, { metadata: { jwks_uri: address } })
      const { response } = await story.browser.go(`${siteOrigin}/login`)
      assert.equal(response.statusCode, 500)
      assert.equal(attemptsOf(story.browser).length, 0)
      const program = (await story.app.inject({ url: '/login', headers: { accept: 'application/json' } })).json()
      assert.equal(program.code, 'FST_LOGIN_OIDC_MISCONFIGURED')
      assert.match(program.message, /names no keys over https \(jwks_uri\)/)
      assertNoPlainHttp(story)
    })

    test(`${what} logs nobody out by a token, and both the answer and the log say so`, async (t) => {
      const story = await create(t)
      await story.comeBack(await story.begin())
      const other = await create(t, { metadata: { jwks_uri: address } })
      for (const key of [undefined, forgersKey, Buffer.from(clientSecret)]) {
        const header = { typ: 'logout+jwt', ...key instanceof Buffer ? { alg: 'HS256' } : {} }
        const answer = await say(other, await other.fake.sign(logout(), header, key))
        assert.deepEqual([answer.statusCode, answer.json().code], [500, 'FST_LOGIN_OIDC_MISCONFIGURED'])
        assert.match(answer.json().message, /names no keys over https \(jwks_uri\)/)
      }
      const told = other.logged.filter(({ msg }) => /logouts of the provider will be refused/.test(String(msg)))
      assert.ok(told.some(({ level }) => Number(level) >= 50))
      assertNoPlainHttp(other)
    })

    test(`${what}, and signs ID tokens with the client secret, logs users in, and out by no token`, async (t) => {
      const shared = { header: { alg: 'HS256', kid: undefined }, signWith: Buffer.from(clientSecret) }
      const metadata = { jwks_uri: address, id_token_signing_alg_values_supported: ['HS256'] }
      const story = await create(t, { ...shared, metadata }, { idTokenAlgorithm: 'HS256' })
      await story.comeBack(await story.begin())
      assert.equal(await story.userOf(), 'ada')
      for (const [header, key] of [
        [{ alg: 'HS256' }, Buffer.from(clientSecret)], [{}, forgersKey], [{ alg: 'none' }, undefined], [{}, undefined]
      ] as const) {
        const answer = await say(story, await story.fake.sign(logout(), header, key))
        assert.deepEqual([answer.statusCode, answer.json().code], [500, 'FST_LOGIN_OIDC_MISCONFIGURED'])
      }
      assert.equal(await story.userOf(), 'ada')
      assertNoPlainHttp(story)
    })
  }

  test('loses its keys while the site runs is known by what it said before', async (t) => {
    t.mock.timers.enable({ apis: ['Date'], now: Date.now() })
    const story = await create(t)
    await story.comeBack(await story.begin())
    t.mock.timers.setTime(Date.now() + 3_601_000)
    story.fake.faked = { metadata: { jwks_uri: 'http://op.test/jwks' } }
    for (let turn = 0; turn < 3; turn++) {
      assert.equal((await say(story, await story.fake.sign(logout()))).statusCode, 200)
      for (let wait = 0; wait < 20; wait++) await new Promise((resolve) => setImmediate(resolve))
    }
    assert.match(JSON.stringify(story.logged), /goes on with what it knew/)
    assertNoPlainHttp(story)
  })

  test('has its keys at another host is believed by those, as long as that host speaks https', async (t) => {
    const story = await create(t, { metadata: { jwks_uri: 'https://keys.test/jwks' } })
    const own = story.world.intercept
    story.world.intercept = (asked) => asked.url === 'https://keys.test/jwks' ? story.fake.intercept(asked) : own(asked)
    await story.comeBack(await story.begin())
    assert.equal(await story.userOf(), 'ada')
    assert.equal((await say(story, await story.fake.sign(logout()))).statusCode, 200)
    assert.equal(await story.userOf(), null)
  })
})

const plain = (name: string) => ({ [name]: `http://op.test/${name}` })

describe('an address over plain http is treated as if the provider had none, and the log says so:', () => {
  for (const name of ['authorization_endpoint', 'token_endpoint'] as const) {
    test(`${name}, without which nobody logs in`, async (t) => {
      const story = await create(t, { metadata: plain(name) })
      const page = name === 'token_endpoint'
        ? await story.comeBack(await story.begin())
        : await story.browser.go(`${siteOrigin}/login`)
      assert.equal(page.response.statusCode, 500)
      assert.equal(await story.userOf(), null)
      assertSaid(story, name)
    })
  }

  test('userinfo_endpoint, without which nobody logs in whose userinfo is asked for', async (t) => {
    const story = await create(t, { metadata: plain('userinfo_endpoint') }, { userinfo: true })
    assert.equal((await story.comeBack(await story.begin())).response.statusCode, 500)
    assertSaid(story, 'userinfo_endpoint')
    const other = await create(t, { metadata: plain('userinfo_endpoint') })
    await other.comeBack(await other.begin())
    assert.equal(await other.userOf(), 'ada')
  })

  test('pushed_authorization_request_endpoint, without which nobody logs in where requests are pushed', async (t) => {
    const story = await create(t, { metadata: plain('pushed_authorization_request_endpoint') }, { pushRequest: true })
    assert.equal((await story.browser.go(`${siteOrigin}/login`)).response.statusCode, 500)
    assertSaid(story, 'pushed_authorization_request_endpoint')
  })

  test('end_session_endpoint and revocation_endpoint, without which users are logged out here alone', async (t) => {
    const metadata = { ...plain('end_session_endpoint'), ...plain('revocation_endpoint') }
    const story = await create(t, { metadata, token: { refresh_token: 'refresh' } })
    await story.comeBack(await story.begin())
    const answer = await story.browser.request(`${siteOrigin}/logout`, { method: 'POST' })
    assert.equal(answer.headers.location, '/')
    assert.equal(await story.userOf(), null)
    for (let turn = 0; turn < 20; turn++) await new Promise((resolve) => setImmediate(resolve))
    assertSaid(story, 'end_session_endpoint, revocation_endpoint')
  })

  function assertSaid (story: FakeStory, names: string): void {
    const words = `does not use ${names} of the provider: they must be https URLs`
    assert.ok(story.logged.some(({ msg }) => String(msg).includes(words)))
    assertNoPlainHttp(story)
  }

  test('a provider on this machine may name plain http there, and not of any other host', async (t) => {
    const local = 'http://localhost:3001'
    const site = new Registrations([local, 'http://far.test'])
    await site.start(t, { registrations: { '/a': site.at(local) } })
    await site.logIn('/a')
    assert.equal((await site.json<{ user: string }>('/a/whoami')).user, `${local} ada`)
    for (const name of ['token_endpoint', 'jwks_uri']) {
      site.fake(local).faked = { metadata: { [name]: 'http://far.test/token' } }
      await site.start(t, { registrations: { '/a': site.at(local) } })
      const visitor = new WebBrowser(site.world)
      const asked = await site.askedOf('http://far.test', async () => {
        await site.comeBack('/a/oidc/callback', await site.begin('/a/login', visitor), visitor)
      })
      assert.deepEqual(asked, [], name)
    }
  })
})

describe('keys that a token brings along are not believed:', () => {
  for (const embed of ['jwk', 'jku', 'x5u', 'x5c'] as const) {
    test(embed, async (t) => {
      const evil = 'https://evil.test/jwks'
      const jwk = await exportJWK(forgersPublicKey)
      const header = { [embed]: { jwk, jku: evil, x5u: evil, x5c: ['bm90IGEgY2VydGlmaWNhdGU='] }[embed], kid: 'forged' }
      const story = await create(t)
      const own = story.world.intercept
      const forged = { keys: [{ ...jwk, kid: 'forged', alg: 'ES256' }] }
      story.world.intercept = (asked) => asked.url.startsWith(evil) ? Response.json(forged) : own(asked)
      await story.comeBack(await story.begin())
      for (const kid of ['forged', story.fake.kid]) {
        const token = await story.fake.sign(logout(), { ...header, kid }, forgersKey)
        assert.equal((await say(story, token)).statusCode, 400)
        assert.equal(await story.userOf(), 'ada')
      }
      const other = await create(t, { header: { ...header, kid: story.fake.kid }, signWith: forgersKey })
      assert.equal((await other.comeBack(await other.begin())).response.statusCode, 400)
      assert.deepEqual([...story.world.asked, ...other.world.asked].filter(({ url }) => url.startsWith(evil)), [])
    })
  }
})

test('no redirect of the provider is followed, of its keys or of anything else', async (t) => {
  const elsewhere = () => new Response(null, { status: 302, headers: { location: 'https://evil.test/jwks' } })
  const modes = new Set<unknown>()
  const story = await create(t, {}, {})
  const fetch: CustomFetch = (url, asked) => {
    modes.add(asked.redirect)
    return story.world.fetch(url, asked)
  }
  const spied = await create(t, {}, { fetch })
  story.world.intercept = (asked) => spied.fake.intercept(asked)
  await spied.comeBack(await spied.begin())
  assert.equal((await say(spied, await spied.fake.sign(logout()))).statusCode, 200)
  assert.deepEqual([...modes], ['manual'])
  for (const at of ['/jwks', '/token', '/.well-known/openid-configuration']) {
    const redirecting = await create(t, { answers: { [at]: elsewhere } })
    const page = at.startsWith('/.well-known')
      ? await redirecting.browser.go(`${siteOrigin}/login`)
      : await redirecting.comeBack(await redirecting.begin())
    assert.equal(page.response.statusCode, 503, at)
    if (at === '/jwks') assert.equal((await say(redirecting, await redirecting.fake.sign(logout()))).statusCode, 503)
    assert.deepEqual(redirecting.world.asked.filter(({ url }) => url.includes('evil')), [])
  }
})
