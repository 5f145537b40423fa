/** What counts as a proof of identity where a provider does not say when its user gave one (`auth_time`). */
import assert from 'node:assert/strict'
import { describe, test, type TestContext } from 'node:test'
import { MemoryStore, type LoginOptions } from 'fastify-login'
import type { OidcOptions } from 'fastify-login/oidc'
import { createFakeStory, type FakeStory } from './support/fake-provider.ts'
import { createProvider, issuer, siteOrigin } from './support/provider.ts'
import { createSite } from './support/site.ts'
import { WebBrowser, World } from './support/world.ts'

const ways: Array<[string, () => Partial<LoginOptions>]> = [
  ['without a store', () => ({})], ['with a store', () => ({ store: new MemoryStore() })]
]

const now = () => Math.floor(Date.now() / 1000)

async function create (t: TestContext, oidc: Partial<OidcOptions> = {}, options: Partial<LoginOptions> = {}) {
  t.mock.timers.enable({ apis: ['Date'], now: Date.now() })
  const story = await createFakeStory(t, { options: { freshFor: 300, ...options }, oidc })
  return { story, advance: (seconds: number) => t.mock.timers.setTime(Date.now() + seconds * 1000) }
}

async function isFresh ({ browser }: FakeStory): Promise<boolean | null> {
  const answer = await browser.request(`${siteOrigin}/whoami`)
  const { user, fresh } = answer.json() as { user: string | null, fresh: boolean }
  return user === null ? null : fresh
}

function lastError ({ logged }: FakeStory): { code?: string, message?: string } | undefined {
  return logged.map(({ err }) => err as { code?: string, message?: string } | undefined).filter(Boolean).at(-1)
}

const trusting = { trustPromptLogin: true }
const asking = { authorizationParameters: { prompt: 'login' } }

for (const [way, options] of ways) {
  test(`a log-in at a provider that does not say when its user proved who they are is not fresh, ${way}`, async (t) => {
    const { story } = await create(t, {}, options())
    await story.comeBack(await story.begin())
    assert.equal(await isFresh(story), false)
    for (const oidc of [asking, trusting]) {
      const other = await createFakeStory(t, { oidc, options: options() })
      await other.comeBack(await other.begin())
      assert.equal(await isFresh(other), false, JSON.stringify(oidc))
    }
  })

  test(`and proving it again there is refused with an error of its own, which says what to do, ${way}`, async (t) => {
    const { story } = await create(t, {}, options())
    await story.comeBack(await story.begin())
    const { response } = await story.comeBack(await story.begin('/reauthenticate?next=/vault'))
    assert.equal(response.statusCode, 400)
    assert.equal(lastError(story)?.code, 'FST_LOGIN_OIDC_NO_AUTH_TIME')
    assert.match(String(lastError(story)?.message), /auth_time .* trustPromptLogin/)
    assert.match(response.body, /provider does not say when you last entered your password/)
    assert.equal(await isFresh(story), false, 'the user stays logged in as they were')
    assert.equal(story.events.includes('userLoginConfirmed'), false)
  })

  test(`a provider that is trusted to obey prompt=login proves it by a log-in sent with it, ${way}`, async (t) => {
    const parameters = { authorizationParameters: { prompt: 'consent login' } }
    const { story, advance } = await create(t, { ...trusting, ...parameters }, options())
    await story.comeBack(await story.begin())
    assert.equal(await isFresh(story), true)
    advance(301)
    assert.equal(await isFresh(story), false)
    const attempt = await story.begin('/reauthenticate?next=/vault')
    assert.equal(attempt.url.searchParams.get('prompt'), 'login')
    assert.equal((await story.comeBack(attempt)).response.body, 'vault of ada')
  })
}

test('proving it again works at a trusted provider, also where log-ins are sent without prompt=login', async (t) => {
  const { story } = await create(t, trusting)
  await story.comeBack(await story.begin())
  assert.equal(await isFresh(story), false)
  assert.equal((await story.comeBack(await story.begin('/reauthenticate?next=/vault'))).response.body, 'vault of ada')
})

test('somebody else proves nothing at a trusted provider either', async (t) => {
  const { story } = await create(t, trusting)
  await story.comeBack(await story.begin())
  story.fake.faked = { claims: { sub: 'eve' } }
  assert.equal((await story.comeBack(await story.begin('/reauthenticate'))).response.statusCode, 403)
  assert.equal(await isFresh(story), false)
})

