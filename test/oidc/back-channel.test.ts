/** What a provider's back-channel logout promises: it ends what it names, and nothing that is forged ends anything. */
import assert from 'node:assert/strict'
import { randomUUID } from 'node:crypto'
import { describe, test, type TestContext } from 'node:test'
import type { LightMyRequestResponse } from 'fastify'
import { MemoryStore, type LoginStore } from 'fastify-login'
import { createFakeStory, forgersKey, type FakeStory } from './support/fake-provider.ts'
import { issuer, siteOrigin } from './support/provider.ts'
import { clientSecret } from './support/site.ts'
import { createStory } from './support/story.ts'
import { WebBrowser } from './support/world.ts'

const path = '/oidc/back-channel-logout'
const event = 'http://schemas.openid.net/event/backchannel-logout'
const now = () => Math.floor(Date.now() / 1000)

const withStore = (store: LoginStore = new MemoryStore()) => ({ options: { store }, oidc: { paths: { backChannelLogout: path } } })

test('a user who logs out at the provider, from another site, is logged out here', async (t) => {
  const { browser, op, whoami, world } = await createStory(t, withStore(), {
    client: { backchannel_logout_uri: siteOrigin + path, backchannel_logout_session_required: true }
  })
  await browser.go(`${siteOrigin}/dashboard`)
  assert.equal((await whoami()).user, 'ada')
  const asking = await browser.go(`${issuer}/session/end`)
  const xsrf = /name="xsrf" value="([^"]*)"/.exec(asking.response.body)?.[1] as string
  await browser.submit(`${issuer}/session/end/confirm`, { xsrf, logout: 'yes' })
  assert.ok(world.asked.some(({ url }) => url === siteOrigin + path))
  assert.deepEqual([(await whoami()).user, (await whoami()).lapse], [null, 'ended'])
  assert.equal((await browser.go(`${siteOrigin}/dashboard`)).response.body, 'dashboard of ada', 'and may log in again')
  assert.deepEqual(op.prompts, ['login', 'login'])
})

const honest = () => ({ iss: issuer, aud: 'site', sub: 'ada', sid: 'one', iat: now(), exp: now() + 120, jti: randomUUID(), events: { [event]: {} } })

async function tell (story: FakeStory, claims: object, header: Record<string, unknown> = { typ: 'logout+jwt' }, key?: Parameters<FakeStory['fake']['sign']>[2]): Promise<LightMyRequestResponse> {
  return await say(story, await story.fake.sign({ ...claims }, header, key))
}

async function say ({ app }: FakeStory, token: string, more = ''): Promise<LightMyRequestResponse> {
  return await app.inject({
    method: 'POST', url: path, payload: `logout_token=${encodeURIComponent(token)}${more}`, headers: { 'content-type': 'application/x-www-form-urlencoded' }
  })
}

/** Ada in one browser for each of her sessions at the provider. */
async function createAda (t: TestContext, sessions: Array<string | undefined>, site = withStore()): Promise<[FakeStory, WebBrowser[]]> {
  const story = await createFakeStory(t, site)
  const browsers = []
  for (const sid of sessions) {
    const browser = new WebBrowser(story.world)
    story.fake.faked = { claims: { sid } }
    await story.comeBack(await story.begin('/login', browser), {}, browser)
    assert.equal(await story.userOf(browser), 'ada')
    browsers.push(browser)
  }
  return [story, browsers]
}

async function whoAre (story: FakeStory, browsers: WebBrowser[]): Promise<Array<string | null>> {
  return await Promise.all(browsers.map((browser) => story.userOf(browser)))
}

