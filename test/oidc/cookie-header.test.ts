/** How much of a request's headers the cookies of a login may take, whatever a visitor, a user or a provider does. */
import assert from 'node:assert/strict'
import { describe, test, type TestContext } from 'node:test'
import { MemoryStore, type LoginOptions } from 'fastify-login'
import type { CustomFetch } from 'openid-client'
import { createFakeStory, type FakeStory } from './support/fake-provider.ts'
import { issuer, siteOrigin } from './support/provider.ts'
import { WebBrowser, attemptsOf } from './support/world.ts'

/** What docs/openid-connect.md promises: of the whole Cookie header, and of the attempts to log in alone. */
const most = 3800
const mostOfAttempts = 1400

const ways: Array<[string, () => Partial<LoginOptions>]> = [
  ['without a store', () => ({})], ['with a store', () => ({ store: new MemoryStore() })]
]

/** The names and ids that take the most room. */
const name = 'p'.repeat(64)
// A quotation mark is two characters in a cookie: longer ones are refused by the plugin itself, at 1,000 bytes.
const userId = '"'.repeat(255)
const hostile = { sub: 's'.repeat(20_000), sid: 'i'.repeat(20_000) }

async function create (t: TestContext, options: Partial<LoginOptions> = {}): Promise<FakeStory> {
  const fetch: CustomFetch = (url, asked) => story.world.fetch(url, asked)
  const loadUser = (id: string) => ({ id, name: 'Ada' })
  const story: FakeStory = await createFakeStory(t, {
    options: { ...options, loadUser } as LoginOptions,
    oidc: {
      cookieName: 'c'.repeat(64),
      remember: true,
      toUser: () => ({ id: userId, name: 'Ada' }) as never,
      providers: { [name]: { issuer, clientId: 'site', clientSecret: 'a secret', fetch } }
    }
  }, { claims: hostile })
  return story
}

/** The Cookie header that goes with a page. */
function headerOf (browser: WebBrowser): string {
  return browser.cookiesFor(new URL(`${siteOrigin}/page`)).map(({ name, value }) => `${name}=${value}`).join('; ')
}

const targets = [
  '/', '/dashboard', `/${'n'.repeat(254)}`, `/${'"'.repeat(126)}`, `/${'é'.repeat(40)}`, `/${'n'.repeat(2047)}`,
  `/?${'"'.repeat(2000)}`
]

async function logIn (story: FakeStory): Promise<void> {
  const attempt = await story.begin()
  await story.browser.request(`${siteOrigin}/oidc/callback/${name}?code=a-code&state=${attempt.state}`)
}

for (const [way, options] of ways) {
  test(`all cookies together stay under ${most} bytes in a browser that begins many attempts, ${way}`, async (t) => {
    const story = await create(t, options())
    await logIn(story)
    assert.equal(await story.userOf(), userId)
    let largest = 0
    const longest = Array.from({ length: 6 }, () => targets[2] as string)
    for (const target of [...targets, ...targets.toReversed(), ...longest]) {
      await story.begin(`/reauthenticate?next=${encodeURIComponent(target)}`)
      largest = Math.max(largest, headerOf(story.browser).length)
      assert.ok(story.browser.cookies.filter(({ name }) => /_[\w-]{16}$/.test(name)).length <= 4)
    }
    t.diagnostic(`at most ${largest} bytes`)
    assert.ok(largest < most, `${largest} bytes`)
    assert.equal(await story.userOf(), userId, 'the login is still there')
  })

  test(`what a provider calls a user, or a session, may be of any length, ${way}`, async (t) => {
    const story = await create(t, options())
    await logIn(story)
    const oidc = story.browser.cookies.filter(({ name }) => name.includes('_login'))
    for (const { name, value } of oidc) assert.ok(name.length + value.length < 400, name)
    const now = Math.floor(Date.now() / 1000)
    story.fake.faked = { claims: { ...hostile, auth_time: now } }
    const { state } = await story.begin('/reauthenticate?next=/vault')
    const answer = await story.browser.request(`${siteOrigin}/oidc/callback/${name}?code=a-code&state=${state}`)
    assert.equal(answer.headers.location, '/vault', 'it is the same user')
    story.fake.faked = { claims: { ...hostile, sub: `${hostile.sub.slice(1)}t`, auth_time: now } }
    const other = await story.begin('/reauthenticate?next=/vault')
    const callback = `${siteOrigin}/oidc/callback/${name}?code=a-code&state=${other.state}`
    assert.equal((await story.browser.request(callback)).statusCode, 403, 'and that is another one')
  })
}

describe('the attempts to log in', () => {
  test(`take ${mostOfAttempts} bytes together, whatever they are to lead to: the oldest go`, async (t) => {
    const story = await createFakeStory(t)
    for (const target of targets) {
      for (let attempt = 0; attempt < 5; attempt++) await story.begin(`/login?next=${encodeURIComponent(target)}`)
      const bytes = headerOf(story.browser).length
      assert.ok(bytes <= mostOfAttempts, `${bytes} bytes for ${target.slice(0, 20)}`)
      assert.ok(attemptsOf(story.browser).length >= 2, 'two tabs finish, however long the addresses')
    }
  })

  test('are four where their addresses are as short as most, and each leads where it was to lead', async (t) => {
    const story = await createFakeStory(t)
    const begun = []
    for (const page of [1, 2, 3, 4]) {
      begun.push({ page, attempt: await story.begin(`/login?next=/articles/2026/a-page-of-usual-length?page=${page}`) })
    }
    assert.equal(attemptsOf(story.browser).length, 4)
    for (const { page, attempt } of begun) {
      story.fake.nonce = attempt.nonce
      const browser = story.browser.copy()
      assert.equal((await story.comeBack(attempt, {}, browser)).url.search, `?page=${page}`)
    }
  })

  test('keep an address of 256 bytes as written in the cookie, and give up a longer one for afterLogin', async (t) => {
    const story = await createFakeStory(t, { oidc: { afterLogin: '/dashboard' } })
    for (const [target, kept] of [
      [`/?${'n'.repeat(252)}`, true], [`/?${'n'.repeat(253)}`, false],
      [`/?${'"'.repeat(126)}`, true], [`/?${'"'.repeat(127)}`, false]
    ] as const) {
      const browser = new WebBrowser(story.world)
      const attempt = await story.begin(`/login?next=${encodeURIComponent(target)}`, browser)
      const { url } = await story.comeBack(attempt, {}, browser)
      assert.equal(url.pathname, kept ? '/' : '/dashboard', String(target.length))
    }
  })

  test('name no secret that their address shows: from state and nonce nobody can work out the verifier', async (t) => {
    const story = await createFakeStory(t)
    const attempt = await story.begin()
    const { value } = attemptsOf(story.browser)[0] as { value: string }
    await story.comeBack(attempt)
    const exchange = story.world.asked.find(({ url }) => url === `${issuer}/token`)
    const verifier = new URLSearchParams(exchange?.body).get('code_verifier') as string
    assert.match(verifier, /^[\w-]{43}$/)
    const challenge = attempt.url.searchParams.get('code_challenge')
    assert.equal(new Set([attempt.state, attempt.nonce, verifier, challenge]).size, 4)
    for (const secret of [attempt.state, attempt.nonce, verifier]) assert.equal(value.includes(secret), false)
    const next = await story.begin('/login?next=/x', new WebBrowser(story.world))
    assert.notEqual(next.state, attempt.state)
  })
})
