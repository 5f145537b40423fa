/** What forged, replayed and swapped answers are worth: nothing. One test for each row of the threats. */
import assert from 'node:assert/strict'
import { describe, test } from 'node:test'
import { createFakeStory, forgersKey, type Faked, type FakeStory } from './support/fake-provider.ts'
import { siteOrigin, issuer } from './support/provider.ts'
import { clientSecret } from './support/site.ts'
import { createStory } from './support/story.ts'
import { WebBrowser } from './support/world.ts'

/** Refused with a page, nobody logged in, and nothing set that would let anybody in. */
async function assertRefused (story: FakeStory, page: Awaited<ReturnType<FakeStory['comeBack']>>, code: string, status = 400, browser = story.browser): Promise<void> {
  assert.equal(page.response.statusCode, status, page.response.body)
  assert.match(String(page.response.headers['content-type']), /^text\/html/)
  assert.equal(lastError(story), code)
  assert.equal(page.response.cookies.some(({ name }) => name === 'login'), false)
  assert.equal(await story.userOf(browser), null)
}

function lastError ({ logged }: FakeStory): unknown {
  return logged.map(({ err }) => (err as { code?: string } | undefined)?.code).filter(Boolean).at(-1)
}

const invalid = 'FST_LOGIN_OIDC_INVALID_ANSWER'

test('an honest answer logs in', async (t) => {
  const story = await createFakeStory(t)
  const { response, url } = await story.comeBack(await story.begin('/login?next=/dashboard'))
  assert.equal(response.body, 'dashboard of ada')
  assert.equal(url.pathname, '/dashboard')
})

test('an answer that another browser asked for is worth nothing: nobody can be logged in as somebody else', async (t) => {
  const story = await createFakeStory(t)
  const attempt = await story.begin()
  const victim = new WebBrowser(story.world)
  await assertRefused(story, await story.comeBack(attempt, {}, victim), 'FST_LOGIN_OIDC_UNKNOWN_ATTEMPT', 400, victim)
})

test('a state that was altered, left out or sent twice is refused', async (t) => {
  const story = await createFakeStory(t)
  const attempt = await story.begin()
  await assertRefused(story, await story.comeBack(attempt, { state: `${attempt.state}x` }), 'FST_LOGIN_OIDC_UNKNOWN_ATTEMPT')
  await assertRefused(story, await story.comeBack(attempt, { state: null }), 'FST_LOGIN_OIDC_UNKNOWN_ATTEMPT')
  const twice = await story.browser.go(`${siteOrigin}/oidc/callback?code=1&state=${attempt.state}&state=${attempt.state}`)
  await assertRefused(story, twice, 'FST_LOGIN_OIDC_UNKNOWN_ATTEMPT')
})

test('an attempt is good for one answer, also for a copy of its cookie', async (t) => {
  const story = await createFakeStory(t)
  const attempt = await story.begin()
  const copy = story.browser.copy()
  assert.equal((await story.comeBack(attempt)).response.statusCode, 200)
  await assertRefused(story, await story.comeBack(attempt, {}, copy), 'FST_LOGIN_OIDC_UNKNOWN_ATTEMPT', 400, copy)
  assert.equal(story.fake.counts.get('/token'), 1, 'the code is not even sent again')
})

test('an attempt is over after ten minutes', async (t) => {
  t.mock.timers.enable({ apis: ['Date'], now: Date.now() })
  const story = await createFakeStory(t)
  const attempt = await story.begin()
  t.mock.timers.setTime(Date.now() + 600_000)
  await assertRefused(story, await story.comeBack(attempt), 'FST_LOGIN_OIDC_UNKNOWN_ATTEMPT')
})

