/** What a provider gave is sent to no other provider, client or registration, and proves nothing to them. */
import assert from 'node:assert/strict'
import { randomUUID } from 'node:crypto'
import { describe, test, type TestContext } from 'node:test'
import { MemoryStore, type LoginStore } from 'fastify-login'
import type { Identity, OidcOptions } from 'fastify-login/oidc'
import { siteOrigin } from './support/provider.ts'
import { Registrations } from './support/registrations.ts'
import { WebBrowser } from './support/world.ts'

const [one, two] = ['https://one.test', 'https://two.test'] as const

const ways: Array<[string, () => { store: LoginStore | undefined, keepTokens: boolean }]> = [
  ['without a store', () => ({ store: undefined, keepTokens: false })],
  ['with a store', () => ({ store: new MemoryStore(), keepTokens: true })]
]

function create (): Registrations {
  const site = new Registrations([one, two])
  for (const issuer of [one, two]) {
    site.fake(issuer).faked = {
      token: {
        access_token: `a-secret-access-token-of-${issuer}`, refresh_token: `a-secret-refresh-token-of-${issuer}`
      },
      metadata: { end_session_endpoint: `${issuer}/end`, revocation_endpoint: `${issuer}/revoke` },
      answers: { '/revoke': () => new Response(null, { status: 200 }) }
    }
  }
  return site
}

function stopClock (t: TestContext) {
  t.mock.timers.enable({ apis: ['Date'], now: Date.now() })
  return (seconds: number) => t.mock.timers.setTime(Date.now() + seconds * 1000)
}

function claim (site: Registrations, issuer: string, claims: Record<string, unknown>): void {
  site.fake(issuer).faked = { ...site.fake(issuer).faked, claims }
}

const now = () => Math.floor(Date.now() / 1000)

/** What a site of one registration becomes: another issuer, another client, or another name of the provider. */
const moves: Array<[string, (site: Registrations, keepTokens: boolean) => Partial<OidcOptions>]> = [
  ['another issuer under the same name', (site, keepTokens) => site.at(two, { keepTokens })],
  ['another client of the same issuer', (site, keepTokens) => site.at(one, { keepTokens, clientId: 'another' })],
  ['another one of several under the same name', (site, keepTokens) => ({
    keepTokens, providers: { default: site.at(two) } as never
  })]
]

