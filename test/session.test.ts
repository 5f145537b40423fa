import assert from 'node:assert/strict'
import { it } from 'node:test'
import flash from '@fastify/flash'
import type { FastifyInstance } from 'fastify'
import login, { type LoginOptions } from 'fastify-login'
import { Browser } from './support/browser.ts'
import { describeSessions, sessionOf, type SessionPlugin } from './support/sessions.ts'
import { describeWays, type Way } from './support/ways.ts'

function sessionRoutes (app: FastifyInstance): void {
  app.get('/session', (request) => {
    const session = sessionOf(request) as unknown as Record<string, unknown> & { data?: () => object, get (key: string): unknown }
    return Object.fromEntries(['cart', 'note', '_csrf', 'wizard'].flatMap((key) => session.get(key) === undefined ? [] : [[key, session.get(key)]]))
  })
  app.get('/session/keys', (request) => {
    const session = sessionOf(request) as unknown as { data?: () => object }
    return Object.keys(session.data?.() ?? session).filter((key) => key !== 'cookie' && key !== '__ts')
  })
  app.post<{ Body: Record<string, unknown> }>('/session', async (request) => {
    for (const [key, value] of Object.entries(request.body)) sessionOf(request).set(key, value)
    return 'kept'
  })
}

async function visit (way: Way, plugin: SessionPlugin, options: Partial<LoginOptions> = {}, after?: (app: FastifyInstance) => unknown) {
  const test = await way.createApp({
    options,
    before: (app) => plugin.register(app),
    after: async (app) => { await after?.(app); sessionRoutes(app) }
  })
  return { ...test, browser: new Browser(test.app) }
}

