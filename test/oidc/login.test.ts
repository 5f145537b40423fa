/** What logging in at a provider promises, against a real one. */
import assert from 'node:assert/strict'
import { describe, test } from 'node:test'
import cookie from '@fastify/cookie'
import formbody from '@fastify/formbody'
import type { LightMyRequestResponse } from 'fastify'
import { ClientSecretJwt } from 'openid-client'
import { createFakeStory } from './support/fake-provider.ts'
import { issuer, siteOrigin } from './support/provider.ts'
import { clientSecret } from './support/site.ts'
import { createStory } from './support/story.ts'
import { WebBrowser, attemptsOf } from './support/world.ts'

test('a visitor who opens a guarded page logs in at the provider, and gets the page', async (t) => {
  const { browser, whoami, identities, events } = await createStory(t)
  const { url, response } = await browser.go(`${siteOrigin}/dashboard?tab=2`)
  assert.equal(url.href, `${siteOrigin}/dashboard?tab=2`)
  assert.equal(response.body, 'dashboard of ada')
  assert.deepEqual({ ...await whoami(), login: null }, { user: 'ada', fresh: true, login: null, lapse: null })
  const [{ claims, userinfo, tokens, provider }] = identities as [typeof identities[number]]
  assert.deepEqual([claims.iss, claims.sub, userinfo, provider], [issuer, 'ada', null, 'default'])
  assert.ok(tokens.accessToken && tokens.idToken && tokens.refreshToken)
  assert.ok(Math.abs((tokens.expiresAt as number) - Date.now() / 1000 - 600) < 5)
  assert.deepEqual(events, ['userLoggedIn'])
})

test('a visitor who wants nothing in particular goes to afterLogin', async (t) => {
  const { browser } = await createStory(t, { oidc: { afterLogin: '/dashboard' } })
  assert.equal((await browser.go(`${siteOrigin}/login`)).url.pathname, '/dashboard')
})

test('who is logged in already is not sent to the provider again', async (t) => {
  const { browser, world } = await createStory(t)
  await browser.go(`${siteOrigin}/login`)
  const asked = world.asked.length
  const { url } = await browser.go(`${siteOrigin}/login?next=/dashboard`)
  assert.equal(url.href, `${siteOrigin}/dashboard`)
  assert.equal(world.asked.length, asked)
})

test('who is logged in already, and wants nothing in particular, goes to afterLogin as well', async (t) => {
  const { browser, app } = await createStory(t, { oidc: { afterLogin: '/dashboard' } })
  await browser.go(`${siteOrigin}/login`)
  for (const path of ['/login', '/register', '/login?next=//evil.test']) assert.equal((await browser.go(siteOrigin + path)).url.href, `${siteOrigin}/dashboard`, path)
  const carried = browser.cookies.filter(({ host }) => host === 'app.test').map(({ name, value }) => `${name}=${value}`).join('; ')
  const program = await app.inject({ url: '/login', headers: { cookie: carried, accept: 'application/json', 'user-agent': 'Firefox' } })
  assert.deepEqual([program.statusCode, program.json().code], [403, 'FST_LOGIN_ALREADY_LOGGED_IN'])
})

test('a page of a longer address than a cookie should hold is given up for afterLogin', async (t) => {
  const { browser } = await createStory(t, { oidc: { afterLogin: '/dashboard' } })
  assert.equal((await browser.go(`${siteOrigin}/login?next=/?${'q'.repeat(511)}`)).url.href, `${siteOrigin}/dashboard`)
})

test('a site that parses its cookies elsewhere, and forms by itself, logs in and out all the same', async (t) => {
  const { browser, whoami } = await createStory(t, {
    before: async (app) => {
      await app.register(cookie, { hook: false })
      await app.register(formbody)
    }
  })
  assert.equal((await browser.go(`${siteOrigin}/dashboard`)).response.body, 'dashboard of ada')
  await browser.submit(`${siteOrigin}/logout`, { of: 'a form' })
  assert.equal((await whoami()).user, null)
})

