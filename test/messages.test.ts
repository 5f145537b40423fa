import assert from 'node:assert/strict'
import { test } from 'node:test'
import fastifyFlash from '@fastify/flash'
import login, { requireLogin } from 'fastify-login'
import { Browser } from './support/browser.ts'
import { createApp } from './support/app.ts'
import { describeSessions, sessionPlugins } from './support/sessions.ts'
import type { FastifyInstance } from 'fastify'
import type { LoginOptions } from 'fastify-login'
import type { SessionPlugin } from './support/sessions.ts'

async function open (plugin: SessionPlugin, options: Partial<LoginOptions> = {}, after?: (app: FastifyInstance) => unknown): Promise<Browser> {
  const { app } = await createApp({
    options: { loginPath: '/login', refreshPath: '/confirm-page', ...options },
    before: async (app) => {
      await plugin.register(app)
      await app.register(fastifyFlash)
    },
    after: async (app) => {
      app.get('/flashed', (_request, reply) => (reply as unknown as { flash: () => object }).flash())
      await after?.(app)
    }
  })
  return new Browser(app)
}

describeSessions('a refused visitor is told why', (plugin) => {
  test('on the next page, once', async () => {
    const browser = await open(plugin)
    await browser.get('/members')
    assert.deepEqual((await browser.get('/flashed')).json(), { message: ['Please log in to access this page.'] })
    assert.deepEqual((await browser.get('/flashed')).json(), {})
    await browser.post('/login/1', { fresh: false })
    await browser.get('/vault')
    assert.deepEqual((await browser.get('/flashed')).json(), { message: ['Please reauthenticate to access this page.'] })
  })

  test('in the words and under the categories of the options', async () => {
    const browser = await open(plugin, {
      loginMessage: 'Log in!',
      loginMessageCategory: 'warning',
      needsRefreshMessage: 'Again!',
      needsRefreshMessageCategory: 'info',
      localize: (message, request) => `${message} (${request.headers['accept-language']})`
    })
    await browser.get('/members', { 'accept-language': 'de' })
    assert.deepEqual((await browser.get('/flashed')).json(), { warning: ['Log in! (de)'] })
    await browser.post('/login/1', { fresh: false })
    await browser.get('/vault', { 'accept-language': 'fr' })
    assert.deepEqual((await browser.get('/flashed')).json(), { info: ['Again! (fr)'] })
  })

  test('not at all where the message is null', async () => {
    const browser = await open(plugin, { loginMessage: null, needsRefreshMessage: null, localize: () => assert.fail('nothing to translate') })
    assert.equal((await browser.get('/members')).statusCode, 302)
    await browser.post('/login/1', { fresh: false })
    assert.equal((await browser.get('/vault')).statusCode, 302)
    assert.deepEqual((await browser.get('/flashed')).json(), {})
  })

  test('not where a program gets an error instead', async () => {
    const browser = await open(plugin)
    await browser.get('/members', { accept: 'application/json' })
    assert.deepEqual((await browser.get('/flashed')).json(), {})
  })

  test('in the words of the scope that refused', async () => {
    const browser = await open(plugin, {}, (app) => app.register(async (inner) => {
      await inner.register(login, { loginMessage: 'For staff' })
      inner.get('/inner', { preHandler: requireLogin }, () => 'inner')
    }))
    await browser.get('/inner')
    assert.deepEqual((await browser.get('/flashed')).json(), { message: ['For staff'] })
  })

  test('also after a logout: messages for the next page survive it', async () => {
    const browser = await open(plugin)
    await browser.post('/login/1', { fresh: false })
    await browser.get('/vault')
    await browser.post('/logout')
    assert.deepEqual((await browser.get('/flashed')).json(), { message: ['Please reauthenticate to access this page.'] })
  })
})

test('without @fastify/flash, or without a session, the redirect goes out all the same', async () => {
  const { app } = await createApp({ options: { loginPath: '/login' }, before: sessionPlugins[0]!.register })
  assert.equal((await new Browser(app).get('/members')).statusCode, 302)
  const { app: without } = await createApp({
    options: { loginPath: '/login' },
    before: (app) => app.decorateRequest('flash', function () { throw new Error('flash() needs a session') } as never)
  })
  assert.equal((await new Browser(without).get('/members')).statusCode, 302)
})
