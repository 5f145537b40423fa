import assert from 'node:assert/strict'
import { test } from 'node:test'
import login, { MemoryStore, requireLogin } from 'fastify-login'
import { Browser } from './support/browser.ts'
import { stopClock } from './support/clock.ts'
import { describeWays } from './support/ways.ts'
import type { Way } from './support/ways.ts'
import type { FastifyInstance } from 'fastify'
import type { LoginOptions } from 'fastify-login'

function declarePages (app: FastifyInstance): void {
  app.get('/guarded', { preHandler: requireLogin }, () => 'guarded')
  app.get('/guarded/own', { preHandler: requireLogin }, (_request, reply) => reply.header('Cache-Control', 'private, max-age=60').send('own'))
  app.get('/config', { config: { login: 'required' } }, () => 'config')
  app.get('/public', () => 'public')
  app.get('/public/cached', (_request, reply) => reply.header('cache-control', 'public, max-age=60').send('cached'))
  for (const name of ['currentUser', 'currentLogin', 'loginFresh', 'loginRemembered', 'loginLapse'] as const) {
    app.get(`/reads/${name}`, (request) => ({ read: request[name] ?? null }))
  }
  for (const [name, vary] of Object.entries({ none: '', other: 'Accept-Encoding', cookie: 'accept, COOKIE', star: '*', alike: 'X-Cookie', longer: 'Cookie-Consent', list: ['Accept', 'Origin'] })) {
    app.get(`/vary/${name}`, (request, reply) => reply.header('vary', vary).send({ user: request.currentUser }))
  }
}

async function open (way: Way, options: Partial<LoginOptions> = {}): Promise<Browser> {
  const { app } = await way.createApp({ options: { loginPath: '/login', ...options }, after: declarePages })
  return new Browser(app)
}

describeWays('an answer', (way) => {
  test('behind a guard is not kept by caches, refusals included', async () => {
    const browser = await open(way)
    for (const url of ['/guarded', '/config']) {
      for (const accept of ['text/html', 'application/json']) {
        const { headers } = await browser.get(url, { accept })
        assert.deepEqual([headers['cache-control'], headers.vary], ['no-store', 'Cookie'])
      }
    }
    await browser.post('/login/1')
    for (const url of ['/guarded', '/config']) {
      const { headers } = await browser.get(url)
      assert.deepEqual([headers['cache-control'], headers.vary], ['no-store', 'Cookie'])
    }
  })

  test('behind a guard keeps the Cache-Control of its handler', async () => {
    const browser = await open(way)
    await browser.post('/login/1')
    assert.equal((await browser.get('/guarded/own')).headers['cache-control'], 'private, max-age=60')
  })

  test('behind a guard has the Cache-Control of the option, or none', async () => {
    const browser = await open(way, { cacheControl: 'private, no-cache' })
    assert.equal((await browser.get('/guarded')).headers['cache-control'], 'private, no-cache')
    const without = await open(way, { cacheControl: false })
    assert.equal((await without.get('/guarded')).headers['cache-control'], undefined)
    assert.equal((await without.get('/guarded')).headers.vary, 'Cookie')
  })

  test('that does not depend on who asks is left alone', async () => {
    const browser = await open(way)
    await browser.post('/login/1')
    for (const url of ['/public', '/public/cached']) assert.equal((await browser.get(url)).headers.vary, undefined)
    assert.equal((await browser.get('/public')).headers['cache-control'], undefined)
  })

  test('that depends on who asks varies by cookie, for visitors without one as well', async () => {
    const browser = await open(way)
    for (const name of ['currentUser', 'currentLogin', 'loginFresh', 'loginRemembered', 'loginLapse']) {
      assert.equal((await browser.get(`/reads/${name}`)).headers.vary, 'Cookie', name)
    }
  })

  test('keeps what else it varies by', async () => {
    const browser = await open(way)
    const varies = async (name: string) => (await browser.get(`/vary/${name}`)).headers.vary
    assert.equal(await varies('none'), 'Cookie')
    assert.equal(await varies('other'), 'Accept-Encoding, Cookie')
    assert.equal(await varies('cookie'), 'accept, COOKIE')
    assert.equal(await varies('star'), '*')
    assert.equal(await varies('alike'), 'X-Cookie, Cookie')
    assert.equal(await varies('longer'), 'Cookie-Consent, Cookie')
    assert.equal(await varies('list'), 'Accept, Origin, Cookie')
  })

  test('that sets or clears a cookie is not kept by caches, whatever its handler says', async () => {
    const browser = await open(way)
    assert.equal((await browser.post('/login/1', { remember: true })).headers['cache-control'], 'no-store')
    browser.restart()
    const restored = await browser.get('/public/cached')
    assert.ok(restored.headers['set-cookie'])
    assert.equal(restored.headers['cache-control'], 'no-store')
    assert.equal((await browser.post('/logout')).headers['cache-control'], 'no-store')
  })

  test('follows the settings of its scope', async () => {
    const { app } = await way.createApp({
      after: (app) => app.register(async (inner) => {
        await inner.register(login, { cacheControl: 'private' })
        inner.get('/inner', { preHandler: requireLogin }, () => 'inner')
      })
    })
    assert.equal((await app.inject('/inner')).headers['cache-control'], 'private')
    assert.equal((await app.inject('/members')).headers['cache-control'], 'no-store')
  })

  test('that only writes down a use, and sets no cookie, may be kept by caches', async (t) => {
    const clock = stopClock(t)
    const { app } = await way.createApp({ options: { store: new MemoryStore() } as Partial<LoginOptions>, after: declarePages })
    const browser = new Browser(app)
    await browser.post('/login/1')
    clock.advance(120)
    const { headers } = await browser.get('/public/cached')
    assert.deepEqual([headers['set-cookie'], headers['cache-control']], [undefined, 'public, max-age=60'])
  })
})