test('userinfo is asked for where the option says so, and given to toUser', async (t) => {
  const { browser, identities } = await createStory(t, { oidc: { userinfo: true } })
  await browser.go(`${siteOrigin}/dashboard`)
  assert.equal(identities[0]?.userinfo?.email, 'ada@example.org')
})

test('two tabs that log in at the same time both finish, each where it wanted to go', async (t) => {
  const { browser } = await createStory(t)
  const [one, other] = [await browser.go(`${siteOrigin}/login?next=/dashboard`, { until: `${siteOrigin}/oidc` }), await browser.go(`${siteOrigin}/login?next=/vault`, { until: `${siteOrigin}/oidc` })]
  const address = ({ response }: { response: LightMyRequestResponse }) => String(response.headers.location)
  assert.equal((await browser.go(address(other))).url.pathname, '/vault')
  assert.equal((await browser.go(address(one))).url.pathname, '/dashboard')
})

test('the cookie of an attempt is sealed, Lax, HttpOnly, for ten minutes, and no other host of the domain can plant it', async (t) => {
  const { browser } = await createFakeStory(t)
  const response = await browser.request(`${siteOrigin}/login`)
  const [attempt, ...others] = response.cookies
  assert.deepEqual(others, [])
  // What browsers ask of a cookie of this name: Secure, for the whole site, and without a Domain (RFC 6265bis, 4.1.3.2).
  assert.match(attempt?.name ?? '', /^__Host-oidc_[\w-]{16}$/)
  assert.deepEqual([attempt?.secure, attempt?.path, attempt?.domain], [true, '/', undefined])
  assert.deepEqual([attempt?.httpOnly, attempt?.sameSite, attempt?.maxAge], [true, 'Lax', 600])
  assert.ok(`${attempt?.name}=${attempt?.value}`.length < 500)
  const asked = new URL(String(response.headers.location)).searchParams
  for (const secret of [asked.get('state'), asked.get('nonce')]) assert.equal(attempt?.value.includes(secret as string), false)
  assert.equal(response.headers['cache-control'], 'no-store')
})

test('a browser has at most four attempts under way, whatever it is made to begin', async (t) => {
  const story = await createFakeStory(t)
  const first = await story.begin()
  for (let more = 0; more < 9; more++) await story.begin(`/login?next=/${'n'.repeat(500)}`)
  const last = await story.begin('/login?next=/dashboard')
  const kept = attemptsOf(story.browser)
  assert.equal(kept.length, 4)
  assert.ok(kept.reduce((sum, { name, value }) => sum + name.length + value.length, 0) < 4096)
  assert.equal((await story.comeBack(first)).response.statusCode, 400)
  story.fake.nonce = last.nonce
  assert.equal((await story.comeBack(last)).url.pathname, '/dashboard')
})

test('the Back button of somebody who is in leads to the site, and not to an error', async (t) => {
  const story = await createFakeStory(t)
  const attempt = await story.begin()
  await story.comeBack(attempt)
  const again = await story.comeBack(attempt)
  assert.equal(again.url.href, `${siteOrigin}/`)
  assert.equal(again.response.statusCode, 200)
})

describe('a user whom the site does not want gets a page, never a circle', () => {
  test('where toUser gives nobody', async (t) => {
    const { browser, whoami } = await createStory(t, { oidc: { toUser: () => null } })
    const { response } = await browser.go(`${siteOrigin}/dashboard`)
    assert.equal(response.statusCode, 403)
    assert.match(response.body, /There is no account for you here/)
    assert.equal((await whoami()).user, null)
  })

  test('where the user is not active', async (t) => {
    const { browser, users } = await createStory(t)
    users.set('ada', { id: 'ada', name: 'Ada', isActive: false })
    assert.equal((await browser.go(`${siteOrigin}/dashboard`)).response.statusCode, 403)
  })

  test('where the loader does not find the user afterwards', async (t) => {
    const { browser } = await createStory(t, { options: { loadUser: () => null } })
    const { response } = await browser.go(`${siteOrigin}/dashboard`)
    assert.equal(response.statusCode, 403)
    assert.match(response.body, /not let in/)
    assert.equal(browser.visited.filter((address) => address.includes('/oidc/callback')).length, 3)
    assert.notEqual((await browser.go(`${siteOrigin}/login`)).url.pathname, '/login', 'once told, a visitor may try again')
  })
})

