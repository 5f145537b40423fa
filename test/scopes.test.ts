import assert from 'node:assert/strict'
import { describe, test } from 'node:test'
import Fastify from 'fastify'
import fastifyPlugin from 'fastify-plugin'
import login, { requireFreshLogin, requireLogin } from 'fastify-login'
import { Browser } from './support/browser.ts'
import { stopClock } from './support/clock.ts'
import { createApp, key } from './support/app.ts'
import { describeWays } from './support/ways.ts'

describeWays('an inner registration', (way) => {
  test('overrides what it names and inherits the rest, and its sibling sees nothing of it', async (t) => {
    const clock = stopClock(t)
    const { app } = await way.createApp({
      options: { loginPath: '/login', refreshPath: '/confirm-page', freshFor: 600 },
      after: (app) => {
        app.register(async (admin) => {
          await admin.register(login, { loginPath: '/admin/login', freshFor: 60 })
          admin.get('/admin', { preHandler: requireLogin }, () => 'admin')
          admin.get('/admin/vault', { preHandler: requireFreshLogin }, () => 'admin vault')
          admin.register(async (inner) => { inner.get('/admin/inner', { preHandler: requireLogin }, () => 'inner') })
        })
        app.register(async (sibling) => { sibling.get('/sibling', { preHandler: requireFreshLogin }, () => 'sibling') })
      }
    })
    const browser = new Browser(app)
    assert.equal((await browser.get('/admin')).headers.location, '/admin/login?next=%2Fadmin')
    assert.equal((await browser.get('/admin/inner')).headers.location, '/admin/login?next=%2Fadmin%2Finner')
    assert.equal((await browser.get('/sibling')).headers.location, '/login?next=%2Fsibling')
    await browser.post('/login/1')
    assert.equal((await browser.get('/admin')).body, 'admin')
    clock.advance(60)
    assert.equal((await browser.get('/admin/vault')).headers.location, '/confirm-page?next=%2Fadmin%2Fvault')
    assert.equal((await browser.get('/sibling')).body, 'sibling')
  })

  test('shares users, cookies and logouts with the scope around it', async () => {
    const { app } = await way.createApp({
      after: (app) => app.register(async (inner) => {
        await inner.register(login, { sessionProtection: false })
        inner.post('/inner/logout', async (request) => await request.logoutUser())
      })
    })
    const browser = new Browser(app)
    await browser.post('/login/1', { remember: true })
    const thief = browser.copy()
    await browser.post('/inner/logout')
    assert.equal(await browser.whoami(), null)
    assert.equal(await thief.whoami(), null)
  })
})

describe('null unsets', () => {
  test('a path, a message and a handler of the scope around it', async () => {
    const { app } = await createApp({
      options: { loginPath: '/login', unauthorizedHandler: null, anonymousUser: (() => ({ id: 'guest' })) as never, authHash: () => 'x', localize: (text) => text },
      after: (app) => app.register(async (inner) => {
        await inner.register(login, { loginPath: null, refreshPath: null, loginMessage: null, anonymousUser: null, authHash: null, localize: null, idleTimeout: null, freshFor: null, origin: null, needsRefreshHandler: null })
        inner.get('/inner', { preHandler: requireLogin }, () => 'inner')
        inner.get('/inner/user', (request) => ({ user: request.currentUser }))
      })
    })
    const browser = new Browser(app)
    assert.equal((await browser.get('/inner')).statusCode, 401)
    assert.equal((await browser.get('/members')).statusCode, 302)
    assert.equal((await browser.get('/inner/user')).json().user, null)
  })

  test('and undefined is as if it were not named', async () => {
    const { app } = await createApp({
      options: { loginPath: '/login' },
      after: (app) => app.register(async (inner) => {
        await inner.register(login, { loginPath: undefined, key: undefined } as never)
        inner.get('/inner', { preHandler: requireLogin }, () => 'inner')
      })
    })
    assert.equal((await new Browser(app).get('/inner')).headers.location, '/login?next=%2Finner')
  })
})

describe('the boot stops', () => {
  test('where the plugin is registered twice in one scope', async () => {
    const app = Fastify()
    await app.register(login, { key, loadUser: () => null })
    await assert.rejects(async () => await app.register(login, { loginPath: '/x' }), { code: 'FST_LOGIN_ALREADY_REGISTERED' })
  })

  test('where a plugin that shares the scope registers it again', async () => {
    const app = Fastify()
    await app.register(login, { key, loadUser: () => null })
    await assert.rejects(async () => await app.register(fastifyPlugin(async (same) => { await same.register(login, {}) })), { code: 'FST_LOGIN_ALREADY_REGISTERED' })
  })
})

test("the options of a registration are the application's own: they are read and never written", async () => {
  const options = Object.freeze({ key: Object.freeze([key]), loadUser: () => null, cookie: Object.freeze({ path: '/' }), remember: Object.freeze({ duration: 60, cookie: Object.freeze({}) }) })
  const app = Fastify()
  await app.register(login, options)
  await app.ready()
})
