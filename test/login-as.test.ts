import assert from 'node:assert/strict'
import { describe, test } from 'node:test'
import Fastify from 'fastify'
import login, { MemoryStore, requireLogin, type LoginOptions } from 'fastify-login'
import { loginAs } from 'fastify-login/testing'
import { Browser } from './support/browser.ts'
import { createApp } from './support/app.ts'
import { describeWays } from './support/ways.ts'
import type { FastifyInstance, FastifyRequest } from 'fastify'
import type { Admin, User } from './support/user.ts'

const ada: User = { id: '1', name: 'Ada' }
const admin: Admin = { id: '9', email: '9@example.org', permissions: [] }

const whoami = async (app: FastifyInstance, as: object, url = '/whoami') => (await app.inject({ url, ...as })).json()

describeWays('loginAs', (way) => {
  test('logs a user in, fresh, under every protection', async () => {
    for (const sessionProtection of ['basic', 'strong', false] as const) {
      const { app } = await way.createApp({ options: { sessionProtection } })
      const as = await loginAs(app, ada)
      const { user, fresh, remembered } = await whoami(app, as)
      assert.deepEqual([user, fresh, remembered], ['1', true, false])
      assert.equal((await app.inject({ url: '/vault', ...as })).statusCode, 200)
    }
  })

  test('logs a user in who has yet to prove who they are', async () => {
    const { app } = await way.createApp()
    const as = await loginAs(app, ada, { fresh: false })
    assert.equal((await whoami(app, as)).fresh, false)
    assert.equal((await app.inject({ url: '/vault', ...as })).statusCode, 403)
  })

  test('logs a user in by the settings of the scope in which the realm begins', async () => {
    const { app } = await way.createApp({
      options: { absoluteTimeout: 3600 },
      after: (app) => app.register(async (scope) => { await scope.register(login, { absoluteTimeout: 60 }) })
    })
    const seen = (await whoami(app, await loginAs(app, ada))).login
    assert.equal(Math.round(seen.expiresAt - seen.provenAt), 3600)
  })

  test('gives a remember cookie that brings the user back', async () => {
    const { app } = await way.createApp()
    const { cookies: { login: _lost, ...kept }, ...browser } = await loginAs(app, ada, { remember: true, duration: 60 })
    assert.deepEqual(Object.keys(kept), ['remember_token'])
    const { user, fresh, login } = await whoami(app, { cookies: kept, ...browser })
    assert.deepEqual([user, fresh, login.remembered], ['1', false, true])
  })

  test('logs a user in some time ago', async () => {
    const { app } = await way.createApp({ options: { freshFor: 600, absoluteTimeout: 3600 } })
    assert.equal((await whoami(app, await loginAs(app, ada, { age: 599 }))).fresh, true)
    const old = await whoami(app, await loginAs(app, ada, { age: 601 }))
    assert.deepEqual([old.user, old.fresh], ['1', false])
    const dead = await whoami(app, await loginAs(app, ada, { age: 3601 }))
    assert.equal(dead.user, null)
    assert.ok(['expired', 'ended'].includes(dead.lapse))
  })

  test('logs a user in from the browser that it is told of', async () => {
    const { app } = await way.createApp({ options: { sessionProtection: 'strong' } })
    const as = await loginAs(app, ada, { headers: { 'user-agent': 'Safari' }, remoteAddress: '192.0.2.7' })
    assert.deepEqual([as.headers, as.remoteAddress], [{ 'user-agent': 'Safari' }, '192.0.2.7'])
    assert.equal((await whoami(app, as)).user, '1')
    assert.equal((await whoami(app, { ...as, headers: {} })).lapse, 'protection')
  })

  test('may be called for many users at once', async () => {
    const { app } = await way.createApp()
    const all = await Promise.all([ada, { id: '2', name: 'Grace' }, ada, { id: '2', name: 'Grace' }].map((user) => loginAs(app, user)))
    assert.deepEqual(await Promise.all(all.map(async (as) => (await whoami(app, as)).user)), ['1', '2', '1', '2'])
  })

  test('logs in a user who is not active, whom guards turn away all the same', async () => {
    const { app } = await way.createApp()
    const as = await loginAs(app, { id: '3', name: 'Inactive', isActive: false })
    assert.equal((await whoami(app, as)).user, '3')
    assert.equal((await app.inject({ url: '/members', ...as })).statusCode, 401)
  })

  test('works where every route needs a login, and leaves the request loader of the application as it is', async () => {
    const { app } = await way.createApp({
      options: { defaultLogin: 'required', loadUserFromRequest: (request: FastifyRequest) => request.headers.authorization === 'key' ? { id: '2', name: 'Grace' } : null }
    })
    assert.equal((await whoami(app, await loginAs(app, ada))).user, '1')
    assert.equal((await whoami(app, { headers: { authorization: 'key' } })).user, '2')
    assert.equal((await app.inject('/whoami')).statusCode, 401)
    assert.equal((await app.inject({ url: '/whoami', headers: { 'x-fastify-login-ticket': 'guessed' } })).statusCode, 401)
  })

  test('logs in to a realm, beside another', async () => {
    const { app } = await way.createApp({
      after: (app) => app.register(async (scope) => {
        await scope.register(login, { realm: 'admin', loadUser: () => admin })
        scope.get('/desk', { preHandler: requireLogin }, (request) => ({ user: (request.currentUser as unknown as Admin).email }))
      })
    })
    const [asAdmin, asAda] = [await loginAs(app, admin, { realm: 'admin' }), await loginAs(app, ada)]
    assert.deepEqual(Object.keys(asAdmin.cookies), ['login-admin'])
    assert.equal((await whoami(app, asAdmin, '/desk')).user, '9@example.org')
    assert.equal((await whoami(app, asAdmin)).user, null)
    assert.equal((await whoami(app, { ...asAda, cookies: { ...asAda.cookies, ...asAdmin.cookies } })).user, '1')
  })

  test('gives what a browser may go on with', async () => {
    const { app } = await way.createApp()
    const { cookies } = await loginAs(app, ada, { headers: { 'user-agent': 'Firefox' } })
    const browser = new Browser(app)
    for (const [name, value] of Object.entries(cookies)) browser.cookies.set(name, { value, persistent: false })
    await browser.post('/logout')
    assert.equal(await browser.whoami(), null)
  })
})

