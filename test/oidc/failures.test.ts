/** What a visitor sees where the provider says no, nonsense or nothing: one test for each row of the table of errors. */
import assert from 'node:assert/strict'
import { describe, test } from 'node:test'
import type { OidcOptions } from 'fastify-login/oidc'
import { createFakeStory, type Faked, type FakeStory } from './support/fake-provider.ts'
import { siteOrigin } from './support/provider.ts'
import { attemptsOf } from './support/world.ts'

const json = (body: unknown, status = 200) => () => Response.json(body, { status })
const html = () => new Response('<h1>Bad Gateway <script>alert(1)</script></h1>', { headers: { 'content-type': 'text/html' } })
const refused = (code: string) => () => { throw Object.assign(new TypeError('fetch failed'), { cause: { code } }) }
/** An answer that does not come: the wait is cut short as a timeout cuts it. */
const slow = () => new Promise<Response>((_resolve, reject) => setTimeout(() => reject(new DOMException('too slow', 'TimeoutError')), 5))

const markup = '<script>alert(document.cookie)</script>'

interface Row {
  readonly what: string
  readonly code: string
  readonly status: number
  readonly faked?: Faked
  readonly site?: Partial<OidcOptions>
  readonly parameters?: Record<string, string | null>
}

const rows: Row[] = [
  { what: 'the user cancelled', parameters: { code: null, error: 'access_denied', error_description: markup }, code: 'FST_LOGIN_OIDC_CANCELLED', status: 403 },
  { what: 'the provider refuses', parameters: { code: null, error: markup, error_description: markup, error_uri: 'https://evil.test' }, code: 'FST_LOGIN_OIDC_REFUSED', status: 400 },
  { what: 'the code is not valid', faked: { answers: { '/token': json({ error: 'invalid_grant', error_description: markup }, 400) } }, code: 'FST_LOGIN_OIDC_REFUSED', status: 400 },
  { what: 'the code is missing', parameters: { code: null }, code: 'FST_LOGIN_OIDC_INVALID_ANSWER', status: 400 },
  { what: 'the code is empty', parameters: { code: '' }, code: 'FST_LOGIN_OIDC_INVALID_ANSWER', status: 400 },
  { what: 'the provider does not understand the code', faked: { answers: { '/token': json({ error: 'invalid_request' }, 400) } }, code: 'FST_LOGIN_OIDC_REFUSED', status: 400 },
  { what: 'the client is not known', faked: { answers: { '/token': json({ error: 'invalid_client' }, 400) } }, code: 'FST_LOGIN_OIDC_MISCONFIGURED', status: 500 },
  {
    what: 'the client secret is wrong',
    faked: { answers: { '/token': () => new Response('{"error":"invalid_client"}', { status: 401, headers: { 'www-authenticate': 'Basic realm="x"', 'content-type': 'application/json' } }) } },
    code: 'FST_LOGIN_OIDC_MISCONFIGURED',
    status: 500
  },
  { what: 'the provider fails', faked: { answers: { '/token': json({ error: 'server_error' }, 500) } }, code: 'FST_LOGIN_OIDC_UNAVAILABLE', status: 503 },
  { what: 'the provider says that it is busy', faked: { answers: { '/token': json({ error: 'temporarily_unavailable' }, 400) } }, code: 'FST_LOGIN_OIDC_UNAVAILABLE', status: 503 },
  { what: 'the provider is overloaded', faked: { answers: { '/token': () => new Response('busy', { status: 503 }) } }, code: 'FST_LOGIN_OIDC_UNAVAILABLE', status: 503 },
  { what: 'the provider answers HTML', faked: { answers: { '/token': html } }, code: 'FST_LOGIN_OIDC_UNAVAILABLE', status: 503 },
  { what: 'the provider answers JSON that is none', faked: { answers: { '/token': () => new Response('{', { headers: { 'content-type': 'application/json' } }) } }, code: 'FST_LOGIN_OIDC_UNAVAILABLE', status: 503 },
  { what: 'the provider is too slow', faked: { answers: { '/token': slow } }, code: 'FST_LOGIN_OIDC_UNAVAILABLE', status: 503 },
  { what: 'the provider refuses connections', faked: { answers: { '/token': refused('ECONNREFUSED') } }, code: 'FST_LOGIN_OIDC_UNAVAILABLE', status: 503 },
  { what: 'the provider has no address any more', faked: { answers: { '/token': refused('ENOTFOUND') } }, code: 'FST_LOGIN_OIDC_UNAVAILABLE', status: 503 },
  { what: 'the keys are gone', faked: { answers: { '/jwks': () => new Response('', { status: 404 }) } }, code: 'FST_LOGIN_OIDC_UNAVAILABLE', status: 503 },
  {
    what: 'the access token is not good for userinfo',
    site: { userinfo: true },
    faked: { answers: { '/userinfo': () => new Response('', { status: 401, headers: { 'www-authenticate': 'Bearer error="invalid_token"' } }) } },
    code: 'FST_LOGIN_OIDC_INVALID_ANSWER',
    status: 400
  },
  { what: 'userinfo is HTML', site: { userinfo: true }, faked: { answers: { '/userinfo': html } }, code: 'FST_LOGIN_OIDC_UNAVAILABLE', status: 503 },
  { what: 'the provider has no place to exchange the code', faked: { metadata: { token_endpoint: undefined } }, code: 'FST_LOGIN_OIDC_MISCONFIGURED', status: 500 },
  { what: 'what asks the provider fails in its own way', faked: { answers: { '/token': () => { throw new Error(markup) } } }, code: 'FST_LOGIN_OIDC_UNAVAILABLE', status: 503 },
  { what: 'the ID token has expired', faked: { claims: { exp: 1 } }, code: 'FST_LOGIN_OIDC_INVALID_ANSWER', status: 400 }
]

