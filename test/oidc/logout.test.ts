/** What logging out promises: here at once, and then at the provider. */
import assert from 'node:assert/strict'
import { describe, test } from 'node:test'
import { MemoryStore } from 'fastify-login'
import { createFakeStory } from './support/fake-provider.ts'
import { issuer, siteOrigin } from './support/provider.ts'
import { createSite } from './support/site.ts'
import { createStory, type Story } from './support/story.ts'
import type { Page } from './support/world.ts'

/** Presses the button of the provider's own page. */
async function confirm ({ browser }: Story, { response }: Page): Promise<Page> {
  const action = /action="([^"]*)"/.exec(response.body)?.[1] as string
  const xsrf = /name="xsrf" value="([^"]*)"/.exec(response.body)?.[1] as string
  return await browser.submit(action, { xsrf, logout: 'yes' })
}

for (const [way, options] of [['without a store', () => ({})], ['with a store', () => ({ store: new MemoryStore() })]] as const) {
  test(`a user who logs out is out here, then at the provider, and comes back to the site, ${way}`, async (t) => {
    const story = await createStory(t, { options: options() })
    const { browser, op, events, whoami } = story
    await browser.go(`${siteOrigin}/dashboard`)
    const before = browser.copy()
    const asking = await browser.submit(`${siteOrigin}/logout`)
    assert.equal((await whoami()).user, null)
    assert.equal((await whoami(before)).user, null, 'a copy of the cookies is dead as well')
    const asked = asking.url.searchParams
    assert.equal(asked.get('post_logout_redirect_uri'), `${siteOrigin}/`)
    assert.ok(asked.get('id_token_hint'))
    const done = await confirm(story, asking)
    assert.equal(done.url.href, `${siteOrigin}/`)
    assert.equal(done.response.body, 'front page of nobody')
    assert.deepEqual(events, ['userLoggedIn', 'userLoggedOut', 'loginEnded'])
    await browser.go(`${siteOrigin}/dashboard`)
    assert.deepEqual(op.prompts, ['login', 'login'], 'the provider asks again')
  })
}

test('the ID token goes in a cookie to the logout alone, and both cookies go with the login', async (t) => {
  const { browser } = await createStory(t)
  await browser.go(`${siteOrigin}/dashboard`)
  const idToken = browser.cookies.find(({ name }) => name === '__Secure-oidc_id_token')
  assert.equal(idToken?.path, '/logout')
  assert.ok((idToken?.value.length ?? 0) < 4000)
  assert.ok((browser.cookies.find(({ name }) => name === '__Host-oidc_login')?.value.length ?? 0) < 900)
  await browser.submit(`${siteOrigin}/logout`)
  assert.deepEqual(browser.cookies.filter(({ host, name }) => host === 'app.test' && /oidc_(?:login|id_token)/.test(name)), [])
})

test('an ID token too large for a cookie is left out, and the logout goes without it', async (t) => {
  const groups = Array.from({ length: 200 }, (_, group) => `a group of some length ${group}`)
  const story = await createFakeStory(t, {}, { claims: { groups }, metadata: { end_session_endpoint: `${issuer}/end` } })
  await story.comeBack(await story.begin())
  assert.equal(await story.userOf(), 'ada')
  const answer = await story.browser.request(`${siteOrigin}/logout`, { method: 'POST' })
  const { searchParams } = new URL(String(answer.headers.location))
  assert.deepEqual([...searchParams.keys()].sort(), ['client_id', 'post_logout_redirect_uri'])
})

test('the hint of one user is not sent for another', async (t) => {
  const story = await createFakeStory(t, {
    after: (app) => app.get('/as/:id', async (request) => {
      const { id } = request.params as { id: string }
      story.users.set(id, { id, name: id })
      return await request.loginUser({ id, name: id })
    })
  }, { metadata: { end_session_endpoint: `${issuer}/end` } })
  await story.comeBack(await story.begin())
  await story.browser.request(`${siteOrigin}/as/grace`)
  const answer = await story.browser.request(`${siteOrigin}/logout`, { method: 'POST' })
  assert.equal(answer.headers.location, '/', 'Grace did not come from the provider')
})

test('a provider without a logout of its own, or that is down, keeps nobody from logging out', async (t) => {
  const without = await createFakeStory(t)
  await without.comeBack(await without.begin())
  assert.equal((await without.browser.request(`${siteOrigin}/logout`, { method: 'POST' })).headers.location, '/')
  assert.equal(await without.userOf(), null)

  const { browser, world, whoami } = await createStory(t)
  await browser.go(`${siteOrigin}/dashboard`)
  world.hosts.delete('op.test')
  const answer = await browser.request(`${siteOrigin}/logout`, { method: 'POST' })
  assert.equal(answer.statusCode, 303)
  assert.equal((await whoami()).user, null)
})

test('a visitor who is not logged in is sent to afterLogout, and nowhere else', async (t) => {
  for (const options of [{}, { store: new MemoryStore() }]) {
    const { browser } = await createStory(t, { options, oidc: { afterLogout: '/?bye' } })
    const answer = await browser.request(`${siteOrigin}/logout?next=https://evil.test`, { method: 'POST' })
    assert.equal(answer.headers.location, '/?bye')
  }
})

