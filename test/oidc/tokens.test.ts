/** What keeping tokens promises: fresh ones whenever they are asked for, and one refresh for many requests. */
import assert from 'node:assert/strict'
import { test, type TestContext } from 'node:test'
import { MemoryStore } from 'fastify-login'
import type { Tokens } from 'fastify-login/oidc'
import { createFakeStory } from './support/fake-provider.ts'
import { issuer, siteOrigin } from './support/provider.ts'
import { createSite } from './support/site.ts'
import { createStory, type Story } from './support/story.ts'

const keeping = (store = new MemoryStore()) => ({ options: { store }, oidc: { keepTokens: true } })

async function tokensOf ({ browser }: Pick<Story, 'browser'>): Promise<Tokens | null> {
  const answer = await browser.request(`${siteOrigin}/tokens`, { headers: { accept: 'application/json' } })
  assert.equal(answer.statusCode, 200, answer.body)
  return answer.json().tokens
}

function stopClock (t: TestContext) {
  t.mock.timers.enable({ apis: ['Date'], now: Date.now() })
  return (seconds: number) => t.mock.timers.setTime(Date.now() + seconds * 1000)
}

const exchanges = ({ world }: Pick<Story, 'world'>) => world.asked.filter(({ url, body }) => url === `${issuer}/token` && body.includes('refresh_token=')).length

test('tokens are given as they came while they last, and nobody is asked', async (t) => {
  const story = await createStory(t, keeping())
  await story.browser.go(`${siteOrigin}/dashboard`)
  assert.deepEqual(await tokensOf(story), story.identities[0]?.tokens)
  assert.equal(exchanges(story), 0)
})

test('an access token that has ended is replaced, once for many requests at the same time', async (t) => {
  const advance = stopClock(t)
  const story = await createStory(t, keeping())
  await story.browser.go(`${siteOrigin}/dashboard`)
  const first = await tokensOf(story)
  advance(601)
  const many = await Promise.all(Array.from({ length: 5 }, () => tokensOf(story)))
  assert.equal(exchanges(story), 1)
  assert.equal(new Set(many.map((tokens) => tokens?.accessToken)).size, 1)
  assert.notEqual(many[0]?.accessToken, first?.accessToken)
  advance(601)
  assert.notEqual((await tokensOf(story))?.accessToken, many[0]?.accessToken)
  assert.equal(exchanges(story), 2)
})

test('two processes that share a store refresh once', async (t) => {
  const advance = stopClock(t)
  const store = new MemoryStore()
  const story = await createStory(t, keeping(store))
  await story.browser.go(`${siteOrigin}/dashboard`)
  const other = await createSite(story.world, keeping(store))
  t.after(() => other.app.close())
  other.users.set('ada', { id: 'ada', name: 'Ada' })
  advance(601)
  const cookie = story.browser.cookies.filter(({ host }) => host === 'app.test').map(({ name, value }) => `${name}=${value}`).join('; ')
  const ask = async ({ app }: { app: Story['app'] }) => (await app.inject({ url: '/tokens', headers: { cookie, 'user-agent': 'Firefox' } })).json().tokens
  const [one, two] = await Promise.all([ask(story), ask(other)])
  assert.equal(exchanges(story), 1)
  assert.ok(one.accessToken)
  assert.equal(one.accessToken, two.accessToken)
})

test('a refresh token that is good for nothing any more gives no tokens, and the login lives on', async (t) => {
  const advance = stopClock(t)
  const { world, browser, whoami } = await createStory(t, keeping())
  await browser.go(`${siteOrigin}/dashboard`)
  world.intercept = ({ url }) => url === `${issuer}/token` ? Response.json({ error: 'invalid_grant' }, { status: 400 }) : undefined
  advance(601)
  assert.equal(await tokensOf({ browser }), null)
  assert.equal((await whoami()).user, 'ada')
  assert.equal(await tokensOf({ browser }), null)
  assert.equal(exchanges({ world }), 1, 'it is not tried again')
})

