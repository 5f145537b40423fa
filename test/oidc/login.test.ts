/** What logging in at a provider promises, against a real one. */
import assert from 'node:assert/strict'
import { describe, test } from 'node:test'
import type { LightMyRequestResponse } from 'fastify'
import { createFakeStory } from './support/fake-provider.ts'
import { issuer, siteOrigin } from './support/provider.ts'
import { createStory } from './support/story.ts'
import { WebBrowser } from './support/world.ts'

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

test('the cookie of an attempt is sealed, Lax, HttpOnly, Secure, for ten minutes, and goes to the callback alone', async (t) => {
  const { browser } = await createFakeStory(t)
  const response = await browser.request(`${siteOrigin}/login`)
  const [attempt, rounds] = [response.cookies.find(({ path }) => path === '/oidc/callback'), response.cookies.find(({ path }) => path === '/')]
  assert.match(attempt?.name ?? '', /^__Secure-oidc_[\w-]{16}$/)
  assert.equal(rounds?.name, '__Host-oidc_rounds')
  for (const cookie of [attempt, rounds]) {
    assert.deepEqual([cookie?.httpOnly, cookie?.secure, cookie?.sameSite, cookie?.maxAge, cookie?.domain], [true, true, 'Lax', 600, undefined])
    assert.ok(`${cookie?.name}=${cookie?.value}`.length < 1000)
  }
  assert.equal(attempt?.value.includes('verifier'), false)
  assert.equal(response.headers['cache-control'], 'no-store')
})

test('a browser has at most four attempts under way, whatever it is made to begin', async (t) => {
  const story = await createFakeStory(t)
  const first = await story.begin()
  for (let more = 0; more < 9; more++) await story.begin(`/login?next=/${'n'.repeat(1000)}`)
  const last = await story.begin('/login?next=/dashboard')
  const kept = story.browser.cookies.filter(({ path }) => path === '/oidc/callback')
  assert.equal(kept.length, 4)
  assert.ok(kept.every(({ name, value }) => name.length + value.length < 4000))
  assert.ok(kept.reduce((sum, { name, value }) => sum + name.length + value.length, 0) < 9000)
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
  browser.cookies.push(...tab.cookies.filter(({ path }) => path === '/oidc/callback'))
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

test('a client that the provider wants to post its secret does so, and a public one has none', async (t) => {
  for (const method of ['client_secret_post', 'none'] as const) {
    const { browser } = await createStory(t,
      { oidc: method === 'none' ? { clientSecret: undefined as never } : { clientAuthentication: method } },
      { client: { token_endpoint_auth_method: method, ...method === 'none' ? { client_secret: undefined as never } : {} } })
    assert.equal((await browser.go(`${siteOrigin}/dashboard`)).response.body, 'dashboard of ada', method)
  }
})
