/** What proving again who one is, at the provider, promises: freshness never rises without it. */
import assert from 'node:assert/strict'
import { test, type TestContext } from 'node:test'
import { MemoryStore, type LoginOptions } from 'fastify-login'
import { createFakeStory, type FakeStory } from './support/fake-provider.ts'
import { issuer, siteOrigin } from './support/provider.ts'
import { createStory } from './support/story.ts'

const freshFor = { options: { freshFor: 300 } }

/** A site without a store, and one with. */
const ways: Array<[string, () => { options: Partial<LoginOptions> }]> = [
  ['without a store', () => freshFor],
  ['with a store', () => ({ options: { ...freshFor.options, store: new MemoryStore() } })]
]

function stopClock (t: TestContext) {
  t.mock.timers.enable({ apis: ['Date'], now: Date.now() })
  return (seconds: number) => t.mock.timers.setTime(Date.now() + seconds * 1000)
}

for (const [way, setup] of ways) {
  test(`a page for fresh logins sends a user to the provider, who has to log in again there, ${way}`, async (t) => {
    const advance = stopClock(t)
    const { browser, op, whoami, events } = await createStory(t, setup())
    await browser.go(`${siteOrigin}/dashboard`)
    const { id } = (await whoami()).login as { id: string }
    assert.equal((await browser.go(`${siteOrigin}/vault`)).response.body, 'vault of ada')
    advance(301)
    assert.equal((await whoami()).fresh, false)
    const { response, url } = await browser.go(`${siteOrigin}/vault`)
    assert.equal(response.body, 'vault of ada')
    assert.equal(url.pathname, '/vault')
    assert.deepEqual(op.prompts, ['login', 'login'])
    assert.equal((await whoami()).login?.id, id, 'it is the same login')
    assert.deepEqual(events, ['userLoggedIn', 'userLoginConfirmed'])
    const asked = new URL(browser.visited.filter((address) => address.startsWith(`${issuer}/auth?`)).at(-1) as string).searchParams
    assert.deepEqual([asked.get('prompt'), asked.get('max_age')], ['login', '0'])
  })

  test(`somebody else who proves who they are does not confirm the login, ${way}`, async (t) => {
    const advance = stopClock(t)
    const story = await createFakeStory(t, setup())
    await story.comeBack(await story.begin())
    advance(301)
    story.fake.faked = { claims: { sub: 'eve', auth_time: Math.floor(Date.now() / 1000) } }
    const { response } = await story.comeBack(await story.begin('/reauthenticate?next=/vault'))
    assert.equal(response.statusCode, 403)
    assert.match(response.body, /That was somebody else/)
    assert.equal(story.users.has('eve'), false, 'no account is made for them')
    await assertStale(story)
  })

  test(`the same account under another subject does not confirm the login either, ${way}`, async (t) => {
    const story = await createFakeStory(t, { ...setup(), oidc: { toUser: () => ({ id: 'ada', name: 'Ada' }) as never }, options: { ...setup().options, loadUser: (id: string) => ({ id, name: 'Ada' }) as never } })
    await story.comeBack(await story.begin())
    story.fake.faked = { claims: { sub: 'ada-of-another-company', auth_time: Math.floor(Date.now() / 1000) } }
    assert.equal((await story.comeBack(await story.begin('/reauthenticate'))).response.statusCode, 403)
  })
}

test('a browser that strips prompt and max_age from the question gets nowhere: the proof is too old', async (t) => {
  const advance = stopClock(t)
  const { browser, op, whoami } = await createStory(t, freshFor, { client: { require_auth_time: true } })
  await browser.go(`${siteOrigin}/dashboard`)
  for (const seconds of [301, 25]) {
    advance(seconds)
    const { response } = await browser.go(`${siteOrigin}/reauthenticate?next=/vault`, { until: issuer })
    const asked = new URL(String(response.headers.location))
    for (const name of ['prompt', 'max_age']) asked.searchParams.delete(name)
    const page = await browser.go(asked.href)
    assert.equal(page.response.statusCode, 400)
    assert.equal((await whoami()).fresh, false)
  }
  assert.deepEqual(op.prompts, ['login'])
})

test('a proof of a few seconds before the question is too old, also where the provider\'s clock is off', async (t) => {
  const advance = stopClock(t)
  const story = await createFakeStory(t, freshFor)
  await story.comeBack(await story.begin())
  advance(301)
  const now = Math.floor(Date.now() / 1000)
  for (const [authTime, iat] of [[now - 25, now], [now - 5, now], [now + 5, now + 25], [now - 40, now - 40]] as const) {
    story.fake.faked = { claims: { auth_time: authTime, iat } }
    assert.equal((await story.comeBack(await story.begin('/reauthenticate'))).response.statusCode, 400, `${authTime - now} ${iat - now}`)
    await assertStale(story)
  }
  story.fake.faked = { claims: { auth_time: now - 20, iat: now - 20 } }
  assert.equal((await story.comeBack(await story.begin('/reauthenticate?next=/vault'))).response.body, 'vault of ada', 'its clock is 20 seconds behind')
})

