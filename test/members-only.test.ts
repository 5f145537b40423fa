import assert from 'node:assert/strict'
import { describe, test } from 'node:test'
import Fastify from 'fastify'
import login, { membersOnly } from 'fastify-login'
import { Browser } from './support/browser.ts'
import { createApp, key } from './support/app.ts'
import { sendRaw } from './support/raw.ts'
import { describeWays } from './support/ways.ts'
import type { FastifyInstance } from 'fastify'

describeWays('a scope for members only', (way) => {
  async function open (): Promise<Browser> {
    const { app } = await way.createApp({
      options: { loginPath: '/login' },
      after: (app) => app.register(async (scope) => {
        const members = membersOnly(scope)
        members.get('/inside', (request) => request.currentUser.name)
        members.post('/inside', (request) => request.body)
        members.register(async (inner) => { inner.get('/deeper', () => 'deeper') })
      })
    })
    return new Browser(app)
  }

  test('guards every route in it, also those of scopes inside', async () => {
    const browser = await open()
    for (const url of ['/inside', '/deeper']) assert.equal((await browser.get(url)).statusCode, 302)
    assert.equal((await browser.get('/')).statusCode, 200)
    await browser.post('/login/1')
    assert.equal((await browser.get('/inside')).body, 'Ada')
    assert.equal((await browser.get('/deeper')).body, 'deeper')
    assert.deepEqual((await browser.post('/inside', { a: 1 })).json(), { a: 1 })
  })

  test('turns a visitor away before the body is read', async () => {
    const { app } = await open()
    // The body never comes: an answer proves that nobody waited for it.
    const { statusCode } = await sendRaw(app, 'POST /inside HTTP/1.1\r\nHost: localhost\r\nContent-Type: application/json\r\nContent-Length: 900000\r\nConnection: close\r\n\r\n{')
    await app.close()
    assert.equal(statusCode, 401)
  })
})

describe('membersOnly', () => {
  const admins = new Map([['1', { id: '1', email: 'ada@example.org', permissions: [] }]])

  function withAdmins (guard: (scope: FastifyInstance) => unknown): Promise<unknown> {
    return createApp({
      after: (app) => app.register(async (scope) => {
        await scope.register(login, { realm: 'admin', loadUser: (id) => admins.get(id) })
        guard(scope)
      })
    })
  }

  test('stops the boot where the scope is of another realm than it was called for', async () => {
    await assert.rejects(withAdmins((scope) => membersOnly(scope)), {
      code: 'FST_LOGIN_INVALID_ARGUMENT',
      message: "membersOnly guards a scope of the realm 'admin', and was called for that of the registered user: name the realm as its second argument"
    })
    await assert.rejects(createApp({ after: (app) => { membersOnly(app, 'admin') } }), {
      code: 'FST_LOGIN_INVALID_ARGUMENT',
      message: "membersOnly guards a scope of the realm '', and was called for 'admin': name the realm as its second argument"
    })
    await withAdmins((scope) => membersOnly(scope, 'admin'))
  })

  test('refuses everybody where the plugin is not registered', async () => {
    const app = Fastify()
    app.register(async (scope) => { membersOnly(scope).get('/inside', () => 'open') })
    assert.equal((await app.inject('/inside')).json().code, 'FST_LOGIN_NOT_REGISTERED')
  })

  test('guards a scope that registers the plugin after it', async () => {
    const app = Fastify()
    app.register(async (scope) => {
      const members = membersOnly(scope)
      await scope.register(login, { key, loadUser: () => null })
      members.get('/inside', () => 'open')
    })
    assert.equal((await app.inject('/inside')).json().code, 'FST_LOGIN_UNAUTHORIZED')
  })
})
