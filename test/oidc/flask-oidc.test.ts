/** What flask-oidc's own tests ask, told again where no other file here asks it. */
import assert from 'node:assert/strict'
import { test } from 'node:test'
import { MemoryStore, requireLogin } from 'fastify-login'
import { createRemoteJWKSet, customFetch, errors as jose, jwtVerify } from 'jose'
import { createFakeStory, forgersKey, type FakeStory } from './support/fake-provider.ts'
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

test('user_in_view, groups, user class: a page sees whatever toUser made of the claims', async (t) => {
  class Member {
    readonly id: string
    readonly name: string
    readonly #groups: string[]

    constructor (id: string, name: string, groups: string[]) {
      this.id = id
      this.name = name
      this.#groups = groups
    }

    isIn (group: string): boolean {
      return this.#groups.includes(group)
    }
  }
  const members = new Map<string, Member>()
  const story = await createFakeStory(t, {
    options: { loadUser: (id: string) => members.get(id) as never },
    oidc: {
      userinfo: true,
      toUser: ({ claims, userinfo }) => {
        const member = new Member(claims.sub, String(userinfo?.['nickname']), claims['groups'] as string[])
        members.set(claims.sub, member)
        return member as never
      }
    },
    after: (app) => app.get('/admin', { preHandler: requireLogin }, (request, reply) => {
      const member = request.currentUser as unknown as Member
      return member.isIn('admins') ? member.name : reply.code(403).send('not for you')
    })
  }, { claims: { groups: ['users', 'admins'] }, userinfo: { nickname: 'ada42' } })
  await story.comeBack(await story.begin())
  assert.equal((await story.browser.request(`${siteOrigin}/admin`)).body, 'ada42')
})

test('accept_token, as docs/openid-connect.md tells it: a program with an access token is let in, and without one, or with another, it is not', async (t) => {
  const api = 'https://api.test'
  const later: { story?: FakeStory } = {}
  const keys = createRemoteJWKSet(new URL(`${issuer}/jwks`), { [customFetch]: (async (url: string, asked: never) => await later.story?.world.fetch(url, asked)) as never })
  const story = await createFakeStory(t, {
    options: {
      async loadUserFromRequest (request) {
        const [, token] = /^Bearer (\S+)$/i.exec(request.headers.authorization ?? '') ?? []
        if (token === undefined) return null
        try {
          const { payload } = await jwtVerify(token, keys, { issuer, audience: api })
          return { id: payload.sub, name: 'Ada', scopes: String(payload['scope']).split(' ') } as never
        } catch (error) {
          if (error instanceof jose.JWKSTimeout || !(error instanceof jose.JOSEError)) throw error
          return null
        }
      }
    },
    after: (app) => app.get('/profile', { preHandler: requireLogin }, (request, reply) => {
      const { scopes } = request.currentUser as unknown as { scopes: string[] }
      return scopes.includes('profile') ? `profile of ${request.currentUser.id}` : reply.code(403).send()
    })
  })
  later.story = story
  const now = Math.floor(Date.now() / 1000)
  const honest = { iss: issuer, aud: api, sub: 'ada', scope: 'openid profile', iat: now, exp: now + 60 }
  const ask = async (authorization?: string) => await story.app.inject({ url: '/profile', headers: { accept: 'application/json', ...authorization === undefined ? {} : { authorization } } })
  const bearer = async (claims: object, key?: typeof forgersKey) => await ask(`Bearer ${await story.fake.sign({ ...honest, ...claims }, {}, key)}`)
  assert.equal((await bearer({})).body, 'profile of ada')
  assert.equal((await ask()).statusCode, 401)
  assert.equal((await ask('Bearer x.y.z')).statusCode, 401)
  assert.equal((await ask('Basic YWRhOmFkYQ==')).statusCode, 401)
  assert.equal((await bearer({ exp: now - 1 })).statusCode, 401)
  assert.equal((await bearer({ aud: 'https://another.test' })).statusCode, 401, 'a token for somebody else')
  assert.equal((await bearer({ aud: 'site', nonce: 'x' })).statusCode, 401, 'an ID token')
  assert.equal((await bearer({}, forgersKey)).statusCode, 401)
  assert.equal((await bearer({ scope: 'openid' })).statusCode, 403)
})
