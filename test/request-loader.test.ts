import assert from 'node:assert/strict'
import { describe, test } from 'node:test'
import Fastify from 'fastify'
import login, { asFresh, FreshUser, MemoryStore, requireFreshLogin, requireFreshLoginWithin, requireLogin } from 'fastify-login'
import { Browser } from './support/browser.ts'
import { createApp, key } from './support/app.ts'
import { describeWays } from './support/ways.ts'
import type { FastifyRequest } from 'fastify'
import type { LoginOptions } from 'fastify-login'
import type { User } from './support/user.ts'

const users: Record<string, User> = { ada: { id: '1', name: 'Ada' }, gone: { id: '3', name: 'Inactive', isActive: false } }

/** Finds a user by an API key: at once, later, or as fresh. */
function byKey (request: FastifyRequest) {
  const [how, name] = String(request.headers.authorization).split(' ')
  const user = users[String(name)]
  if (how === 'signed' && user !== undefined) return asFresh(user)
  return how === 'later' ? Promise.resolve(user) : user
}

describeWays('a user whom a request names by other means than a cookie', (way) => {
  const options = { loadUserFromRequest: byKey, sessionProtection: 'strong', remember: { refreshEachRequest: true }, idleTimeout: 1 } as const

  test('is the user of that request alone, and no cookie is set', async () => {
    const { app } = await way.createApp({ options })
    const browser = new Browser(app)
    for (const authorization of ['key ada', 'later ada', 'signed ada']) {
      const response = await browser.get('/members', { authorization })
      assert.deepEqual(response.json(), { user: '1', fresh: authorization.startsWith('signed'), remembered: false, lapse: null, login: null })
      assert.equal(response.headers['set-cookie'], undefined)
      assert.equal(await browser.whoami(), null)
    }
  })

  test('is nobody where the loader finds nobody', async () => {
    const { app } = await way.createApp({ options })
    for (const authorization of ['key nobody', 'later nobody', 'signed nobody', '']) {
      assert.equal((await app.inject({ url: '/members', headers: { authorization } })).statusCode, 401)
    }
  })

  test('is fresh only where the loader says so', async () => {
    const { app } = await way.createApp({ options })
    for (const url of ['/vault', '/vault/minute']) {
      assert.equal((await app.inject({ url, headers: { authorization: 'key ada' } })).statusCode, 403)
      assert.equal((await app.inject({ url, headers: { authorization: 'signed ada' } })).statusCode, 200)
      assert.equal((await app.inject({ url, headers: { authorization: 'signed gone' } })).statusCode, 401)
    }
  })

  test('is turned away where inactive', async () => {
    const { app } = await way.createApp({ options })
    assert.equal((await app.inject({ url: '/members', headers: { authorization: 'key gone' } })).statusCode, 401)
    assert.equal((await app.inject({ url: '/whoami', headers: { authorization: 'key gone' } })).json().user, '3')
  })

  test('stands behind the user of a cookie', async () => {
    const { app } = await way.createApp({ options })
    const browser = new Browser(app)
    await browser.post('/login/2', { remember: true })
    assert.equal((await browser.get('/members', { authorization: 'key ada' })).json().user, '2')
    browser.restart()
    assert.equal((await browser.get('/members', { authorization: 'key ada' })).json().user, '2')
  })

  test('is found behind a bad cookie of either kind, and the bad remember cookie is cleared', async () => {
    const { app } = await way.createApp({ options })
    for (const cookie of ['login=garbage', 'remember_token=garbage', 'login=a.b; remember_token=a.b']) {
      const { headers, ...response } = await app.inject({ url: '/members', headers: { authorization: 'key ada', cookie } })
      assert.equal(response.statusCode, 200)
      if (cookie.includes('remember')) assert.match(String(headers['set-cookie']), /^remember_token=; Max-Age=0/)
      else assert.equal(headers['set-cookie'], undefined)
    }
  })

  test('cannot confirm a login that there is not, and is nobody after the logout', async () => {
    const { app, events } = await way.createApp({ options })
    const headers = { authorization: 'key ada' }
    assert.equal((await app.inject({ method: 'POST', url: '/confirm', headers })).json().ok, false)
    events.length = 0
    assert.equal((await app.inject({ method: 'POST', url: '/logout', headers })).json().ok, true)
    assert.deepEqual(events.map(({ name }) => name), ['userLoadedFromRequest', 'userLoggedOut'])
  })

  test('fails the request where the loader fails, at once or later, with its own error', async () => {
    for (const loadUserFromRequest of [() => { throw new Error('at once') }, async () => { throw new Error('later') }]) {
      const { app } = await way.createApp({ options: { loadUserFromRequest } })
      const { statusCode, body, headers } = await app.inject('/whoami')
      assert.equal(statusCode, 500)
      assert.match(body, /at once|later/)
      assert.equal(headers['set-cookie'], undefined)
    }
  })
})