test('logging in and out many times is no circle', async (t) => {
  const { browser } = await createStory(t)
  for (let time = 0; time < 5; time++) {
    assert.equal((await browser.go(`${siteOrigin}/dashboard`)).response.statusCode, 200)
    await browser.request(`${siteOrigin}/logout`, { method: 'POST' })
  }
})

test('a toUser that fails logs nobody in', async (t) => {
  const story = await createFakeStory(t, { oidc: { toUser: async () => { throw new Error('the database is down') } } })
  assert.equal((await story.comeBack(await story.begin())).response.statusCode, 500)
  assert.equal(await story.userOf(), null)
})

test('what toUser returns is not believed: without a valid user nobody is logged in, and the error names toUser', async (t) => {
  for (const found of [{}, [], [{ id: 'ada' }], { rows: [{ id: 'ada' }] }, Response.json({ id: 'ada' }), { id: 2 ** 53 }, 'ada', 1, true]) {
    for (const toUser of [() => found, async () => found]) {
      const story = await createFakeStory(t, { oidc: { toUser: toUser as never } })
      const { response } = await story.comeBack(await story.begin())
      assert.equal(response.statusCode, 500)
      assert.equal(response.json().code, 'FST_LOGIN_INVALID_USER')
      assert.match(response.json().message, /^fastify-login: the option toUser of fastify-login\/oidc returned /)
      assert.equal(await story.userOf(), null)
    }
  }
  for (const nobody of [false, '', undefined]) {
    const story = await createFakeStory(t, { oidc: { toUser: (() => nobody) as never } })
    assert.equal((await story.comeBack(await story.begin())).response.statusCode, 403)
  }
})

test('an error that is not about the user that toUser found is told as it is', async (t) => {
  const story = await createFakeStory(t, { options: { authHash: () => { throw new Error('no hash') } } })
  const { response } = await story.comeBack(await story.begin())
  assert.deepEqual([response.statusCode, response.json().message], [500, 'no hash'])
  assert.equal(await story.userOf(), null)
})

test('a login is remembered where the option says so', async (t) => {
  const { browser, whoami } = await createStory(t, { oidc: { remember: true } })
  await browser.go(`${siteOrigin}/dashboard`)
  browser.cookies = browser.cookies.filter(({ host, name }) => host === 'app.test' && name !== 'login')
  assert.deepEqual([(await whoami()).user, (await whoami()).fresh], ['ada', false])
})

test('where every route needs a login, those that log in do not', async (t) => {
  const { browser } = await createStory(t, { options: { defaultLogin: 'required', loginPath: '/login' } })
  assert.equal((await browser.go(`${siteOrigin}/dashboard`)).response.body, 'dashboard of ada')
})

test('another user who logs in takes the place of the one before', async (t) => {
  const story = await createFakeStory(t, { options: { loginPath: '/login' } })
  const attempt = await story.begin()
  await story.comeBack(attempt)
  const before = story.browser.copy()
  const second = { ...attempt, ...await beginUnasked(story) }
  story.fake.faked = { claims: { sub: 'grace' } }
  story.fake.nonce = second.nonce
  await story.comeBack(second)
  assert.equal(await story.userOf(), 'grace')
  assert.equal(await story.userOf(before), null)
})