test('a cookie moved from one purpose to another opens nothing', async (t) => {
  const story = await createFakeStory(t)
  await story.comeBack(await story.begin())
  const others = story.browser.cookies.filter(({ name }) => /_(?:login|rounds|id_token)$/.test(name))
  assert.equal(others.length, 3)
  for (const { value } of others) {
    const browser = new WebBrowser(story.world)
    const attempt = await story.begin('/login', browser)
    browser.cookies = browser.cookies.map((cookie) => ({ ...cookie, value }))
    await assertRefused(story, await story.comeBack(attempt, {}, browser), 'FST_LOGIN_OIDC_UNKNOWN_ATTEMPT', 400, browser)
  }
})

test('an answer by another provider (mix-up) is refused, and one without its name where the provider promises it', async (t) => {
  const story = await createFakeStory(t)
  await assertRefused(story, await story.comeBack(await story.begin(), { iss: 'https://evil.test' }), invalid)
  const promising = await createFakeStory(t, {}, { metadata: { authorization_response_iss_parameter_supported: true } })
  await assertRefused(promising, await promising.comeBack(await promising.begin()), invalid)
  assert.equal((await promising.comeBack(await promising.begin(), { iss: issuer })).response.statusCode, 200)
})

test('every attempt proves itself with PKCE: the code of one is worth nothing in another', async (t) => {
  const { browser, world, whoami } = await createStory(t)
  const query = (address: string | undefined) => new URL(address as string).searchParams
  const back = async (by: WebBrowser) => (await by.go(`${siteOrigin}/login`, { until: `${siteOrigin}/oidc` })).response.headers.location
  const thief = new WebBrowser(world)
  const stolen = query(await back(browser) as string).get('code') as string
  const own = new URL(await back(thief) as string)
  own.searchParams.set('code', stolen)
  assert.equal((await thief.go(own.href)).response.statusCode, 400)
  assert.equal((await whoami(thief)).user, null)
  const authorization = thief.visited.find((address) => address.startsWith(`${issuer}/auth?`))
  assert.equal(query(authorization).get('code_challenge_method'), 'S256')
  assert.notEqual(query(authorization).get('state'), null)
  assert.notEqual(query(authorization).get('nonce'), null)
})

const now = () => Math.floor(Date.now() / 1000)

const forged: Array<[what: string, faked: () => Faked]> = [
  ['was made for another attempt (nonce)', () => ({ claims: { nonce: 'another' } })],
  ['has no nonce', () => ({ claims: { nonce: undefined } })],
  ['was signed by somebody else', () => ({ signWith: forgersKey })],
  ['is not signed', () => ({ header: { alg: 'none' } })],
  ['is signed with the client secret where a key is due', () => ({ header: { alg: 'HS256' }, signWith: Buffer.from(clientSecret) })],
  ['is for another site', () => ({ claims: { aud: 'another' } })],
  ['is for several sites, and this is not the one that asked', () => ({ claims: { aud: ['site', 'another'], azp: 'another' } })],
  ['is by another issuer', () => ({ claims: { iss: 'https://evil.test' } })],
  ['has expired', () => ({ claims: { exp: now() - 60 } })],
  ['has no end', () => ({ claims: { exp: undefined } })],
  ['is not valid yet', () => ({ claims: { nbf: now() + 60 } })],
  ['was issued in the future', () => ({ claims: { iat: now() + 3600 } })],
  ['names nobody', () => ({ claims: { sub: undefined } })],
  ['names a number', () => ({ claims: { sub: 7 } })],
  ['is not there', () => ({ token: { id_token: undefined } })],
  ['cannot be read', () => ({ token: { id_token: 'x.y.z' } })],
  ['can be read by its header alone', () => ({ token: { id_token: `${Buffer.from('{"alg":"ES256"}').toString('base64url')}.y.z` } })],
  ['is not text', () => ({ token: { id_token: { header: {} } } })]
]

describe('an ID token is refused that', () => {
  for (const [what, faked] of forged) {
    test(what, async (t) => {
      const story = await createFakeStory(t, {}, faked())
      await assertRefused(story, await story.comeBack(await story.begin()), invalid)
      assert.equal(story.identities.length, 0, 'the application is not asked')
    })
  }
})