describe('without loadUser', () => {
  test('a request loader alone will do, cookies are not looked at, and nobody can be logged in', async () => {
    const app = Fastify()
    await app.register(login, { key, loadUserFromRequest: byKey })
    app.get('/members', { preHandler: requireLogin }, (request) => request.currentUser.id)
    app.get('/vault', { preHandler: [requireFreshLogin, requireFreshLoginWithin(1)] }, () => 'vault')
    app.post('/login', async (request) => await request.loginUser(users['ada'] as User))
    app.post('/confirm', async (request) => ({ ok: await request.confirmLogin(users['ada'] as User) }))
    const headers = { authorization: 'signed ada', cookie: 'login=garbage; remember_token=garbage' }
    assert.equal((await app.inject({ url: '/members', headers })).body, '1')
    assert.equal((await app.inject({ url: '/vault', headers })).body, 'vault')
    assert.equal((await app.inject({ method: 'POST', url: '/login', headers })).json().code, 'FST_LOGIN_INVALID_ARGUMENT')
    assert.equal((await app.inject({ method: 'POST', url: '/confirm', headers })).json().ok, false)
  })

  test('the logins are left alone that another application keeps in the same store, or under the same key', async () => {
    for (const keeping of [{}, { store: new MemoryStore() }]) {
      const { app } = await createApp({ options: keeping as Partial<LoginOptions> })
      const service = await createApp({ options: { ...keeping, loadUser: undefined, loadUserFromRequest: byKey } as unknown as Partial<LoginOptions> })
      const browser = new Browser(app)
      await browser.post('/login/1', { remember: true })
      for (const names of [['login', 'remember_token'], ['remember_token']]) {
        const cookie = names.map((name) => `${name}=${browser.cookies.get(name)!.value}`).join('; ')
        const { headers, ...answer } = await service.app.inject({ url: '/whoami', headers: { cookie } })
        assert.deepEqual([answer.json().user, answer.json().lapse, headers['set-cookie']], [null, null, undefined])
      }
      assert.equal(await browser.whoami(), '1')
      browser.restart()
      assert.equal(await browser.whoami(), '1')
    }
  })

  test('asFresh marks a user and is no user itself', () => {
    const marked = asFresh({ id: '1' })
    assert.ok(marked instanceof FreshUser)
    assert.deepEqual(marked.user, { id: '1' })
  })
})

describe('a loader, written without types,', () => {
  for (const [what, nobody] of [['false', false], ['an empty text', ''], ['0', 0], ['true', true], ['a text', 'Ada']] as const) {
    test(`that finds ${what} lets nobody in: loadUserFromRequest`, async () => {
      for (const load of [() => nobody, async () => nobody]) {
        const { app } = await createApp({ options: { loadUserFromRequest: load as never } })
        assert.notEqual((await app.inject('/members')).statusCode, 200)
      }
    })

    test(`that finds ${what} lets nobody in: loadUser`, async () => {
      for (const remember of [true, false]) {
        let found: unknown = { id: '1' }
        const { app } = await createApp({ options: { loadUser: (() => found) as never } })
        const browser = new Browser(app)
        await browser.post('/login/1', { remember })
        if (remember) browser.restart()
        found = nobody
        assert.notEqual((await browser.get('/members')).statusCode, 200)
      }
    })
  }

  test('that marks nobody as fresh finds nobody', async () => {
    for (const nobody of [null, undefined]) {
      const { app, events } = await createApp({ options: { loadUserFromRequest: () => asFresh(nobody as never) } })
      assert.equal((await app.inject('/members')).statusCode, 401)
      assert.equal((await app.inject('/whoami')).json().user, null)
      assert.deepEqual(events.map(({ name }) => name), ['userUnauthorized'])
    }
  })
})
