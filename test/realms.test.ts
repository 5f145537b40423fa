import assert from 'node:assert/strict'
import { test } from 'node:test'
import login, { requireFreshLogin, requireLogin } from 'fastify-login'
import { Browser } from './support/browser.ts'
import { describeWays } from './support/ways.ts'
import type { Way } from './support/ways.ts'
import type { Admin } from './support/user.ts'
import type { FastifyInstance, FastifyRequest } from 'fastify'

const admins = new Map<string, Admin>(['1', '9'].map((id) => [id, { id, email: `${id}@example.org`, permissions: [] }]))

/** Two scopes of the realm `admin` beside the members: one begins it, its sibling joins it. */
function declareAdmins (app: FastifyInstance): void {
  app.register(async (scope) => {
    await scope.register(login, { realm: 'admin', loadUser: (id) => admins.get(id), loginPath: '/admin/login', sessionProtection: 'strong' })
    scope.get('/whoami', (request) => ({ user: emailOf(request), fresh: request.loginFresh }))
    scope.get('/desk', { preHandler: requireLogin }, emailOf)
    scope.get('/vault', { preHandler: requireFreshLogin }, emailOf)
    scope.post('/login/:id', async (request) => {
      return await request.loginUser(admins.get((request.params as { id: string }).id)!, { remember: true })
    })
    scope.post('/logout', async (request) => await request.logoutUser())
  }, { prefix: '/admin' })
  app.register(async (scope) => {
    await scope.register(login, { realm: 'admin', loadUser: (id) => admins.get(id) })
    scope.get('/reports', { preHandler: requireLogin }, emailOf)
    scope.post('/reports/leave', async (request) => await request.logoutUser())
  })
}

const emailOf = (request: FastifyRequest) => (request.currentUser as unknown as Admin | null)?.email ?? null

async function open (way: Way): Promise<Browser> {
  const { app } = await way.createApp({ after: declareAdmins })
  return new Browser(app)
}

describeWays('a realm', (way) => {
  test('never takes a member for an admin of the same id, nor the other way about', async () => {
    const browser = await open(way)
    await browser.post('/login/1', { remember: true })
    assert.equal((await browser.get('/admin/desk')).statusCode, 302)
    assert.equal((await browser.get('/reports')).statusCode, 401)
    const other = await open(way)
    await other.post('/admin/login/1')
    assert.equal((await other.get('/admin/desk')).body, '1@example.org')
    assert.equal((await other.get('/members')).statusCode, 401)
  })

  test('has cookies of its own', async () => {
    const browser = await open(way)
    await browser.post('/admin/login/1')
    assert.deepEqual([...browser.cookies.keys()].sort(), ['login-admin', 'remember_token-admin'])
    await browser.post('/login/1', { remember: true })
    assert.deepEqual([...browser.cookies.keys()].sort(), ['login', 'login-admin', 'remember_token', 'remember_token-admin'])
  })

  test('has keys of its own: a cookie that is renamed to the other realm proves nothing there', async () => {
    const browser = await open(way)
    await browser.post('/login/1', { remember: true })
    for (const name of ['login', 'remember_token']) {
      const { statusCode } = await browser.send({ url: '/admin/desk', headers: { cookie: `${name}-admin=${browser.cookies.get(name)!.value}` } })
      assert.equal(statusCode, 302, name)
    }
    await browser.post('/admin/login/1')
    for (const name of ['login', 'remember_token']) {
      const { statusCode } = await browser.send({ url: '/members', headers: { cookie: `${name}=${browser.cookies.get(`${name}-admin`)!.value}` } })
      assert.equal(statusCode, 401, name)
    }
  })

  test('lets both be logged in at once, and a logout of one leaves the other', async () => {
    const browser = await open(way)
    await browser.post('/login/1', { remember: true })
    await browser.post('/admin/login/9')
    assert.equal(await browser.whoami(), '1')
    assert.equal((await browser.get('/admin/desk')).body, '9@example.org')
    await browser.post('/logout')
    assert.equal(await browser.whoami(), null)
    assert.equal((await browser.get('/admin/vault')).body, '9@example.org')
    await browser.post('/login/2')
    await browser.post('/admin/logout')
    assert.equal(await browser.whoami(), '2')
    assert.equal((await browser.get('/admin/desk')).statusCode, 302)
  })

  test('is one realm in sibling scopes: a login in one holds in the other, and so does a logout', async () => {
    const browser = await open(way)
    await browser.post('/admin/login/9')
    const thief = browser.copy()
    assert.equal((await browser.get('/reports')).body, '9@example.org')
    await browser.post('/reports/leave')
    assert.equal((await browser.get('/admin/desk')).statusCode, 302)
    assert.equal((await thief.get('/admin/desk')).statusCode, 302)
    assert.equal((await thief.get('/reports')).statusCode, 401)
  })

  test('protects its own logins and no other', async () => {
    const browser = await open(way)
    await browser.post('/login/1')
    await browser.post('/admin/login/9')
    browser.userAgent = 'Safari'
    assert.equal((await browser.get('/admin/desk')).statusCode, 302)
    assert.equal(await browser.whoami(), '1')
    browser.userAgent = 'Firefox'
    assert.equal((await browser.get('/members')).statusCode, 200)
  })

  test('tells its events to its own listeners', async () => {
    const { app, events } = await way.createApp({ after: declareAdmins })
    const browser = new Browser(app)
    await browser.post('/admin/login/9')
    await browser.post('/admin/logout')
    assert.deepEqual(events, [])
    await browser.post('/login/1')
    assert.deepEqual(events.map(({ name }) => name), ['userLoggedIn'])
  })

  test('ends logins by its own users: ending all of a member leaves the admin of the same id', async () => {
    const { app } = await way.createApp({ after: declareAdmins })
    const browser = new Browser(app)
    await browser.post('/login/1')
    await browser.post('/admin/login/1')
    await app.login.endLogins('1')
    assert.equal(await browser.whoami(), null)
    assert.equal((await browser.get('/admin/desk')).body, '1@example.org')
  })
})