test('a program is told where its user has to go', async (t) => {
  const { browser } = await createStory(t)
  await browser.go(`${siteOrigin}/dashboard`)
  const answer = await browser.request(`${siteOrigin}/logout`, { method: 'POST', headers: { accept: 'application/json' } })
  assert.equal(answer.statusCode, 200)
  assert.match(answer.json().location, /^https:\/\/op\.test\/session\/end\?/)
})

describe('nobody is logged out by another site', () => {
  test('with a link or an image: only POST logs out', async (t) => {
    const { browser, whoami } = await createStory(t)
    await browser.go(`${siteOrigin}/dashboard`)
    for (const method of ['GET', 'HEAD']) await browser.request(`${siteOrigin}/logout`, { method })
    assert.equal((await whoami()).user, 'ada')
  })

  test('with a form', async (t) => {
    const { browser, whoami } = await createStory(t)
    await browser.go(`${siteOrigin}/dashboard`)
    for (const headers of [{ 'sec-fetch-site': 'cross-site' }, { 'sec-fetch-site': 'same-site' }, { origin: 'https://evil.test' }, { origin: 'null' }] as Array<Record<string, string>>) {
      const { response } = await browser.submit(`${siteOrigin}/logout`, {}, headers)
      assert.equal(response.statusCode, 403)
      assert.equal((await whoami()).user, 'ada')
    }
    await browser.submit(`${siteOrigin}/logout`, { _csrf: 'of the application' }, { 'sec-fetch-site': 'same-origin', origin: 'null' })
    assert.equal((await whoami()).user, null)
  })
})

test('kept tokens are revoked at the provider', async (t) => {
  const { browser, world } = await createStory(t, { options: { store: new MemoryStore() }, oidc: { keepTokens: true } })
  await browser.go(`${siteOrigin}/dashboard`)
  await browser.submit(`${siteOrigin}/logout`)
  for (let turn = 0; turn < 50 && !world.asked.some(({ url }) => url.endsWith('/revocation')); turn++) await new Promise((resolve) => setImmediate(resolve))
  assert.ok(world.asked.some(({ url, body }) => url === `${issuer}/token/revocation` && body.includes('token=')))
})

test('a provider that is down when the site starts keeps nobody from logging out', async (t) => {
  const { browser, world, whoami } = await createStory(t)
  await browser.go(`${siteOrigin}/dashboard`)
  world.hosts.delete('op.test')
  const { app, users, logged } = await createSite(world)
  t.after(() => app.close())
  users.set('ada', { id: 'ada', name: 'Ada' })
  assert.equal((await whoami()).user, 'ada')
  const answer = await browser.request(`${siteOrigin}/logout`, { method: 'POST' })
  assert.deepEqual([answer.statusCode, answer.headers.location], [303, '/'])
  assert.equal((await whoami()).user, null)
  assert.match(JSON.stringify(logged), /logged a user out here, and could not at the provider/)
})

test('a login of a provider that is configured no more is ended here, has no tokens, and is proven at the present one', async (t) => {
  const store = new MemoryStore()
  const setup = { options: { store }, oidc: { keepTokens: true } }
  const before = await createFakeStory(t, setup, { token: { refresh_token: 'refresh' } })
  await before.comeBack(await before.begin())
  t.mock.timers.enable({ apis: ['Date'], now: Date.now() + 601_000 })
  const { world, fake, browser } = before
  const providers = { new: { issuer, clientId: 'site', clientSecret: 'a secret', fetch: world.fetch } }
  const { app, users } = await createSite(world, { ...setup, oidc: { ...setup.oidc, providers } })
  t.after(() => app.close())
  users.set('ada', { id: 'ada', name: 'Ada' })
  fake.faked = { token: { refresh_token: 'refresh' }, metadata: { end_session_endpoint: `${issuer}/end` } }
  assert.equal(await before.userOf(), 'ada')
  assert.deepEqual((await browser.request(`${siteOrigin}/tokens`)).json(), { tokens: null })
  const { response } = await browser.go(`${siteOrigin}/reauthenticate`, { until: issuer })
  assert.equal(new URL(String(response.headers.location)).searchParams.get('redirect_uri'), `${siteOrigin}/oidc/callback/new`)
  const answer = await browser.request(`${siteOrigin}/logout`, { method: 'POST' })
  assert.equal(answer.headers.location, '/')
  assert.equal(await before.userOf(), null)
})

test('a provider that gave an access token alone has it revoked, and one that cannot keeps nobody from logging out', async (t) => {
  const metadata = { revocation_endpoint: `${issuer}/revoke` }
  const story = await createFakeStory(t, { options: { store: new MemoryStore() }, oidc: { keepTokens: true } }, { metadata })
  const bodies: string[] = []
  for (const status of [200, 500]) {
    story.fake.faked = { metadata, answers: { '/revoke': ({ body }) => { bodies.push(body); return new Response('', { status }) } } }
    await story.comeBack(await story.begin())
    assert.equal((await story.browser.request(`${siteOrigin}/logout`, { method: 'POST' })).statusCode, 303)
    assert.equal(await story.userOf(), null)
  }
  for (let turn = 0; turn < 50 && !JSON.stringify(story.logged).includes('could not revoke'); turn++) await new Promise((resolve) => setImmediate(resolve))
  assert.deepEqual(bodies.map((body) => new URLSearchParams(body).get('token')), ['access', 'access'])
  assert.equal(story.logged.filter(({ msg }) => String(msg).includes('could not revoke')).length, 1)
})