test('a token that cannot be refreshed gives no tokens once it has ended', async (t) => {
  const advance = stopClock(t)
  const story = await createFakeStory(t, keeping())
  await story.comeBack(await story.begin())
  assert.equal((await tokensOf(story))?.accessToken, 'access')
  advance(601)
  assert.equal(await tokensOf(story), null)
})

test('while the provider is down the answer is 503, and the next one may succeed', async (t) => {
  const advance = stopClock(t)
  const story = await createStory(t, keeping())
  const { world, browser } = story
  await browser.go(`${siteOrigin}/dashboard`)
  advance(601)
  world.intercept = () => new Response('busy', { status: 503 })
  const answer = await browser.request(`${siteOrigin}/tokens`, { headers: { accept: 'application/json' } })
  assert.deepEqual([answer.statusCode, answer.json().code], [503, 'FST_LOGIN_OIDC_UNAVAILABLE'])
  world.intercept = () => undefined
  assert.ok((await tokensOf(story))?.accessToken)
})

test('a new ID token of somebody else is refused', async (t) => {
  const advance = stopClock(t)
  const story = await createFakeStory(t, keeping(), { token: { refresh_token: 'refresh' } })
  await story.comeBack(await story.begin())
  advance(601)
  story.fake.faked = { claims: { sub: 'eve', nonce: undefined } }
  assert.equal(await tokensOf(story), null)
})

test('the store holds no token that could be read', async (t) => {
  const store = new MemoryStore()
  const records: unknown[] = []
  const create = store.create.bind(store)
  store.create = async (record) => { records.push(record); return await create(record) }
  const story = await createFakeStory(t, keeping(store), { token: { access_token: 'a-secret-access-token', refresh_token: 'a-secret-refresh-token' } })
  await story.comeBack(await story.begin())
  assert.equal(records.length, 1)
  assert.equal(JSON.stringify(records).includes('secret-'), false)
  assert.equal((await tokensOf(story))?.accessToken, 'a-secret-access-token')
})

test('tokens end with the login, and nobody else has any', async (t) => {
  const story = await createStory(t, keeping())
  assert.equal(await tokensOf(story), null)
  await story.browser.go(`${siteOrigin}/dashboard`)
  const copy = story.browser.copy()
  await story.browser.request(`${siteOrigin}/logout`, { method: 'POST' })
  assert.equal(await tokensOf({ browser: copy }), null)
})

test('keeping tokens needs a store, and asking for them needs the option', async (t) => {
  await assert.rejects(createFakeStory(t, { oidc: { keepTokens: true } }), { code: 'FST_LOGIN_STORE_REQUIRED', message: /keepTokens/ })
  const story = await createFakeStory(t, { options: { store: new MemoryStore() } })
  await story.comeBack(await story.begin())
  const answer = await story.app.inject({ url: '/tokens' })
  assert.equal(answer.json().code, 'FST_LOGIN_STORE_REQUIRED')
})

test('a provider that does not say how long a token lasts is not asked for another', async (t) => {
  const advance = stopClock(t)
  const story = await createFakeStory(t, keeping(), { token: { refresh_token: 'refresh', expires_in: undefined } })
  await story.comeBack(await story.begin())
  advance(3600)
  assert.deepEqual([(await tokensOf(story))?.accessToken, (await tokensOf(story))?.expiresAt], ['access', null])
})

test('a refresh token is good again where the provider gives no other', async (t) => {
  const advance = stopClock(t)
  const story = await createFakeStory(t, keeping(), { token: { refresh_token: 'refresh' } })
  await story.comeBack(await story.begin())
  for (const name of ['second', 'third']) {
    advance(601)
    story.fake.faked = { token: { access_token: name, id_token: undefined } }
    assert.deepEqual([(await tokensOf(story))?.accessToken, (await tokensOf(story))?.refreshToken], [name, 'refresh'])
  }
})

test('a user who logged in by other means has no tokens', async (t) => {
  const story = await createFakeStory(t, {
    ...keeping(),
    after: (app) => app.get('/password', async (request) => {
      story.users.set('ada', { id: 'ada', name: 'Ada' })
      return await request.loginUser({ id: 'ada', name: 'Ada' })
    })
  })
  await story.browser.request(`${siteOrigin}/password`)
  assert.equal(await tokensOf(story), null)
  const answer = await story.browser.request(`${siteOrigin}/logout`, { method: 'POST' })
  assert.equal(answer.headers.location, '/')
})