describe('coming back', () => {
  for (const row of rows) {
    test(`where ${row.what}, the answer is ${row.status}, a page or JSON, and nobody is logged in`, async (t) => {
      const story = await createFakeStory(t, { oidc: row.site ?? {} }, row.faked)
      const page = await story.comeBack(await story.begin(), row.parameters)
      assert.equal(page.response.statusCode, row.status, page.response.body)
      assert.match(String(page.response.headers['content-type']), /^text\/html/)
      assertHarmless(page.response)
      story.browser.headers.accept = 'application/json'
      story.fake.counts.clear()
      const program = await story.comeBack(await story.begin(), row.parameters)
      assert.equal(program.response.statusCode, row.status)
      assert.equal((program.response.json() as { code: string }).code, row.code)
      assertHarmless(program.response)
      assert.equal(await story.userOf(), null)
      assert.deepEqual(story.events, [])
    })
  }

  test('a user who is logged in already stays so, whatever comes back', async (t) => {
    const story = await createFakeStory(t)
    await story.comeBack(await story.begin())
    const before = story.browser.cookies.find(({ name }) => name === '__Host-login' || name === 'login')?.value
    story.fake.faked = { answers: { '/token': json({ error: 'server_error' }, 500) } }
    assert.equal((await story.comeBack(await story.begin('/reauthenticate'))).response.statusCode, 503)
    assert.equal(await story.userOf(), 'ada')
    assert.equal(story.browser.cookies.find(({ name }) => name === '__Host-login' || name === 'login')?.value, before)
  })
})

/** Nothing of what was sent comes back, and the address with the code in it is not told to anybody. */
function assertHarmless ({ body, headers }: { body: string, headers: Record<string, unknown> }): void {
  assert.equal(body.includes('alert'), false)
  assert.equal(body.includes('evil'), false)
  assert.equal(headers['cache-control'], 'no-store')
  assert.equal(headers['referrer-policy'], 'no-referrer')
}

const unwell: Record<string, Faked> = {
  'refuses connections': { answers: { '/.well-known/openid-configuration': refused('ECONNREFUSED') } },
  'is too slow': { answers: { '/.well-known/openid-configuration': slow } },
  'answers HTML': { answers: { '/.well-known/openid-configuration': html } },
  'answers with an error': { answers: { '/.well-known/openid-configuration': json({}, 500) } },
  'answers with an array': { answers: { '/.well-known/openid-configuration': json([]) } }
}