test('a user who cancels stays logged in as they were', async (t) => {
  const advance = stopClock(t)
  const { browser, op, whoami } = await createStory(t, freshFor)
  await browser.go(`${siteOrigin}/dashboard`)
  advance(301)
  op.account = null
  assert.equal((await browser.go(`${siteOrigin}/vault`)).response.statusCode, 403)
  assert.deepEqual([(await whoami()).user, (await whoami()).fresh], ['ada', false])
})

test('a user who logged out meanwhile is not logged in by it', async (t) => {
  const story = await createFakeStory(t)
  await story.comeBack(await story.begin())
  const attempt = await story.begin('/reauthenticate')
  await story.browser.request(`${siteOrigin}/logout`, { method: 'POST' })
  story.fake.faked = { claims: { auth_time: Math.floor(Date.now() / 1000) } }
  assert.equal((await story.comeBack(attempt)).response.statusCode, 403)
  assert.equal(await story.userOf(), null)
})

test('a visitor who asks for it logs in', async (t) => {
  const { browser, op } = await createStory(t)
  assert.equal((await browser.go(`${siteOrigin}/reauthenticate?next=/vault`)).response.body, 'vault of ada')
  assert.deepEqual(op.prompts, ['login'])
})

test('a user who logged in by other means may prove who they are at the provider', async (t) => {
  const advance = stopClock(t)
  const { browser, users, whoami, op } = await createStory(t, {
    ...freshFor,
    after: (app) => app.get('/password', async (request) => {
      const user = { id: 'ada', name: 'Ada' }
      users.set('ada', user)
      return await request.loginUser(user)
    })
  })
  await browser.go(`${siteOrigin}/password`)
  advance(301)
  assert.equal((await browser.go(`${siteOrigin}/vault`)).response.body, 'vault of ada')
  advance(301)
  op.account = 'eve'
  // The provider logs Ada out with a form that sends itself, before it goes on as Eve.
  const { response } = await browser.go(`${siteOrigin}/vault`)
  const [, action = ''] = /action="([^"]*)"/.exec(response.body) ?? []
  const fields = Array.from(response.body.matchAll(/name="([^"]*)" value="([^"]*)"/g), ([, name, value]) => [name, value])
  const page = await browser.submit(action, Object.fromEntries(fields) as Record<string, string>)
  assert.match(page.response.body, /That was somebody else/)
  assert.equal((await whoami()).user, 'ada')
})

async function assertStale ({ browser }: FakeStory): Promise<void> {
  const answer = await browser.request(`${siteOrigin}/whoami`)
  assert.deepEqual([answer.json().user, answer.json().fresh], ['ada', false])
}

test('a session at the provider is no proof of identity: who logs in by it alone has to prove it for a fresh page', async (t) => {
  const advance = stopClock(t)
  const { browser, op, whoami } = await createStory(t, freshFor)
  await browser.go(`${siteOrigin}/dashboard`)
  assert.equal((await whoami()).fresh, true, 'the user has just logged in there')
  advance(120)
  await browser.request(`${siteOrigin}/logout`, { method: 'POST' })
  await browser.go(`${siteOrigin}/dashboard`)
  assert.deepEqual(op.prompts, ['login'], 'nobody was asked')
  assert.deepEqual([(await whoami()).user, (await whoami()).fresh], ['ada', false])
  assert.equal((await browser.go(`${siteOrigin}/vault`)).response.body, 'vault of ada')
  assert.deepEqual(op.prompts, ['login', 'login'])
})

test('a browser that strips the question when the user logged in does not make that a proof', async (t) => {
  const advance = stopClock(t)
  const { browser, whoami } = await createStory(t, freshFor)
  await browser.go(`${siteOrigin}/dashboard`)
  advance(120)
  await browser.request(`${siteOrigin}/logout`, { method: 'POST' })
  const { response } = await browser.go(`${siteOrigin}/login`, { until: issuer })
  const asked = new URL(String(response.headers.location))
  asked.searchParams.delete('max_age')
  await browser.go(asked.href)
  assert.deepEqual([(await whoami()).user, (await whoami()).fresh], ['ada', false])
})

test('a login whose record an application has written over may be confirmed at the only provider', async (t) => {
  const advance = stopClock(t)
  const story = await createFakeStory(t, { options: { ...freshFor.options, store: new MemoryStore() } })
  await story.comeBack(await story.begin())
  const { id } = (await story.browser.request(`${siteOrigin}/whoami`)).json().login
  await story.app.login.changeLoginData(id, () => ({ oidc: 'written over' }))
  advance(301)
  story.fake.faked = { claims: { auth_time: Math.floor(Date.now() / 1000) } }
  assert.equal((await story.comeBack(await story.begin('/reauthenticate?next=/vault'))).response.body, 'vault of ada')
})
