import assert from 'node:assert/strict'
import { describe, test } from 'node:test'
import Fastify from 'fastify'
import login, { requireAnonymous, requireFreshLogin, requireFreshLoginWithin, requireLogin } from 'fastify-login'
import { Browser } from './support/browser.ts'
import { stopClock } from './support/clock.ts'
import { key } from './support/app.ts'
import { describeWays } from './support/ways.ts'
import type { FastifyInstance } from 'fastify'

const hooks = ['onRequest', 'preValidation', 'preHandler'] as const

/** A page behind each guard in each place where a guard may stand, under the name of both. */
function declarePages (app: FastifyInstance): void {
  for (const hook of hooks) {
    const guards = {
      imported: requireLogin,
      decorated: app.requireLogin,
      fresh: requireFreshLogin,
      'fresh-decorated': app.requireFreshLogin,
      minute: requireFreshLoginWithin(60),
      'minute-decorated': app.requireFreshLoginWithin(60),
      anonymous: requireAnonymous,
      'anonymous-decorated': app.requireAnonymous
    }
    for (const [name, guard] of Object.entries(guards)) app.get(`/${hook}/${name}`, { [hook]: guard }, () => 'let in')
  }
}

const pages = (...names: string[]) => hooks.flatMap((hook) => names.flatMap((name) => [`/${hook}/${name}`]))

describeWays('a guard, in each place where it may stand', (way) => {
  async function open (): Promise<Browser> {
    const { app } = await way.createApp({ after: declarePages })
    return new Browser(app)
  }

  async function codes (browser: Browser, urls: string[]): Promise<Array<number | string>> {
    const answers = await Promise.all(urls.map((url) => browser.get(url, { accept: 'application/json' })))
    return [...new Set(answers.map(({ statusCode, body }) => statusCode === 200 ? 200 : JSON.parse(body).code))]
  }

  const forUsers = pages('imported', 'decorated')
  const forFreshUsers = pages('fresh', 'fresh-decorated')
  const forTheLastMinute = pages('minute', 'minute-decorated')
  const forVisitors = pages('anonymous', 'anonymous-decorated')

  test('turns away who is not logged in', async () => {
    const browser = await open()
    assert.deepEqual(await codes(browser, [...forUsers, ...forFreshUsers, ...forTheLastMinute]), ['FST_LOGIN_UNAUTHORIZED'])
    assert.deepEqual(await codes(browser, forVisitors), [200])
    assert.equal((await browser.get('/preHandler/imported', { accept: 'application/json' })).statusCode, 401)
  })

  test('lets in who is logged in', async (t) => {
    const clock = stopClock(t)
    const browser = await open()
    await browser.post('/login/1')
    assert.deepEqual(await codes(browser, [...forUsers, ...forFreshUsers, ...forTheLastMinute]), [200])
    assert.deepEqual(await codes(browser, forVisitors), ['FST_LOGIN_ALREADY_LOGGED_IN'])
    clock.advance(59)
    assert.deepEqual(await codes(browser, forTheLastMinute), [200])
    clock.advance(1)
    assert.deepEqual(await codes(browser, forTheLastMinute), ['FST_LOGIN_NEEDS_REFRESH'])
    assert.deepEqual(await codes(browser, forFreshUsers), [200])
  })

  test('for fresh logins asks for a proof of identity where there was none', async () => {
    const browser = await open()
    await browser.post('/login/1', { fresh: false })
    assert.deepEqual(await codes(browser, forUsers), [200])
    assert.deepEqual(await codes(browser, [...forFreshUsers, ...forTheLastMinute]), ['FST_LOGIN_NEEDS_REFRESH'])
    assert.equal((await browser.get('/preHandler/fresh', { accept: 'application/json' })).statusCode, 403)
    await browser.post('/confirm')
    assert.deepEqual(await codes(browser, [...forFreshUsers, ...forTheLastMinute]), [200])
  })

  test('turns away a user who is not active, as if nobody were logged in', async () => {
    const browser = await open()
    await browser.post('/login/3', { force: true })
    assert.equal(await browser.whoami(), '3')
    assert.deepEqual(await codes(browser, [...forUsers, ...forFreshUsers, ...forTheLastMinute]), ['FST_LOGIN_UNAUTHORIZED'])
    assert.deepEqual(await codes(browser, forVisitors), [200])
  })

  test('turns away a user who became inactive since', async () => {
    const { app, users } = await way.createApp()
    const browser = new Browser(app)
    await browser.post('/login/1')
    assert.equal((await browser.get('/members')).statusCode, 200)
    users.set('1', { id: '1', name: 'Ada', isActive: false })
    assert.equal((await browser.get('/members')).statusCode, 401)
    users.set('1', { id: '1', name: 'Ada' })
    assert.equal((await browser.get('/members')).statusCode, 200)
  })
})

describe('a guard without the plugin', () => {
  const guards = { requireLogin, requireFreshLogin, requireAnonymous, within: requireFreshLoginWithin(60) }

  test('refuses everybody', async () => {
    const app = Fastify()
    for (const [name, guard] of Object.entries(guards)) app.get(`/${name}`, { preHandler: guard }, () => 'open')
    for (const name of Object.keys(guards)) {
      const { statusCode, body } = await app.inject(`/${name}`)
      assert.equal(statusCode, 500)
      assert.equal(JSON.parse(body).code, 'FST_LOGIN_NOT_REGISTERED')
    }
  })

  test('refuses outside the scope in which the plugin is registered', async () => {
    const app = Fastify()
    app.get('/outside', { preHandler: requireLogin }, () => 'open')
    app.register(async (scope) => { await scope.register(login, { key, loadUser: () => null }) })
    assert.equal((await app.inject('/outside')).json().code, 'FST_LOGIN_NOT_REGISTERED')
  })

  test('refuses where it runs before the plugin does', async () => {
    const app = Fastify()
    app.addHook('onRequest', requireLogin)
    await app.register(login, { key, loadUser: () => null })
    app.get('/', () => 'open')
    assert.equal((await app.inject('/')).json().code, 'FST_LOGIN_NOT_REGISTERED')
  })

  test('says so to whoever asks for the user before the plugin has looked', async () => {
    const app = Fastify()
    app.addHook('onRequest', async (request) => { assert.equal(request.currentUser, null) })
    await app.register(login, { key, loadUser: () => null })
    app.get('/', () => 'open')
    assert.equal((await app.inject('/')).json().code, 'FST_LOGIN_NOT_REGISTERED')
  })

  test('protects routes that are declared before the plugin', async () => {
    const app = Fastify()
    app.get('/early', { preHandler: requireLogin }, () => 'open')
    app.get('/early-config', { config: { login: 'required' } }, () => 'open')
    await app.register(login, { key, loadUser: () => null })
    assert.equal((await app.inject('/early')).json().code, 'FST_LOGIN_UNAUTHORIZED')
    assert.equal((await app.inject('/early-config')).json().code, 'FST_LOGIN_UNAUTHORIZED')
  })
})

test('requireFreshLoginWithin takes a positive number of seconds, and says so at once', () => {
  for (const seconds of [0, -1, Number.NaN, '60', undefined, null]) {
    const message = 'fastify-login: requireFreshLoginWithin makes a guard for a positive number of seconds, and was given ' +
      `${seconds === '60' ? 'a string' : seconds}. Write preHandler: requireFreshLoginWithin(60)`
    assert.throws(() => requireFreshLoginWithin(seconds as number), { code: 'FST_LOGIN_INVALID_ARGUMENT', message })
  }
})
