/** What is promised where the provider is down, slow, or changes its keys. */
import assert from 'node:assert/strict'
import { test, type TestContext } from 'node:test'
import { createFakeStory, type FakeStory } from './support/fake-provider.ts'
import { siteOrigin } from './support/provider.ts'
import { createStory } from './support/story.ts'
import { WebBrowser } from './support/world.ts'

const document = '/.well-known/openid-configuration'

function stopClock (t: TestContext) {
  t.mock.timers.enable({ apis: ['Date'], now: Date.now() })
  return (seconds: number) => t.mock.timers.setTime(Date.now() + seconds * 1000)
}

const login = ({ app }: FakeStory) => app.inject({ url: '/login', headers: { accept: 'text/html' } })

/** Goes on until what was begun behind an answer has ended. */
async function settle (): Promise<void> {
  for (let turn = 0; turn < 20; turn++) await new Promise((resolve) => setImmediate(resolve))
}

test('the site starts, and serves its pages, while the provider is down', async (t) => {
  const { browser, world, op } = await createStory(t)
  world.hosts.delete('op.test')
  assert.equal((await browser.go(`${siteOrigin}/`)).response.body, 'front page of nobody')
  assert.equal((await browser.go(`${siteOrigin}/dashboard`)).response.statusCode, 503)
  world.hosts.set('op.test', op.server)
  t.mock.timers.enable({ apis: ['Date'], now: Date.now() + 1000 })
  assert.equal((await browser.go(`${siteOrigin}/dashboard`)).response.body, 'dashboard of ada')
})

test('users who are logged in notice nothing of a provider that is down', async (t) => {
  const { browser, world } = await createStory(t)
  await browser.go(`${siteOrigin}/dashboard`)
  world.hosts.delete('op.test')
  assert.equal((await browser.go(`${siteOrigin}/dashboard`)).response.body, 'dashboard of ada')
})

test('the provider is asked about itself when the first visitor logs in, and once for many', async (t) => {
  const story = await createFakeStory(t)
  assert.equal(story.fake.counts.get(document), undefined)
  await Promise.all(Array.from({ length: 10 }, () => login(story)))
  assert.equal(story.fake.counts.get(document), 1)
})

test('after an hour it is asked again, and nobody waits for the answer', async (t) => {
  const advance = stopClock(t)
  const story = await createFakeStory(t)
  await login(story)
  advance(3599)
  await login(story)
  assert.equal(story.fake.counts.get(document), 1)
  advance(2)
  let answer = (_response: Response) => {}
  story.fake.faked = { answers: { [document]: () => new Promise((resolve) => { answer = resolve }) } }
  assert.equal((await login(story)).statusCode, 302)
  assert.equal((await login(story)).statusCode, 302)
  assert.equal(story.fake.counts.get(document), 2)
  answer(Response.json({ ...story.fake.metadata(), authorization_endpoint: 'https://op.test/moved' }))
  await settle()
  assert.match(String((await login(story)).headers.location), /^https:\/\/op\.test\/moved\?/)
})

test('a provider that is down after an hour is known by what it said before', async (t) => {
  const advance = stopClock(t)
  const story = await createFakeStory(t)
  await login(story)
  advance(3601)
  story.fake.faked = { answers: { [document]: () => new Response('', { status: 502 }) } }
  for (let visitor = 0; visitor < 5; visitor++) {
    assert.equal((await login(story)).statusCode, 302)
    await settle()
  }
  assert.equal(story.fake.counts.get(document), 2)
  assert.match(JSON.stringify(story.logged), /goes on with what it knew/)
})

test('a provider that is down is asked once a second, however many want to log in', async (t) => {
  const advance = stopClock(t)
  const story = await createFakeStory(t, {}, { answers: { [document]: () => new Response('', { status: 502 }) } })
  for (let visitor = 0; visitor < 5; visitor++) assert.equal((await login(story)).statusCode, 503)
  assert.equal(story.fake.counts.get(document), 1)
  advance(1)
  story.fake.faked = {}
  assert.equal((await login(story)).statusCode, 302)
})

test('a provider that was down is asked again after a second, also where the clock was set back meanwhile', async (t) => {
  const advance = stopClock(t)
  const story = await createFakeStory(t, {}, { answers: { [document]: () => new Response('', { status: 502 }) } })
  assert.equal((await login(story)).statusCode, 503)
  advance(-3600)
  story.fake.faked = {}
  assert.equal((await login(story)).statusCode, 302)
})

test('a provider that has changed its keys is believed at once: the login goes round once more by itself', async (t) => {
  const story = await createFakeStory(t)
  await story.comeBack(await story.begin())
  story.fake.kid = 'second'
  const browser = new WebBrowser(story.world)
  const { response } = await story.comeBack(await story.begin('/login?next=/dashboard', browser), {}, browser)
  assert.equal(response.statusCode, 302)
  const asked = new URL(String(response.headers.location))
  assert.equal(asked.origin, 'https://op.test')
  const [state, nonce] = [asked.searchParams.get('state') as string, asked.searchParams.get('nonce') as string]
  story.fake.nonce = nonce
  assert.equal((await story.comeBack({ state, nonce, url: asked }, {}, browser)).response.body, 'dashboard of ada')
})

test('a token that is signed with a key that nobody knows is refused in the end', async (t) => {
  const story = await createFakeStory(t, {}, { header: { kid: 'unknown' } })
  const { response } = await story.comeBack(await story.begin())
  const asked = new URL(String(response.headers.location))
  const [state, nonce] = [asked.searchParams.get('state') as string, asked.searchParams.get('nonce') as string]
  story.fake.nonce = nonce
  const again = await story.comeBack({ state, nonce, url: asked })
  assert.equal(again.response.statusCode, 400)
  assert.equal(await story.userOf(), null)
})