describe('a logout token ends', () => {
  test('one session, where it names one', async (t) => {
    const [story, browsers] = await createAda(t, ['one', 'two'])
    const answer = await tell(story, honest())
    assert.equal(answer.statusCode, 200)
    assert.equal(answer.body, '')
    assert.equal(answer.headers['cache-control'], 'no-store')
    assert.deepEqual(await whoAre(story, browsers), [null, 'ada'])
  })

  test('one session, where it names nothing else', async (t) => {
    const [story, browsers] = await createAda(t, ['one', 'two'])
    assert.equal((await tell(story, { ...honest(), sub: undefined })).statusCode, 200)
    assert.deepEqual(await whoAre(story, browsers), [null, 'ada'])
  })

  test('all of a user, where it names no session, and nobody else\'s', async (t) => {
    const [story, browsers] = await createAda(t, ['one', 'two'])
    const grace = new WebBrowser(story.world)
    story.fake.faked = { claims: { sub: 'grace', sid: 'three' } }
    await story.comeBack(await story.begin('/login', grace), {}, grace)
    assert.equal((await tell(story, { ...honest(), sid: undefined })).statusCode, 200)
    assert.deepEqual(await whoAre(story, [...browsers, grace]), [null, null, 'grace'])
  })

  test('logins whose session is not known, where it names the user as well', async (t) => {
    const [story, browsers] = await createAda(t, [undefined, 'two'])
    await tell(story, honest())
    assert.deepEqual(await whoAre(story, browsers), [null, 'ada'])
  })

  test('nothing where there is nothing to end, and says so to nobody', async (t) => {
    const [story, browsers] = await createAda(t, ['one'])
    assert.equal((await tell(story, { ...honest(), sub: 'nobody', sid: undefined })).statusCode, 200)
    assert.deepEqual(await whoAre(story, browsers), ['ada'])
  })

  test('no login that begins later, also in a session of the same name; and that one revives no earlier one', async (t) => {
    t.mock.timers.enable({ apis: ['Date'], now: Date.now() })
    const [story, browsers] = await createAda(t, ['one'])
    await tell(story, honest())
    t.mock.timers.setTime(Date.now() + 1000)
    const later = new WebBrowser(story.world)
    story.fake.faked = { claims: { sid: 'one' } }
    await story.comeBack(await story.begin('/login', later), {}, later)
    assert.deepEqual(await whoAre(story, [...browsers, later]), [null, 'ada'])
  })

  test('a login that was confirmed meanwhile', async (t) => {
    const [story, [browser]] = await createAda(t, ['one'])
    story.fake.faked = { claims: { sid: 'one', auth_time: now() } }
    await story.comeBack(await story.begin('/reauthenticate', browser), {}, browser)
    assert.ok(story.events.includes('userLoginConfirmed'))
    await tell(story, honest())
    assert.deepEqual(await whoAre(story, [browser as WebBrowser]), [null])
  })

  test('one session after the other', async (t) => {
    const [story, browsers] = await createAda(t, ['one', 'two'])
    await tell(story, honest())
    await tell(story, { ...honest(), sid: 'two' })
    assert.deepEqual(await whoAre(story, browsers), [null, null])
    assert.equal(story.fake.counts.get('/jwks'), 2, 'the keys are asked for once here, and once by the log-ins')
  })

  test('a remembered login with its remember cookie', async (t) => {
    const site = withStore()
    const [story, [browser]] = await createAda(t, ['one'], { ...site, oidc: { ...site.oidc, remember: true } as typeof site.oidc })
    await tell(story, honest())
    assert.deepEqual(await whoAre(story, [browser as WebBrowser]), [null])
    ;(browser as WebBrowser).cookies = (browser as WebBrowser).cookies.filter(({ name }) => name !== 'login')
    assert.deepEqual(await whoAre(story, [browser as WebBrowser]), [null])
  })
})

describe('a login that is under way is ended by a logout', () => {
  for (const sid of ['one', undefined]) {
    test(`between the question and the answer${sid === undefined ? ', of the user' : ''}`, async (t) => {
      const story = await createFakeStory(t, withStore())
      story.fake.faked = { claims: { sid: 'one' } }
      const attempt = await story.begin()
      assert.equal((await tell(story, { ...honest(), sid })).statusCode, 200)
      await story.comeBack(attempt)
      assert.equal(await story.userOf(), null)
    })
  }

  test('at the moment at which it is written', async (t) => {
    const store = new MemoryStore()
    let meanwhile: (() => Promise<unknown>) | null = null
    const create = store.create.bind(store)
    // Just before the login itself is there, and after its marks are.
    store.create = async (record) => {
      const told = record.userId === 'ada' ? meanwhile : null
      meanwhile = told === null ? meanwhile : null
      await told?.()
      return await create(record)
    }
    const story = await createFakeStory(t, withStore(store))
    story.fake.faked = { claims: { sid: 'one' } }
    const attempt = await story.begin()
    meanwhile = () => tell(story, honest())
    await story.comeBack(attempt)
    assert.equal(meanwhile, null)
    assert.equal(await story.userOf(), null)
  })
})