test('the provider\'s clock may be off by the tolerance, and not by more', async (t) => {
  const story = await createFakeStory(t, {}, { claims: { exp: now() - 20, iat: now() + 20 } })
  assert.equal((await story.comeBack(await story.begin())).response.statusCode, 200)
  const strict = await createFakeStory(t, { oidc: { clockTolerance: 5 } }, { claims: { iat: now() + 20 } })
  await assertRefused(strict, await strict.comeBack(await strict.begin()), invalid)
})

test('an ID token signed with the client secret is taken where that is configured, and only with the right one', async (t) => {
  const shared = { oidc: { idTokenAlgorithm: 'HS256' } }
  const faked = { header: { alg: 'HS256', kid: undefined }, metadata: { id_token_signing_alg_values_supported: ['HS256'] } }
  const story = await createFakeStory(t, shared, { ...faked, signWith: Buffer.from(clientSecret) })
  assert.equal((await story.comeBack(await story.begin())).response.statusCode, 200)
  const other = await createFakeStory(t, shared, { ...faked, signWith: Buffer.from('another secret, of thirty-two bytes and more') })
  await assertRefused(other, await other.comeBack(await other.begin()), invalid)
})

test('an answer is refused that proves less than was asked for, whatever was stripped from the question (acr)', async (t) => {
  const story = await createFakeStory(t, { oidc: { authorizationParameters: { acr_values: 'phishing-resistant mfa' } } })
  for (const acr of [undefined, 'password', 'mf', 'phishing-resistant mfa']) {
    story.fake.faked = { claims: { acr } }
    await assertRefused(story, await story.comeBack(await story.begin()), invalid)
  }
  story.fake.faked = { claims: { acr: 'mfa' } }
  await story.comeBack(await story.begin())
  assert.equal(await story.userOf(), 'ada')
})

test('a proof of identity older than max_age allows is refused, or one of which the provider does not say how old it is', async (t) => {
  const story = await createFakeStory(t, { oidc: { authorizationParameters: { max_age: '60' } } })
  for (const provenAt of [undefined, now() - 120]) {
    story.fake.faked = { claims: { auth_time: provenAt } }
    await assertRefused(story, await story.comeBack(await story.begin()), invalid)
  }
  story.fake.faked = { claims: { auth_time: now() - 50 } }
  await story.comeBack(await story.begin())
  assert.equal(await story.userOf(), 'ada')
})

test('userinfo about somebody else is refused', async (t) => {
  const story = await createFakeStory(t, { oidc: { userinfo: true } }, { userinfo: { sub: 'eve' } })
  await assertRefused(story, await story.comeBack(await story.begin()), invalid)
})

test('a discovery document by another issuer is refused', async (t) => {
  const story = await createFakeStory(t, {}, { metadata: { issuer: 'https://evil.test' } })
  const { response } = await story.browser.go(`${siteOrigin}/login`)
  assert.equal(response.statusCode, 500)
  assert.equal(lastError(story), 'FST_LOGIN_OIDC_MISCONFIGURED')
})

test('the address to come back to is the configured one, whatever host was asked', async (t) => {
  const story = await createFakeStory(t)
  const answer = await story.app.inject({ url: '/login', headers: { host: 'evil.test', 'x-forwarded-host': 'evil.test', 'x-forwarded-proto': 'http' } })
  const asked = new URL(String(answer.headers.location))
  assert.equal(asked.searchParams.get('redirect_uri'), `${siteOrigin}/oidc/callback`)
  const attempt = await story.begin()
  const parameters = new URLSearchParams({ code: 'a-code', state: attempt.state })
  const cookie = story.browser.cookies.map(({ name, value }) => `${name}=${value}`).join('; ')
  await story.app.inject({ url: `/oidc/callback?${parameters}`, headers: { host: 'evil.test', cookie } })
  const body = new URLSearchParams(story.world.asked.find(({ url }) => url === `${issuer}/token`)?.body)
  assert.equal(body.get('redirect_uri'), `${siteOrigin}/oidc/callback`)
})

