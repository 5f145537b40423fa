/** What flask-oidc's own tests ask, told again where no other file here asks it. */
import assert from 'node:assert/strict'
import { test } from 'node:test'
import { MemoryStore } from 'fastify-login'
import { createFakeStory } from './support/fake-provider.ts'
import { createStory } from './support/story.ts'
import { clientSecret } from './support/site.ts'
import { issuer, siteOrigin } from './support/provider.ts'

const tokenRequests = ({ world }: { world: { asked: Array<{ url: string, body: string, headers: Record<string, string> }> } }) =>
  world.asked.filter(({ url }) => url === `${issuer}/token`)

test('signin: the code is exchanged with these words, and no others', async (t) => {
  const story = await createFakeStory(t)
  await story.comeBack(await story.begin())
  const { body, headers } = tokenRequests(story)[0] ?? assert.fail('nobody asked')
  const { code_verifier: verifier, ...sent } = Object.fromEntries(new URLSearchParams(body))
  assert.deepEqual(sent, { code: 'a-code', grant_type: 'authorization_code', redirect_uri: `${siteOrigin}/oidc/callback` })
  assert.match(verifier ?? '', /^[\w-]{43}$/)
  const form = (text: string) => encodeURIComponent(text).replaceAll('%20', '+')
  assert.equal(headers['authorization'], `Basic ${Buffer.from(`site:${form(clientSecret)}`).toString('base64')}`)
})

test('expired_token: a token is refreshed with these words, and no others', async (t) => {
  t.mock.timers.enable({ apis: ['Date'], now: Date.now() })
  const story = await createFakeStory(t, { options: { store: new MemoryStore() }, oidc: { keepTokens: true } }, { token: { refresh_token: 'refresh' } })
  await story.comeBack(await story.begin())
  t.mock.timers.setTime(Date.now() + 601_000)
  story.fake.faked = { token: { access_token: 'new', refresh_token: 'next', id_token: undefined } }
  const answer = await story.browser.request(`${siteOrigin}/tokens`)
  assert.deepEqual([answer.json().tokens.accessToken, answer.json().tokens.refreshToken], ['new', 'next'])
  const body = tokenRequests(story).at(-1)?.body
  assert.deepEqual(Object.fromEntries(new URLSearchParams(body)), { grant_type: 'refresh_token', refresh_token: 'refresh' })
})

test('expired_token: pages that need no token are served, and nobody is asked, once it has ended', async (t) => {
  t.mock.timers.enable({ apis: ['Date'], now: Date.now() })
  const story = await createFakeStory(t)
  await story.comeBack(await story.begin())
  t.mock.timers.setTime(Date.now() + 3600_000)
  const asked = story.world.asked.length
  assert.equal((await story.browser.go(`${siteOrigin}/dashboard`)).response.body, 'dashboard of ada')
  assert.equal(story.world.asked.length, asked)
})

test('authorize_no_user_info: without the option the userinfo endpoint is not asked', async (t) => {
  const story = await createFakeStory(t)
  await story.comeBack(await story.begin())
  assert.equal(story.fake.counts.get('/userinfo'), undefined)
  assert.equal(story.identities[0]?.userinfo, null)
})

test('authorize_error: nobody is logged in, and no event says so', async (t) => {
  const story = await createFakeStory(t)
  await story.comeBack(await story.begin(), { code: null, error: 'some_error' })
  assert.equal(await story.userOf(), null)
  assert.deepEqual(story.events, [])
})

test('logout_redirect_loop: a site under a path of its host logs in and out there', async (t) => {
  const paths = { login: '/app/login', callback: '/app/callback', logout: '/app/logout', register: '/app/register', reauthenticate: '/app/again' }
  const { browser, whoami } = await createStory(t, {
    options: { loginPath: '/app/login', refreshPath: '/app/again' }, oidc: { paths, afterLogout: '/app/' }
  }, { client: { redirect_uris: [`${siteOrigin}/app/callback`], post_logout_redirect_uris: [`${siteOrigin}/app/`] } })
  assert.equal((await browser.go(`${siteOrigin}/dashboard`)).response.body, 'dashboard of ada')
  const { url } = await browser.submit(`${siteOrigin}/app/logout`)
  assert.equal(url.searchParams.get('post_logout_redirect_uri'), `${siteOrigin}/app/`)
  assert.equal((await whoami()).user, null)
})

test('oidc_callback_route: there is one callback, and the routes of flask-oidc are not there', async (t) => {
  const { app } = await createFakeStory(t)
  for (const url of ['/authorize', '/oidc_callback']) assert.equal((await app.inject(url)).statusCode, 404)
})

test('two sites in one process do not know each other', async (t) => {
  const [one, two] = [await createFakeStory(t), await createFakeStory(t, { options: { key: 'another secret of the tests, of thirty-two bytes' } })]
  const attempt = await one.begin()
  await one.comeBack(attempt)
  two.browser.cookies = one.browser.copy().cookies
  assert.equal(await two.userOf(), null)
  assert.equal((await two.comeBack(attempt)).response.statusCode, 400)
})