test('a login is none where it cannot be asked whether the provider has ended it meanwhile', async (t) => {
  const store = new MemoryStore()
  const story = await createFakeStory(t, withStore(store))
  const attempt = await story.begin()
  const create = store.create.bind(store)
  let begun = false
  store.create = async (record) => {
    if (begun) throw new Error('connection lost')
    begun = record.userId === 'ada'
    return await create(record)
  }
  const { response } = await story.comeBack(attempt)
  assert.equal(begun, true)
  assert.equal(response.statusCode, 503)
  assert.equal(response.cookies.some(({ name }) => name === 'login'), false)
  store.create = create
  assert.equal(await story.userOf(), null)
  assert.deepEqual(await store.list('ada'), [])
})

const forged: Array<[what: string, claims: () => object, header?: Record<string, unknown>, key?: Parameters<FakeStory['fake']['sign']>[2]]> = [
  ['was signed by somebody else', honest, { typ: 'logout+jwt' }, forgersKey],
  ['is not signed', honest, { alg: 'none' }],
  ['is signed with the client secret', honest, { alg: 'HS256' }, Buffer.from(clientSecret)],
  ['is signed with an unknown key', honest, { kid: 'another' }],
  ['is by another issuer', () => ({ ...honest(), iss: 'https://evil.test' })],
  ['is for another site', () => ({ ...honest(), aud: 'another' })],
  ['is for nobody', () => ({ ...honest(), aud: undefined })],
  ['has expired', () => ({ ...honest(), exp: now() - 60 })],
  ['has no end', () => ({ ...honest(), exp: undefined })],
  ['was made long ago', () => ({ ...honest(), iat: now() - 3600 })],
  ['was made in the future', () => ({ ...honest(), iat: now() + 3600, exp: now() + 7200 })],
  ['does not say when it was made', () => ({ ...honest(), iat: undefined })],
  ['has no id', () => ({ ...honest(), jti: undefined })],
  ['has an id that is a number', () => ({ ...honest(), jti: 7 })],
  ['has a nonce: it is an ID token', () => ({ ...honest(), nonce: 'a nonce' })],
  ['has no events', () => ({ ...honest(), events: undefined })],
  ['has another event', () => ({ ...honest(), events: { 'http://example.org/event': {} } })],
  ['has an event that is null', () => ({ ...honest(), events: { [event]: null } })],
  ['has an event that is true', () => ({ ...honest(), events: { [event]: true } })],
  ['has events that are an array', () => ({ ...honest(), events: [event] })],
  ['names nobody', () => ({ ...honest(), sub: undefined, sid: undefined })],
  ['names a number', () => ({ ...honest(), sub: 7 })],
  ['names a session that is an object', () => ({ ...honest(), sid: { one: 1 } })],
  ['is of another type', honest, { typ: 'at+jwt' }]
]

describe('a logout token ends nothing that', () => {
  for (const [what, claims, header, key] of forged) {
    test(what, async (t) => {
      const [story, browsers] = await createAda(t, ['one'])
      const answer = await tell(story, claims(), header, key)
      assert.equal(answer.statusCode, 400)
      assert.equal(answer.json().code, 'FST_LOGIN_OIDC_LOGOUT_TOKEN')
      assert.equal(answer.headers['cache-control'], 'no-store')
      assert.deepEqual(await whoAre(story, browsers), ['ada'])
    })
  }

  test('was told before, also where the session is another one by now', async (t) => {
    t.mock.timers.enable({ apis: ['Date'], now: Date.now() })
    const [story] = await createAda(t, ['one'])
    const token = await story.fake.sign(honest())
    assert.equal((await say(story, token)).statusCode, 200)
    t.mock.timers.setTime(Date.now() + 1000)
    const later = new WebBrowser(story.world)
    story.fake.faked = { claims: { sid: 'one' } }
    await story.comeBack(await story.begin('/login', later), {}, later)
    assert.equal((await say(story, token)).statusCode, 400)
    assert.equal(await story.userOf(later), 'ada')
  })

  test('is no token, or not there, or there twice, or far too large', async (t) => {
    const [story, browsers] = await createAda(t, ['one'])
    for (const token of ['', 'x', 'x.y.z', '..', '{"alg":"none"}']) assert.equal((await say(story, token)).statusCode, 400, token)
    assert.equal((await story.app.inject({ method: 'POST', url: path })).statusCode, 400)
    assert.equal((await say(story, 'x'.repeat(20_000))).statusCode, 400)
    assert.equal((await say(story, 'x'.repeat(50_000))).statusCode, 413)
    assert.deepEqual(await whoAre(story, browsers), ['ada'])
  })
})