describe('loginAs says what is wrong', () => {
  test('with a user, an option or a realm', async () => {
    const { app } = await createApp()
    await assert.rejects(loginAs(app, {} as User), { code: 'FST_LOGIN_INVALID_USER_ID' })
    await assert.rejects(loginAs(app, null as never), { code: 'FST_LOGIN_INVALID_ARGUMENT' })
    await assert.rejects(loginAs(app, ada, { duration: -1, remember: true }), { code: 'FST_LOGIN_INVALID_ARGUMENT' })
    await assert.rejects(loginAs(app, ada, { realm: 'admin' }), { code: 'FST_LOGIN_INVALID_ARGUMENT', message: /no realm admin/ })
    assert.equal((await whoami(app, await loginAs(app, ada))).user, '1')
  })

  test('where the plugin is not registered', async () => {
    await assert.rejects(loginAs(Fastify(), ada), { code: 'FST_LOGIN_NOT_REGISTERED' })
  })

  test('where a hook of the application answers first', async () => {
    const { app } = await createApp({ before: (app) => app.addHook('onRequest', async (_request, reply) => await reply.code(429).send('slow down')) })
    await assert.rejects(loginAs(app, ada), { code: 'FST_LOGIN_INVALID_ARGUMENT' })
  })
})

test('loginAs says so where the user has as many logins as maxLogins allows', async () => {
  const { app } = await createApp({ options: { store: new MemoryStore(), maxLogins: 1, onMaxLogins: 'refuse' } as Partial<LoginOptions> })
  await loginAs(app, ada)
  await assert.rejects(loginAs(app, ada), { code: 'FST_LOGIN_INVALID_ARGUMENT', message: /maxLogins/ })
})