test('a login that ends while its token is refreshed has none', async (t) => {
  const advance = stopClock(t)
  const story = await createFakeStory(t, keeping(), { token: { refresh_token: 'refresh' } })
  await story.comeBack(await story.begin())
  const { id } = (await story.browser.request(`${siteOrigin}/whoami`)).json().login
  advance(601)
  story.fake.faked = {
    answers: {
      '/token': async () => {
        await story.app.login.endLogin(id)
        return Response.json({ access_token: 'late', token_type: 'bearer' })
      }
    }
  }
  await story.browser.request(`${siteOrigin}/tokens`)
  assert.equal(await tokensOf(story), null)
  assert.equal(await story.userOf(), null)
})

/** Has something happen just after a login's tokens were first read. */
function afterReading ({ login }: Story['app'], what: () => Promise<unknown>): void {
  const read = login.loginData.bind(login)
  login.loginData = async (id) => {
    login.loginData = read
    const data = await read(id)
    await what()
    return data
  }
}

test('a token that another process has replaced in the same moment is not replaced again', async (t) => {
  const advance = stopClock(t)
  const store = new MemoryStore()
  const story = await createFakeStory(t, keeping(store), { token: { refresh_token: 'refresh' } })
  await story.comeBack(await story.begin())
  const other = await createSite(story.world, keeping(store))
  t.after(() => other.app.close())
  other.users.set('ada', { id: 'ada', name: 'Ada' })
  advance(601)
  story.fake.faked = { token: { access_token: 'new', refresh_token: 'next', id_token: undefined } }
  const cookie = story.browser.cookies.map(({ name, value }) => `${name}=${value}`).join('; ')
  afterReading(story.app, () => other.app.inject({ url: '/tokens', headers: { cookie, 'user-agent': 'Firefox' } }))
  // The world knows the site that came last: this one is asked by itself.
  const answer = await story.app.inject({ url: '/tokens', headers: { cookie, 'user-agent': 'Firefox' } })
  assert.deepEqual([answer.json().tokens.accessToken, answer.json().tokens.refreshToken], ['new', 'next'])
  assert.equal(exchanges(story), 1)
})

test('a login whose data an application takes away while its token is refreshed has no tokens, and lives on', async (t) => {
  const advance = stopClock(t)
  const story = await createFakeStory(t, keeping(), { token: { refresh_token: 'refresh' } })
  const takeAway = async () => {
    const { id } = (await story.browser.request(`${siteOrigin}/whoami`)).json().login
    await story.app.login.changeLoginData(id, () => null)
  }
  await story.comeBack(await story.begin())
  advance(601)
  afterReading(story.app, takeAway)
  assert.equal(await tokensOf(story), null)
  assert.equal(exchanges(story), 0)

  await story.browser.request(`${siteOrigin}/logout`, { method: 'POST' })
  await story.comeBack(await story.begin())
  advance(601)
  story.fake.faked = { answers: { '/token': async () => { await takeAway(); return Response.json({ access_token: 'late', token_type: 'bearer' }) } } }
  await tokensOf(story)
  assert.equal(exchanges(story), 1)
  assert.equal(await tokensOf(story), null)
  assert.equal(await story.userOf(), 'ada')
})

test('a process that went away while it refreshed a token is not waited for until a clock that was set back comes there', async (t) => {
  const advance = stopClock(t)
  const story = await createStory(t, keeping())
  await story.browser.go(`${siteOrigin}/dashboard`)
  advance(601)
  const { id } = (await story.browser.request(`${siteOrigin}/whoami`)).json().login
  await story.app.login.changeLoginData(id, (data) => ({ ...data as object, refreshing: { by: 'one that went away', until: Date.now() / 1000 + 24 * 3600 } }))
  assert.ok(await tokensOf(story))
  assert.equal(exchanges(story), 1)
})
