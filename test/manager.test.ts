import assert from 'node:assert/strict'
import { describe, test } from 'node:test'
import Fastify from 'fastify'
import login, { MemoryStore, type LoginManager } from 'fastify-login'
import { Browser } from './support/browser.ts'
import { createApp, key } from './support/app.ts'
import type { LoginOptions } from 'fastify-login'

describe('app.login.loginUrl', () => {
  async function urlOf (next: string | undefined, options: Partial<LoginOptions> = { loginPath: '/login' }): Promise<string | null> {
    const { app } = await createApp({ options, after: (app) => app.get('/url', (request) => ({ url: app.login.loginUrl(request, next) })) })
    return (await app.inject('/url')).json().url
  }

  test('is the address of the login page, with a target of this site', async () => {
    assert.equal(await urlOf(undefined), '/login')
    assert.equal(await urlOf('/members?x=1'), '/login?next=%2Fmembers%3Fx%3D1')
    assert.equal(await urlOf('/members', { loginPath: '/login', nextField: 'to' }), '/login?to=%2Fmembers')
  })

  test('leaves out a target that leaves the site', async () => {
    for (const next of ['//evil.example', 'https://evil.example', '/\\evil.example', '', 'members']) assert.equal(await urlOf(next), '/login')
  })

  test('takes a whole address for a target where it begins with the configured origin', async () => {
    const options = { loginPath: '/login', origin: 'https://www.example.org' }
    assert.equal(await urlOf('https://www.example.org/members', options), '/login?next=%2Fmembers')
    for (const next of ['https://www.example.org.evil.example/', 'https://evil.example/members']) assert.equal(await urlOf(next, options), '/login')
    assert.equal(await urlOf('https://www.example.org/members'), '/login')
  })

  test('leaves out a target that is a login page itself', async () => {
    assert.equal(await urlOf('/login?x=1'), '/login')
  })

  test('on another site names the target by the configured origin, or not at all', async () => {
    const loginPath = 'https://login.example.net/'
    assert.equal(await urlOf('/members', { loginPath }), loginPath)
    assert.equal(await urlOf('/members', { loginPath, origin: 'https://www.example.org' }), `${loginPath}?next=https%3A%2F%2Fwww.example.org%2Fmembers`)
    assert.equal(await urlOf('/members', { loginPath: 'https://www.example.org/login', origin: 'https://www.example.org' }), 'https://www.example.org/login?next=%2Fmembers')
  })

  test('is null without a login page', async () => {
    assert.equal(await urlOf('/members', {}), null)
  })

  test("is that of the request's scope, whichever manager is asked", async () => {
    const { app } = await createApp({
      options: { loginPath: '/login' },
      after: (app) => app.register(async (inner) => {
        await inner.register(login, { loginPath: '/inner/login' })
        inner.get('/inner', (request) => [app.login.loginUrl(request), inner.login.loginUrl(request)])
      })
    })
    assert.deepEqual((await app.inject('/inner')).json(), ['/inner/login', '/inner/login'])
  })
})

describe('app.login.makeSecureToken', () => {
  async function tokens (secret: string | string[], ...parts: ReadonlyArray<string | number>): Promise<string> {
    const app = Fastify()
    await app.register(login, { key: secret, loadUser: () => null })
    return app.login.makeSecureToken(...parts)
  }

  test('is the same for the same parts, and another for others', async () => {
    const token = await tokens(key, 'a', 'b', 1)
    assert.match(token, /^[\w-]{43}$/)
    assert.equal(await tokens(key, 'a', 'b', 1), token)
    for (const parts of [['a', 'b'], ['ab', 1], ['a', 'b', '1'], ['b', 'a', 1], ['a,b', 1], ['a"', '"b', 1], []]) assert.notEqual(await tokens(key, ...parts), token)
  })

  test('is the same in every version: a link in a mail outlives an upgrade', async () => {
    assert.equal(await tokens(key, 'a', 'b', 1), 'FZdMNgSdDVoZ1V8WlyjeIMFtU6jBrKfU_opMmajZEGY')
  })

  test('needs the key: another one makes another token, and the newest counts', async () => {
    const other = 'another secret of thirty-two bytes or more'
    assert.notEqual(await tokens(other, 'a'), await tokens(key, 'a'))
    assert.equal(await tokens([other, key], 'a'), await tokens(other, 'a'))
  })

  test('is another in each realm', async () => {
    let admin = ''
    const { app } = await createApp({
      after: (app) => app.register(async (scope) => {
        await scope.register(login, { realm: 'admin', loadUser: () => null })
        admin = scope.login.makeSecureToken('a')
      })
    })
    assert.notEqual(app.login.makeSecureToken('a'), admin)
  })
})