for (const [way, setup] of ways) {
  describe(`where a site moves to another provider, ${way},`, () => {
    for (const [what, moved] of moves) {
      test(`the tokens of logged-in users go nowhere, and they are logged out here alone: ${what}`, async (t) => {
        const advance = stopClock(t)
        const site = create()
        const { store, keepTokens } = setup()
        await site.start(t, { ...store && { store }, registrations: { '/a': site.at(one, { keepTokens }) } })
        await site.logIn('/a')
        await site.start(t, { ...store && { store }, registrations: { '/a': moved(site, keepTokens) } })
        assert.equal((await site.json<{ user: string }>('/a/whoami')).user, `${one} ada`, 'the login lives on')
        for (const seconds of keepTokens ? [0, 601] : []) {
          advance(seconds)
          assert.deepEqual(await site.askedOf('', async () => {
            assert.deepEqual(await site.json('/a/tokens'), { tokens: null })
          }), [])
        }
        const asked = await site.askedOf('', async () => assert.equal(await site.logOut('/a'), '/'))
        assert.deepEqual(asked.filter((line) => line.includes('secret') || line.includes('eyJ')), [])
        assert.equal((await site.json<{ user: null }>('/a/whoami')).user, null)
      })

      test(`a log-in that is under way comes back to nobody: ${what}`, async (t) => {
        const site = create()
        const { store, keepTokens } = setup()
        await site.start(t, { ...store && { store }, registrations: { '/a': site.at(one, { keepTokens }) } })
        const attempt = await site.begin('/a/login')
        const registration = moved(site, keepTokens)
        await site.start(t, { ...store && { store }, registrations: { '/a': registration } })
        const callback = registration.providers === undefined ? '/a/oidc/callback' : '/a/oidc/callback/default'
        const asked = await site.askedOf('', async () => {
          assert.equal((await site.comeBack(callback, attempt)).response.statusCode, 400)
        })
        assert.deepEqual(asked, [], 'the code is told to nobody')
        assert.equal((await site.json<{ user: null }>('/a/whoami')).user, null)
      })
    }

    test('a user proves who they are at the new provider as whoever toUser gives', async (t) => {
      const advance = stopClock(t)
      const site = create()
      const { store } = setup()
      const accounts: Record<string, string> = {
        [`${one} ada`]: 'Ada', [`${two} another name`]: 'Ada', [`${two} ada`]: 'somebody else called ada'
      }
      const userIdOf = ({ claims }: Identity) => accounts[`${claims.iss} ${claims.sub}`] as string
      const prove = async () => await site.comeBack('/a/oidc/callback', await site.begin('/a/reauthenticate'))
      await site.start(t, { ...store && { store }, registrations: { '/a': site.at(one) }, userIdOf })
      await site.logIn('/a')
      await site.start(t, { ...store && { store }, registrations: { '/a': site.at(two) }, userIdOf })
      advance(301)
      claim(site, two, { sub: 'ada', auth_time: now() })
      assert.equal((await prove()).response.statusCode, 403, 'the same subject of another issuer is another user')
      assert.deepEqual(await site.json('/a/whoami'), { user: 'Ada', fresh: false })
      claim(site, two, { sub: 'another name', auth_time: now() })
      assert.equal((await prove()).response.statusCode, 302)
      assert.deepEqual(await site.json('/a/whoami'), { user: 'Ada', fresh: true })
      const end = await site.logOut('/a')
      assert.match(end, /^https:\/\/two\.test\/end\?.*id_token_hint=/, 'from then on the login is of the new provider')
    })
  })

  describe(`where two registrations share a realm, ${way},`, () => {
    async function start (t: TestContext): Promise<Registrations> {
      const site = create()
      const { store, keepTokens } = setup()
      const registrations = { '/a': site.at(one, { keepTokens }), '/b': site.at(two, { keepTokens }) }
      await site.start(t, { ...store && { store }, registrations })
      return site
    }

    test('the logout of the other one logs out here alone, and tells its provider nothing', async (t) => {
      const site = await start(t)
      await site.logIn('/a')
      const asked = await site.askedOf('', async () => assert.equal(await site.logOut('/b'), '/'))
      assert.deepEqual(asked, [])
      assert.equal((await site.json<{ user: null }>('/a/whoami')).user, null)
      await site.logIn('/b')
      assert.match(await site.logOut('/b'), /^https:\/\/two\.test\/end\?/)
    })

    test('the answer to an attempt of one is worth nothing at the other, and its code goes nowhere', async (t) => {
      const site = await start(t)
      const attempt = await site.begin('/a/login')
      const asked = await site.askedOf('', async () => {
        assert.equal((await site.comeBack('/b/oidc/callback', attempt)).response.statusCode, 400)
      })
      assert.deepEqual(asked, [])
      assert.equal((await site.json<{ user: null }>('/b/whoami')).user, null)
    })

    test('a user of one may prove who they are at the other only where toUser gives the same user', async (t) => {
      const advance = stopClock(t)
      const site = await start(t)
      await site.logIn('/a')
      advance(301)
      claim(site, two, { auth_time: now() })
      const { response } = await site.comeBack('/b/oidc/callback', await site.begin('/b/reauthenticate'))
      assert.equal(response.statusCode, 403)
      assert.deepEqual(await site.json('/b/whoami'), { user: `${one} ada`, fresh: false })
    })
  })
}

test('the tokens of one registration are not given out by another, nor refreshed at its provider', async (t) => {
  const advance = stopClock(t)
  const site = create()
  const keepTokens = true
  const registrations = { '/a': site.at(one, { keepTokens }), '/b': site.at(two, { keepTokens }) }
  await site.start(t, { store: new MemoryStore(), registrations })
  await site.logIn('/a')
  for (const seconds of [0, 601]) {
    advance(seconds)
    const asked = await site.askedOf(two, async () => assert.deepEqual(await site.json('/b/tokens'), { tokens: null }))
    assert.deepEqual(asked, [])
  }
  const { tokens } = await site.json<{ tokens: { accessToken: string } }>('/a/tokens')
  assert.equal(tokens.accessToken, `a-secret-access-token-of-${one}`, 'its own registration refreshes them')
  const revoked = await site.askedOf(one, async () => await site.logOut('/a'))
  assert.ok(revoked.some((line) => line.startsWith(`${one}/revoke token=a-secret-refresh-token`)))
})

test('two registrations of one client are two for an attempt: each has its own address to come back to', async (t) => {
  const site = create()
  await site.start(t, { registrations: { '/a': site.at(one), '/b': site.at(one) } })
  const attempt = await site.begin('/a/login')
  assert.equal((await site.comeBack('/b/oidc/callback', attempt)).response.statusCode, 400)
  await site.logIn('/a')
  const end = await site.logOut('/b')
  assert.match(end, /^https:\/\/one\.test\/end\?/, 'and one for a logout: it is the same client of the same issuer')
})

