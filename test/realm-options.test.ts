import assert from 'node:assert/strict'
import { describe, test } from 'node:test'
import Fastify from 'fastify'
import login, { MemoryStore } from 'fastify-login'
import { Browser } from './support/browser.ts'
import { createApp, key } from './support/app.ts'
import type { AccountOptions, LoginOptions } from 'fastify-login'
import type { Admin } from './support/user.ts'
import type { FastifyInstance } from 'fastify'

const admin: Admin = { id: '1', email: '1@example.org', permissions: [] }
const loadUser = () => admin

function withRealm (options: AccountOptions<Admin>, outer: Partial<LoginOptions> = {}) {
  return createApp({
    options: outer,
    after: (app) => app.register(async (scope) => {
      await scope.register(login, { realm: 'admin', loadUser, ...options } as LoginOptions)
      scope.post('/admin/login', async (request) => await request.loginUser(admin, { remember: true }))
      scope.get('/admin', (request) => ({ user: (request.currentUser as { id: string } | null)?.id ?? null }))
    })
  })
}

describe('the boot stops', () => {
  for (const [sentence, options, outer] of [
    ['the login cookies of two realms have one name', { cookieName: 'login' }, {}],
    ['the remember cookies of two realms have one name', { remember: { cookieName: 'remember_token' } }, {}],
    ['the login cookie of one realm is called like the remember cookie of another', { cookieName: 'remember_token' }, {}],
    ['the login cookie and the remember cookie have one name', {}, { cookieName: 'remember_token' }]
  ] as const) {
    test(`where ${sentence}`, async () => {
      await assert.rejects(withRealm(options, outer), { code: 'FST_LOGIN_INVALID_OPTION', message: /cookieName/ })
    })
  }
})

describe('a realm inherits', () => {
  test('answers, protection and times from the scope around it, and no loader', async () => {
    let asked = 0
    const { app } = await withRealm({}, {
      loadUserFromRequest: () => { asked++; return { id: '1', name: 'a member with an API key' } },
      anonymousUser: (() => { asked++; return { id: 'guest' } }) as never
    })
    assert.equal((await app.inject('/admin')).json().user, null)
    assert.equal(asked, 0)
  })

  test('the attributes of cookies that its own options leave undefined', async () => {
    const nothing = { secure: undefined, sameSite: undefined } as object
    const { app } = await withRealm({ cookie: nothing, remember: { cookie: nothing } }, { cookie: { secure: true, sameSite: 'strict' } })
    const { headers } = await app.inject({ method: 'POST', url: '/admin/login' })
    for (const line of headers['set-cookie'] as string[]) assert.match(line, /^__Host-.*; Secure; SameSite=Strict/)
  })

  test('the attributes of the remember cookie apart, beside its own', async () => {
    const { app } = await withRealm({ remember: { cookie: { partitioned: true } } }, { cookie: { secure: true }, remember: { cookie: { sameSite: 'strict' } } })
    const { headers } = await app.inject({ method: 'POST', url: '/admin/login' })
    const [loginCookie, rememberCookie] = headers['set-cookie'] as string[]
    assert.match(loginCookie!, /^__Host-login-admin=/)
    assert.doesNotMatch(loginCookie!, /Strict|Partitioned/)
    assert.match(rememberCookie!, /^__Host-remember_token-admin=.*Strict/)
    assert.match(rememberCookie!, /Partitioned/)
  })

  test('the attributes of cookies from the scope around it', async () => {
    const { app } = await withRealm({}, { cookie: { secure: true, sameSite: 'strict' } })
    const { headers } = await app.inject({ method: 'POST', url: '/admin/login' })
    for (const line of headers['set-cookie'] as string[]) {
      assert.match(line, /^__Host-/)
      assert.match(line, /; Secure/)
      assert.match(line, /; SameSite=Strict/)
    }
  })
})

describe('two outermost registrations of one server', () => {
  const user = { id: '1', name: 'Ada' }

  /** Two scopes, each the outermost registration of its own, with one key. */
  async function open (first: object, second: object): Promise<FastifyInstance> {
    const app = Fastify()
    for (const [name, options] of Object.entries({ first, second })) {
      app.register(async (scope) => {
        await scope.register(login, { key, loadUser: () => user, thisScopeOnly: true, ...options } as LoginOptions)
        scope.post(`/${name}/login`, async (request) => await request.loginUser(user))
        scope.get(`/${name}`, (request) => ({ user: request.currentUser?.name ?? null }))
      })
    }
    await app.ready()
    return app
  }

  const names = { cookieName: 'staff_login', remember: { cookieName: 'staff_remember' } }

  for (const [sentence, first, second] of [
    ['both have the default names', {}, {}],
    ['only the login cookies have one name', {}, { remember: names.remember }],
    ['only the remember cookies have one name', {}, { cookieName: names.cookieName }],
    ['the login cookie of one is called like the remember cookie of the other', {}, { ...names, cookieName: 'remember_token' }],
    ['the remember cookie of one is called like the login cookie of the other', {}, { ...names, remember: { cookieName: 'login' } }],
    ['one name is prefixed with __Host- and the other is not', { cookie: { secure: true } }, {}],
    ['the paths of the cookies differ', { cookie: { path: '/members' } }, { cookie: { path: '/staff' } }],
    ['the domains of the cookies differ', { cookie: { domain: 'example.org' } }, { cookie: { domain: 'example.net' } }],
    ['only the keys differ', {}, { key: 'another secret of thirty-two bytes or more' }],
    ['they are of two realms and the cookies have one name', { realm: 'admin', cookieName: 'login' }, { remember: names.remember }]
  ] as const) {
    test(`stop the boot where ${sentence}`, async () => {
      await assert.rejects(open(first, second), { code: 'FST_LOGIN_INVALID_OPTION', message: /^fastify-login: the cookie [\w-]+.* is already in use on this server.*set another cookieName/ })
    })
  }

  test('are kept apart by cookie names that differ in case alone', async () => {
    const app = await open({}, { cookieName: 'Login', remember: { cookieName: 'Remember_token' } })
    const browser = new Browser(app)
    await browser.post('/first/login')
    assert.equal((await browser.get('/first')).json().user, 'Ada')
    browser.cookies.set('Login', browser.cookies.get('login')!)
    assert.equal((await browser.get('/second')).json().user, null)
  })

  test('of two servers may have the same names, as one application in several processes has', async () => {
    const [one, two] = [await open({}, names), await open({}, names)]
    const browser = new Browser(one)
    await browser.post('/first/login')
    assert.equal((await browser.copy(two).get('/first')).json().user, 'Ada')
  })
})

describe('a realm inherits the limits of the scope around it', () => {
  async function loginsOf (realmOptions: object): Promise<number> {
    const admin = { id: '1', email: 'a', permissions: [] }
    const { app } = await createApp({
      options: { store: new MemoryStore(), maxLogins: 1 } as Partial<LoginOptions>,
      after: (app) => app.register(async (scope) => {
        await scope.register(login, { realm: 'admin', loadUser: () => admin, ...realmOptions })
        scope.post('/admin/login', async (request) => await request.loginUser(admin))
        scope.get('/admin/logins', async () => await scope.login.logins('1'))
      })
    })
    for (let count = 0; count < 3; count++) await new Browser(app).post('/admin/login')
    return (await app.inject('/admin/logins')).json().length
  }

  test('and may have its own', async () => {
    assert.equal(await loginsOf({}), 1)
    assert.equal(await loginsOf({ maxLogins: 2 }), 2)
    assert.equal(await loginsOf({ maxLogins: null }), 3)
  })
})