describe('a route can answer as a guard does', () => {
  test('with app.login.unauthorized and app.login.needsRefresh', async () => {
    const { app, events } = await createApp({
      options: { loginPath: '/login', refreshPath: '/confirm-page' },
      after: (app) => {
        app.get('/either', (request, reply) => request.currentUser === null ? app.login.unauthorized(request, reply) : 'welcome')
        app.get('/sudo', async (request, reply) => await app.login.needsRefresh(request, reply))
      }
    })
    const browser = new Browser(app)
    assert.equal((await browser.get('/either?x=1')).headers.location, '/login?next=%2Feither%3Fx%3D1')
    assert.equal((await browser.get('/either', { accept: 'application/json' })).json().code, 'FST_LOGIN_UNAUTHORIZED')
    assert.equal((await browser.get('/sudo')).headers.location, '/confirm-page?next=%2Fsudo')
    assert.equal((await browser.get('/sudo', { accept: 'application/json' })).json().code, 'FST_LOGIN_NEEDS_REFRESH')
    assert.deepEqual(events.map(({ name, payload }) => [name, payload['user'] ?? null]), [
      ['userUnauthorized', null], ['userUnauthorized', null], ['userNeedsRefresh', null], ['userNeedsRefresh', null]
    ])
    await browser.post('/login/1')
    assert.equal((await browser.get('/either')).body, 'welcome')
  })
})

describe('app.login.endLogin', () => {
  test('ends the login of that id, and of that user only where one is named', async () => {
    const { app } = await createApp()
    const browser = new Browser(app)
    await browser.post('/login/1', { remember: true })
    const { id } = (await browser.get('/whoami')).json().login
    await app.login.endLogin(id, { userId: '2' })
    assert.equal(await browser.whoami(), '1')
    assert.equal(await app.login.endLogin(id, { userId: '1' }), true)
    assert.equal(await browser.whoami(), null)
  })

  test('is false for what can be no id, and tells nobody', async () => {
    const { app, events } = await createApp()
    for (const id of ['', 'x', 'x'.repeat(32), 'x'.repeat(34), '!'.repeat(33), null, undefined, 7, {}]) assert.equal(await app.login.endLogin(id as string), false)
    assert.deepEqual(events, [])
  })
})

describe('app.login refuses', () => {
  for (const [missing, type] of [[undefined, 'undefined'], [null, 'null'], [{}, 'an object'], [true, 'true']] as const) {
    test(`a user's id that is ${String(missing)} with a sentence that says so, and ends nothing`, async () => {
      const { app } = await createApp({ options: { store: new MemoryStore() } as Partial<LoginOptions> })
      const browser = new Browser(app)
      await browser.post('/login/1')
      const { id } = (await browser.get('/whoami')).json().login
      const userId = missing as unknown as string
      for (const [what, call] of [
        ['app.login.logins', () => app.login.logins(userId)],
        ['app.login.endLogins', () => app.login.endLogins(userId)],
        ['the option userId of app.login.endLogin', () => app.login.endLogin(id, { userId })]
      ] as const) {
        const message = `fastify-login: ${what} needs the id of a user, a string, number or bigint, and was given ${type}`
        await assert.rejects(call, { code: 'FST_LOGIN_INVALID_ARGUMENT', message })
      }
      assert.equal(await browser.whoami(), '1')
    })
  }
})

describe('app.login of an inner scope', () => {
  test('answers requests outside it by its own settings', async () => {
    const app = Fastify()
    let inner: LoginManager
    app.get('/outside', async (request, reply) => await inner.unauthorized(request, reply))
    app.register(async (scope) => {
      await scope.register(login, { key, loadUser: () => null, loginPath: '/inner/login' })
      inner = scope.login
    })
    const answer = await app.inject({ url: '/outside', headers: { accept: 'text/html' } })
    assert.deepEqual([answer.statusCode, answer.headers.location], [302, '/inner/login?next=%2Foutside'])
  })
})