describe('a logout token ends', () => {
  const path = '/oidc/back-channel-logout'
  const backChannelLogout = { paths: { backChannelLogout: path } }
  const events = { 'http://schemas.openid.net/event/backchannel-logout': {} }
  const claims = (iss: string, more = {}) => ({
    iss, aud: 'site', sub: 'ada', sid: 'one', iat: now(), exp: now() + 120, jti: randomUUID(), events, ...more
  })

  async function tell (site: Registrations, prefix: string, issuer: string, more = {}): Promise<number> {
    const token = await site.fake(issuer).sign(claims(issuer, more), { typ: 'logout+jwt' })
    const headers = { 'content-type': 'application/x-www-form-urlencoded' }
    const payload = `logout_token=${token}`
    return (await site.app.inject({ method: 'POST', url: prefix + path, payload, headers })).statusCode
  }

  test('nothing of the same name at another issuer, or of another client', async (t) => {
    const site = create()
    const store = new MemoryStore()
    const registrations = {
      '/a': site.at(one, backChannelLogout),
      '/b': site.at(two, backChannelLogout),
      '/c': site.at(one, { ...backChannelLogout, clientId: 'another' })
    }
    await site.start(t, { store, registrations })
    claim(site, one, { sid: 'one' })
    await site.logIn('/a')
    assert.equal(await tell(site, '/b', two), 200)
    assert.equal(await tell(site, '/c', one, { aud: 'another' }), 200)
    assert.equal(await tell(site, '/b', one), 400, 'its issuer is none of that registration')
    assert.equal(await tell(site, '/a', two), 400)
    assert.equal((await site.json<{ user: string }>('/a/whoami')).user, `${one} ada`)
    assert.equal(await tell(site, '/a', one), 200)
    assert.equal((await site.json<{ user: null }>('/a/whoami')).user, null)
  })

  test('what it names while another provider of the site, which knows it by the same client id, is down', async (t) => {
    const site = create()
    const providers = { first: site.at(two), second: site.at(one) } as never
    await site.start(t, { store: new MemoryStore(), registrations: { '/a': { ...backChannelLogout, providers } } })
    claim(site, one, { sid: 'one' })
    const attempt = await site.begin('/a/login?provider=second')
    await site.comeBack('/a/oidc/callback/second', attempt)
    assert.equal((await site.json<{ user: string }>('/a/whoami')).user, `${one} ada`)
    site.fakes.delete(two)
    assert.equal(await tell(site, '/a', one), 200)
    assert.equal((await site.json<{ user: null }>('/a/whoami')).user, null)
  })

  test('a login of its own realm, and leaves that of another realm to the route of that realm', async (t) => {
    const site = create()
    await site.start(t, {
      store: new MemoryStore(),
      registrations: {
        '/a': site.at(one, backChannelLogout), '/b': site.at(one, { ...backChannelLogout, cookieName: 'staff' })
      },
      realms: { '/b': 'admin' }
    })
    claim(site, one, { sid: 'one' })
    await site.logIn('/a')
    const admin = new WebBrowser(site.world)
    await site.logIn('/b', admin)
    const userAt = async (path: string, browser?: WebBrowser) => (await site.json<{ user: string }>(path, browser)).user
    const users = async () => [await userAt('/a/whoami'), await userAt('/b/whoami', admin)]
    assert.deepEqual(await users(), [`${one} ada`, `${one} ada`])
    assert.equal(await tell(site, '/b', one), 200)
    assert.deepEqual(await users(), [`${one} ada`, null])
    assert.equal(await tell(site, '/a', one), 200)
    assert.deepEqual(await users(), [null, null])
  })
})

test('the boot stops where registrations for two kinds of users would overwrite each other\'s cookies', async (t) => {
  const site = create()
  const setup = { registrations: { '/a': site.at(one), '/b': site.at(one) }, realms: { '/b': 'admin' } }
  const message = /cookieName .* another realm/
  await assert.rejects(site.start(t, setup), { code: 'FST_LOGIN_INVALID_OPTION', message })
  const registrations = { ...setup.registrations, '/b': site.at(one, { cookieName: 'staff' }) }
  await site.start(t, { ...setup, registrations })
  await site.logIn('/a')
  await site.logIn('/b')
  assert.match(await site.logOut('/a'), /^https:\/\/one\.test\/end\?.*id_token_hint=/)
  assert.match(await site.logOut('/b'), /^https:\/\/one\.test\/end\?.*id_token_hint=/)
})

test('the cookies of one realm are worth nothing to the registration of another', async (t) => {
  for (const store of [undefined, new MemoryStore()]) {
    const site = create()
    await site.start(t, {
      ...store && { store },
      registrations: { '/a': site.at(one), '/b': site.at(one, { cookieName: 'staff' }) },
      realms: { '/b': 'admin' }
    })
    const attempt = await site.begin('/a/login')
    site.browser.cookies = site.browser.cookies.map((cookie) => {
      return { ...cookie, name: cookie.name.replace('oidc_', 'staff_') }
    })
    assert.equal((await site.comeBack('/b/oidc/callback', attempt)).response.statusCode, 400)
    assert.equal((await site.browser.request(`${siteOrigin}/b/whoami`)).json().user, null)
  }
})