describeWays('the session of the application', (way) => {
  describeSessions('at login', (plugin) => {
    it('gets a new id, so that nobody who planted the old one shares it', async () => {
      const { browser } = await visit(way, plugin)
      await browser.post('/session', { cart: 'apples' })
      const planted = browser.copy()
      await browser.post('/login/1')
      assert.notEqual(browser.cookies.get('session')?.value, planted.cookies.get('session')?.value)
      await browser.post('/session', { note: 'secret' })
      assert.equal((await planted.get('/session')).json().note, undefined)
    })

    it('keeps what an anonymous visitor put in, but for what dropAtLogin names', async () => {
      const { browser } = await visit(way, plugin)
      await browser.post('/session', { cart: 'apples', _csrf: 'planted' })
      await browser.post('/login/1')
      assert.deepEqual((await browser.get('/session')).json(), { cart: 'apples' })
      const other = await visit(way, plugin, { dropAtLogin: ['wizard'] })
      await other.browser.post('/session', { wizard: 2, _csrf: 'planted' })
      await other.browser.post('/login/1')
      assert.deepEqual((await other.browser.get('/session')).json(), { _csrf: 'planted' })
    })

    it('keeps what the same user put in', async () => {
      const { browser } = await visit(way, plugin)
      await browser.post('/login/1')
      await browser.post('/session', { cart: 'apples' })
      await browser.post('/login/1')
      assert.deepEqual((await browser.get('/session')).json(), { cart: 'apples' })
    })

    it('loses what another user put in, also where that login is no more', async () => {
      for (const gone of [false, true]) {
        const { browser } = await visit(way, plugin)
        await browser.post('/login/1')
        await browser.post('/session', { cart: 'apples' })
        if (gone) browser.cookies.delete('login')
        await browser.post('/login/2')
        assert.deepEqual((await browser.get('/session')).json(), {})
      }
    })

    it('loses what was put in while another user was logged in, whoever it names', async () => {
      const { browser } = await visit(way, plugin)
      await browser.post('/login/1')
      browser.cookies.delete('session')
      await browser.post('/session', { cart: 'apples' })
      await browser.post('/login/2')
      assert.deepEqual((await browser.get('/session')).json(), {})
    })

    it('does not tell the id of the user', async () => {
      const { browser } = await visit(way, plugin, { loadUser: (id: string) => ({ id, name: 'x' }) } as Partial<LoginOptions>, (app) => {
        app.post('/named', async (request) => {
          await request.loginUser({ id: 'ada@example.org', name: 'Ada' })
          const session = sessionOf(request) as unknown as { data?: () => object }
          return session.data?.() ?? session
        })
      })
      assert.ok(!(await browser.post('/named')).body.includes('ada'))
    })

    it('keeps what a user of another realm put in, who is logged in beside', async () => {
      const admin = { id: '2', email: 'root@example.org', permissions: [] }
      const { browser } = await visit(way, plugin, {}, (app) => app.register(async (scope) => {
        await scope.register(login, { realm: 'admin', loadUser: () => admin })
        scope.post('/admin/login', async (request) => await request.loginUser(admin))
      }))
      await browser.post('/login/1')
      await browser.post('/session', { cart: 'apples' })
      await browser.post('/admin/login')
      assert.deepEqual((await browser.get('/session')).json(), { cart: 'apples' })
      await browser.post('/login/1')
      assert.deepEqual((await browser.get('/session')).json(), { cart: 'apples' })
      await browser.post('/login/2')
      assert.deepEqual((await browser.get('/session')).json(), {})
    })

    it('is left alone by a confirmed and by a restored login', async () => {
      const { browser } = await visit(way, plugin)
      await browser.post('/login/1', { remember: true })
      await browser.post('/session', { cart: 'apples', _csrf: 'kept' })
      await browser.post('/confirm')
      browser.cookies.delete('login')
      assert.equal(await browser.whoami(), '1')
      assert.deepEqual((await browser.get('/session')).json(), { cart: 'apples', _csrf: 'kept' })
    })
  })

  describeSessions('at logout', (plugin) => {
    it('is emptied, under a new id', async () => {
      const { browser } = await visit(way, plugin)
      await browser.post('/login/1')
      await browser.post('/session', { cart: 'apples' })
      const copy = browser.copy()
      await browser.post('/logout')
      assert.deepEqual((await browser.get('/session/keys')).json(), [])
      assert.notEqual(copy.cookies.get('session')?.value, browser.cookies.get('session')?.value)
    })

    it('still knows whose the data of another realm is', async () => {
      const admin = { id: '2', email: 'root@example.org', permissions: [] }
      const { browser } = await visit(way, plugin, {}, (app) => app.register(async (scope) => {
        await scope.register(login, { realm: 'admin', loadUser: () => admin })
        scope.post('/admin/login', async (request) => await request.loginUser(admin))
        scope.post('/admin/logout', async (request) => await request.logoutUser())
      }))
      await browser.post('/login/1')
      await browser.post('/admin/login')
      await browser.post('/admin/logout')
      await browser.post('/session', { cart: 'of user 1' })
      browser.cookies.delete('login')
      await browser.post('/login/2')
      assert.deepEqual((await browser.get('/session')).json(), {})
    })

    it('keeps flash messages for the next page', async () => {
      const { browser } = await visit(way, plugin, {}, async (app) => {
        await app.register(flash as never)
        app.post('/leave', async (request, reply) => {
          (request as unknown as { flash: (...all: string[]) => void }).flash('info', 'See you')
          return { ok: await request.logoutUser(), sent: reply.sent }
        })
        app.get('/messages', (_request, reply) => (reply as unknown as { flash: () => unknown }).flash() as object)
      })
      await browser.post('/login/1')
      await browser.post('/session', { cart: 'apples' })
      await browser.post('/leave')
      assert.deepEqual((await browser.get('/session')).json(), {})
      assert.deepEqual((await browser.get('/messages')).json(), { info: ['See you'] })
    })

    it('of nobody, with an empty session, is not touched', async () => {
      const { browser } = await visit(way, plugin)
      assert.equal((await browser.post('/logout')).statusCode, 200)
    })
  })
})