/** An attempt of a tab that was opened before anybody was logged in. */
async function beginUnasked ({ browser, world }: { browser: WebBrowser, world: WebBrowser['world'] }) {
  const tab = new WebBrowser(world)
  const { response } = await tab.go(`${siteOrigin}/login`, { until: issuer })
  browser.cookies.push(...attemptsOf(tab))
  const { state = '', nonce = '' } = Object.fromEntries(new URL(String(response.headers.location)).searchParams)
  return { state, nonce }
}

test('a login takes the time of a few requests', async (t) => {
  const { world } = await createStory(t)
  await new WebBrowser(world).go(`${siteOrigin}/dashboard`)
  const began = performance.now()
  for (let time = 0; time < 10; time++) await new WebBrowser(world).go(`${siteOrigin}/dashboard`)
  assert.ok(performance.now() - began < 3000)
})

describe('registering', () => {
  test('happens at the provider, with prompt=create, where it can', async (t) => {
    const { browser, op, whoami } = await createStory(t, {}, { registers: true })
    const { url } = await browser.go(`${siteOrigin}/register?next=/dashboard`)
    assert.equal(url.href, `${siteOrigin}/dashboard`)
    assert.equal(op.prompts[0], 'create')
    assert.equal((await whoami()).user, 'ada')
  })

  test('happens at registerUrl where it cannot', async (t) => {
    const { browser } = await createFakeStory(t, { oidc: { registerUrl: 'https://op.test/sign-up?app=1' } })
    assert.equal((await browser.request(`${siteOrigin}/register`)).headers.location, 'https://op.test/sign-up?app=1')
  })

  test('is a log-in where there is neither', async (t) => {
    const { browser, op } = await createStory(t)
    assert.equal((await browser.go(`${siteOrigin}/register?next=/dashboard`)).url.pathname, '/dashboard')
    assert.deepEqual(op.prompts, ['login'])
  })

  test('a user who comes from registering straight to a guarded page gets it without a further question', async (t) => {
    const { browser, op } = await createStory(t)
    await browser.go(`${siteOrigin}/dashboard`)
    browser.cookies = browser.cookies.filter(({ host }) => host === 'op.test')
    assert.equal((await browser.go(`${siteOrigin}/dashboard`)).response.body, 'dashboard of ada')
    assert.deepEqual(op.prompts, ['login'], 'the session at the provider was enough')
  })
})

test('authorization parameters go to the provider, and PAR is used where it is required', async (t) => {
  const { browser, world } = await createStory(t, { oidc: { authorizationParameters: { ui_locales: 'de' } } }, {
    configuration: { features: { pushedAuthorizationRequests: { enabled: true, requirePushedAuthorizationRequests: true } } }
  })
  assert.equal((await browser.go(`${siteOrigin}/dashboard`)).response.body, 'dashboard of ada')
  const pushed = world.asked.find(({ url }) => url === `${issuer}/request`)
  assert.equal(new URLSearchParams(pushed?.body).get('ui_locales'), 'de')
  const front = browser.visited.find((address) => address.startsWith(`${issuer}/auth?`)) as string
  assert.deepEqual([...new URL(front).searchParams.keys()].sort(), ['client_id', 'request_uri'])
})

test('a client proves itself with a function of openid-client where that is configured', async (t) => {
  const { browser } = await createStory(t, { oidc: { clientAuthentication: ClientSecretJwt(clientSecret) } }, { client: { token_endpoint_auth_method: 'client_secret_jwt' } })
  assert.equal((await browser.go(`${siteOrigin}/dashboard`)).response.body, 'dashboard of ada')
})

test('a client that the provider wants to post its secret does so, and a public one has none', async (t) => {
  for (const method of ['client_secret_basic', 'client_secret_post', 'none'] as const) {
    const { browser } = await createStory(t,
      { oidc: method === 'none' ? { clientSecret: undefined as never } : { clientAuthentication: method } },
      { client: { token_endpoint_auth_method: method, ...method === 'none' ? { client_secret: undefined as never } : {} } })
    assert.equal((await browser.go(`${siteOrigin}/dashboard`)).response.body, 'dashboard of ada', method)
  }
})