test('where the provider\'s keys cannot be had, the provider is asked to try again', async (t) => {
  const [story, browsers] = await createAda(t, ['one'])
  story.fake.faked = { answers: { '/jwks': () => new Response('busy', { status: 503 }) } }
  const token = await story.fake.sign(honest())
  assert.equal((await say(story, token)).statusCode, 503)
  story.fake.faked = {}
  assert.equal((await say(story, token)).statusCode, 200)
  assert.deepEqual(await whoAre(story, browsers), [null])
})

test('where the store cannot be asked, the provider is asked to try again', async (t) => {
  const store = new MemoryStore()
  const [story, browsers] = await createAda(t, ['one'], withStore(store))
  const list = store.list
  store.list = async () => { throw new Error('connection lost') }
  const token = await story.fake.sign(honest())
  assert.equal((await say(story, token)).statusCode, 503)
  store.list = list
  assert.deepEqual(await whoAre(story, browsers), ['ada'])
  assert.equal((await say(story, token)).statusCode, 200, 'the same token is taken when it is sent again')
  assert.deepEqual(await whoAre(story, browsers), [null])
})

test('a logout holds in every process that shares the store', async (t) => {
  const store = new MemoryStore()
  const [one, [browser]] = await createAda(t, ['one'], withStore(store))
  const other = await createFakeStory(t, withStore(store))
  await tell(other, honest())
  assert.equal(await one.userOf(browser), null)
})

test('without a store the boot stops, with a sentence that says why', async (t) => {
  await assert.rejects(createFakeStory(t, { oidc: { paths: { backChannelLogout: path } } }), { code: 'FST_LOGIN_STORE_REQUIRED', message: /backChannelLogout/ })
})

test('a login that ends by itself leaves no marks in the store', async (t) => {
  const store = new MemoryStore()
  const created: string[] = []
  const removed: string[] = []
  const [create, remove] = [store.create.bind(store), store.remove.bind(store)]
  store.create = async (record) => { created.push(record.id); return await create(record) }
  store.remove = async (id) => { removed.push(id); return await remove(id) }
  const [story, [browser]] = await createAda(t, ['one'], withStore(store))
  await (browser as WebBrowser).request(`${siteOrigin}/logout`, { method: 'POST' })
  assert.ok(created.length >= 3)
  assert.deepEqual(created.filter((id) => !removed.includes(id)), [])
  assert.ok(story.events.includes('userLoggedOut'))
})

for (const seconds of [10, 24 * 3600]) {
  test(`a login after a logout at the provider lives, also where the clock was set back by ${seconds} s meanwhile, and ends with the next logout`, async (t) => {
    t.mock.timers.enable({ apis: ['Date'], now: Date.now() })
    const [story] = await createAda(t, ['one'])
    await tell(story, honest())
    t.mock.timers.setTime(Date.now() - seconds * 1000)
    const browser = new WebBrowser(story.world)
    story.fake.faked = { claims: { sid: 'one' } }
    await story.comeBack(await story.begin('/login', browser), {}, browser)
    assert.equal(await story.userOf(browser), 'ada')
    t.mock.timers.setTime(Date.now() + 1000)
    assert.equal((await tell(story, honest())).statusCode, 200)
    assert.equal(await story.userOf(browser), null)
  })
}