test('what the provider says counts before what it is trusted to do', async (t) => {
  const { story } = await create(t, { ...trusting, ...asking })
  story.fake.faked = { claims: { auth_time: now() - 120 } }
  await story.comeBack(await story.begin())
  assert.equal(await isFresh(story), false)
  assert.equal((await story.comeBack(await story.begin('/reauthenticate'))).response.statusCode, 400)
  assert.equal(lastError(story)?.code, 'FST_LOGIN_OIDC_INVALID_ANSWER')
})

test('registering with prompt=create is no log-in with prompt=login', async (t) => {
  const { story } = await create(t, { ...trusting, ...asking })
  story.fake.faked = { metadata: { prompt_values_supported: ['create', 'login'] } }
  const attempt = await story.begin('/register')
  assert.equal(attempt.url.searchParams.get('prompt'), 'create')
  await story.comeBack(attempt)
  assert.equal(await isFresh(story), false)
})

test('one of several providers is trusted, and the other is not', async (t) => {
  t.mock.timers.enable({ apis: ['Date'], now: Date.now() })
  const world = new World()
  const provider = { issuer, clientId: 'site', clientSecret: 'a secret', fetch: world.fetch, ...asking }
  const providers = { trusted: { ...provider, ...trusting }, other: provider }
  const story = await createFakeStory(t, { oidc: { providers } })
  world.intercept = (asked) => story.fake.intercept(asked)
  for (const [name, fresh] of [['trusted', true], ['other', false]] as const) {
    const browser = new WebBrowser(story.world)
    const { state } = await story.begin(`/login?provider=${name}`, browser)
    await browser.request(`${siteOrigin}/oidc/callback/${name}?code=a-code&state=${state}`)
    assert.equal((await browser.request(`${siteOrigin}/whoami`)).json().fresh, fresh, name)
  }
})

describe('an auth_time', () => {
  test('of now makes a log-in fresh, whatever the provider lists among its claims', async (t) => {
    const { story } = await create(t)
    story.fake.faked = { claims: { auth_time: now() } }
    await story.comeBack(await story.begin())
    assert.equal(await isFresh(story), true)
  })

  const wrong = [['later than its token', () => now() + 3600], ['in milliseconds', () => Date.now()]] as const
  for (const [what, at] of wrong) {
    test(`${what} proves nothing`, async (t) => {
      const { story } = await create(t)
      story.fake.faked = { claims: { auth_time: at() } }
      await story.comeBack(await story.begin())
      assert.equal(await isFresh(story), false)
      assert.equal((await story.comeBack(await story.begin('/reauthenticate'))).response.statusCode, 400)
      assert.equal(await isFresh(story), false)
      const oidc = { authorizationParameters: { max_age: '60' } }
      const strict = await createFakeStory(t, { oidc }, { claims: { auth_time: at() } })
      assert.equal((await strict.comeBack(await strict.begin())).response.statusCode, 400, 'it does not meet a max_age')
    })
  }

  for (const wrong of [String(Math.floor(Date.now() / 1000)), null, true, -1, [], {}]) {
    test(`that is ${JSON.stringify(wrong)} has the answer refused, at a trusted provider too`, async (t) => {
      const { story } = await create(t, { ...trusting, ...asking })
      story.fake.faked = { claims: { auth_time: wrong } }
      assert.equal((await story.comeBack(await story.begin())).response.statusCode, 400)
      assert.equal(await isFresh(story), null)
    })
  }

  test('is asked for with max_age where the provider can give it', async (t) => {
    const { story } = await create(t)
    story.fake.faked = { metadata: { claims_supported: ['sub', 'auth_time'] } }
    assert.equal((await story.begin()).url.searchParams.get('max_age'), '34560000')
  })
})

test('a visitor who strips the question gains nothing at a trusted provider that gives auth_time', async (t) => {
  t.mock.timers.enable({ apis: ['Date'], now: Date.now() })
  const world = new World()
  const op = createProvider({ client: { require_auth_time: true } })
  world.hosts.set('op.test', op.server)
  const { app } = await createSite(world, { options: { freshFor: 300 }, oidc: trusting })
  t.after(async () => { await app.close(); await op.server.close() })
  const browser = new WebBrowser(world)
  await browser.go(`${siteOrigin}/dashboard`)
  t.mock.timers.setTime(Date.now() + 301_000)
  const { response } = await browser.go(`${siteOrigin}/reauthenticate`, { until: issuer })
  const asked = new URL(String(response.headers.location))
  for (const name of ['prompt', 'max_age']) asked.searchParams.delete(name)
  assert.equal((await browser.go(asked.href)).response.statusCode, 400)
  assert.equal((await browser.request(`${siteOrigin}/whoami`)).json().fresh, false)
})