const elsewhere = [
  '//evil.test', '/\\evil.test', '\\\\evil.test', '/\t/evil.test', 'https:evil.test', 'http:/evil.test', 'https://evil.test/',
  'javascript:alert(1)', ' /x', '/x\r\nSet-Cookie: login=forged', '/..//evil.test\\', `/${'x'.repeat(3000)}`
]

test('no target of ?next= leads off the site', async (t) => {
  const story = await createFakeStory(t)
  for (const next of elsewhere) {
    const browser = new WebBrowser(story.world)
    const { url } = await story.comeBack(await story.begin(`/login?next=${encodeURIComponent(next)}`, browser), {}, browser)
    assert.equal(url.href, `${siteOrigin}/`, next)
  }
  for (const next of ['/..//evil.test', '/a/..//evil.test', '/.//evil.test', '/%2f/evil.test']) {
    const browser = new WebBrowser(story.world)
    const { url } = await story.comeBack(await story.begin(`/login?next=${encodeURIComponent(next)}`, browser), {}, browser)
    assert.equal(url.origin, siteOrigin, next)
  }
  const browser = new WebBrowser(story.world)
  const twice = await story.comeBack(await story.begin('/login?next=/a&next=/b', browser), {}, browser)
  assert.equal(twice.url.pathname, '/')
})

test('who plants cookies of their own in a browser has nothing of the login that begins there (session fixation)', async (t) => {
  const story = await createFakeStory(t, {}, { claims: { sub: 'eve' } })
  const [eve, ada] = [new WebBrowser(story.world), new WebBrowser(story.world)]
  await story.comeBack(await story.begin('/login', eve), {}, eve)
  const attempt = await story.begin('/login', ada)
  ada.cookies.push(...eve.cookies)
  story.fake.faked = { claims: { sub: 'ada' } }
  await story.comeBack(attempt, {}, ada)
  assert.equal(await story.userOf(ada), 'ada')
  assert.notEqual(await story.userOf(eve), 'ada')
  const secretOf = ({ cookies }: WebBrowser) => cookies.find(({ name }) => name === 'login')?.value
  assert.notEqual(secretOf(ada), secretOf(eve))
})

test('no secret of a log-in stands in the log or in an answer, whether it succeeds or fails', async (t) => {
  const secrets = { access_token: 'a-secret-access-token', refresh_token: 'a-secret-refresh-token' }
  const story = await createFakeStory(t, {}, { token: secrets })
  const bodies: string[] = []
  for (const faked of [{}, { claims: { aud: 'another' } }, { signWith: forgersKey }, { answers: { '/token': () => Response.json({ error: 'invalid_grant', ...secrets }, { status: 400 }) } }] as Faked[]) {
    story.fake.faked = { token: secrets, ...faked }
    const browser = new WebBrowser(story.world)
    const { response } = await story.comeBack(await story.begin('/login', browser), { code: 'a-secret-code' }, browser)
    const { response: page } = await story.comeBack(await story.begin('/login', new WebBrowser(story.world)), { error: 'a-secret-error' }, browser)
    bodies.push(response.body, page.body, JSON.stringify(response.headers))
  }
  const verifiers = story.world.asked.map(({ body }) => new URLSearchParams(body).get('code_verifier')).filter((verifier) => verifier !== null)
  assert.equal(verifiers.length, 4)
  // Fastify's own lines name the address of each request: those are the application's to configure.
  const lines = story.logged.filter(({ msg }) => msg !== 'incoming request')
  assert.ok(lines.some(({ msg }) => String(msg).startsWith('fastify-login/oidc')))
  const told = JSON.stringify([lines, bodies])
  for (const secret of ['a-secret', clientSecret, encodeURIComponent(clientSecret), 'eyJ', ...verifiers]) assert.equal(told.includes(secret), false, secret)
})