const pushing = { require_pushed_authorization_requests: true, pushed_authorization_request_endpoint: 'https://op.test/par' }

/** What is about the set-up of the two, and not about any visitor. */
const misfits: Record<string, Faked> = {
  'does not know this site': { metadata: pushing, answers: { '/par': json({ error: 'invalid_client' }, 401) } },
  'wants this site to prove itself otherwise': { metadata: pushing, answers: { '/par': () => new Response('', { status: 401, headers: { 'www-authenticate': 'Basic realm="x"' } }) } },
  'does not take such questions': { metadata: pushing, answers: { '/par': json({ error: 'invalid_request', error_description: markup }, 400) } },
  'has no page to log in': { metadata: { authorization_endpoint: undefined } }
}

describe('setting out', () => {
  for (const [what, faked] of Object.entries(misfits)) {
    test(`to a provider that ${what}, the answer is 500, and the site's own fault`, async (t) => {
      const story = await createFakeStory(t, {}, faked)
      const { response } = await story.browser.go(`${siteOrigin}/dashboard`)
      assert.equal(response.statusCode, 500, response.body)
      assert.match(response.body, /not set up for each other/)
      assertHarmless(response)
      assert.equal(attemptsOf(story.browser).length, 0)
      const program = await story.app.inject({ url: '/login', headers: { accept: 'application/json' } })
      assert.equal(program.json().code, 'FST_LOGIN_OIDC_MISCONFIGURED')
    })
  }

  for (const [what, faked] of Object.entries(unwell)) {
    test(`to a provider that ${what}, the answer is 503 with Retry-After, a page or JSON`, async (t) => {
      const story = await createFakeStory(t, {}, faked)
      const { response } = await story.browser.go(`${siteOrigin}/dashboard`)
      assert.equal(response.statusCode, 503)
      assert.match(response.body, /does not answer/)
      assert.equal(response.headers['retry-after'], '5')
      const program = await story.app.inject({ url: '/login', headers: { accept: 'application/json' } })
      assert.equal(program.json().code, 'FST_LOGIN_OIDC_UNAVAILABLE')
      assert.equal(program.headers['retry-after'], '5')
    })
  }

  test('to a provider that does not answer, nobody waits longer than the timeout', async (t) => {
    const story = await createFakeStory(t, { oidc: { timeout: 0.05 } })
    story.world.intercept = () => new Promise(() => {})
    const asked = story.browser.go(`${siteOrigin}/login`)
    const waited = new Promise<null>((resolve) => setTimeout(resolve, 2000, null))
    assert.equal((await Promise.race([asked, waited]))?.response.statusCode, 503)
  })
})

test('the site\'s own page stands in for the built-in one', async (t) => {
  const story = await createFakeStory(t, { oidc: { errorPage: (error, _request, reply) => reply.type('text/html').send(`<p>sorry: ${error.code}</p>`) } })
  const page = await story.comeBack(await story.begin(), { code: null, error: 'access_denied' })
  assert.equal(page.response.statusCode, 403)
  assert.equal(page.response.body, '<p>sorry: FST_LOGIN_OIDC_CANCELLED</p>')
})

test('what the provider said stands in the log, with the provider\'s own words', async (t) => {
  const story = await createFakeStory(t)
  await story.comeBack(await story.begin(), { code: null, error: 'access_denied', error_description: 'she said no' })
  assert.match(JSON.stringify(story.logged), /she said no|access_denied/)
})

test('an error of the application\'s own goes to the application\'s own handler', async (t) => {
  const story: FakeStory = await createFakeStory(t, {
    oidc: { toUser: () => { throw new Error('the database is down') } },
    before: (app) => app.setErrorHandler((error, _request, reply) => reply.code(500).send(`own handler: ${(error as Error).message}`))
  })
  const page = await story.comeBack(await story.begin())
  assert.equal(page.response.body, 'own handler: the database is down')
  assert.equal(await story.userOf(), null)
})
