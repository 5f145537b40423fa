import assert from 'node:assert/strict'
import { describe, it } from 'node:test'
import cookie from '@fastify/cookie'
import { loginAs } from 'fastify-login/testing'
import { Barrier } from './support/barrier.ts'
import { Browser, setCookies } from './support/browser.ts'
import { stopClock } from './support/clock.ts'
import { createStoredApp } from './support/store.ts'
import { describeWays } from './support/ways.ts'

const ignored = { config: { login: 'ignored' } } as const

describeWays('a logout where nobody was found out before', (way) => {
  it('ends the login although the user cannot be loaded', async () => {
    let failing = false
    const { app, users } = await way.createApp({
      options: {
        loadUser: (id: string) => {
          if (failing) throw new Error('database is down')
          return users.get(id)
        }
      } as never,
      after: (app) => app.post('/leave', ignored, async (request) => ({ ok: await request.logoutUser() }))
    })
    const browser = new Browser(app)
    await browser.post('/login/1', { remember: true })
    const copy = browser.copy()
    failing = true
    assert.equal((await browser.post('/leave')).statusCode, 500)
    failing = false
    assert.equal(browser.cookies.size, 0)
    assert.equal(await copy.whoami(), null)
    copy.restart()
    assert.equal(await copy.whoami(), null)
  })

  it('ends what a remember cookie alone names, although the user cannot be loaded', async () => {
    let failing = false
    const { app, users } = await way.createApp({
      options: { loadUser: (id: string) => { if (failing) throw new Error('database is down'); return users.get(id) } } as never,
      after: (app) => app.post('/leave', ignored, async (request) => ({ ok: await request.logoutUser() }))
    })
    const browser = new Browser(app)
    await browser.post('/login/1', { remember: true })
    browser.restart()
    const copy = browser.copy()
    failing = true
    assert.equal((await browser.post('/leave')).statusCode, 500)
    failing = false
    assert.equal(await copy.whoami(), null)
  })

  it('of somebody without a cookie fails as the request loader does, and that is all', async () => {
    const { app, events } = await way.createApp({
      options: { loadUserFromRequest: () => { throw new Error('no keys today') } } as never,
      after: (app) => app.post('/leave', ignored, async (request) => ({ ok: await request.logoutUser() }))
    })
    const answer = await new Browser(app).post('/leave')
    assert.deepEqual([answer.statusCode, answer.json().message, setCookies(answer), events], [500, 'no keys today', [], []])
  })

  it('of somebody without a cookie, before cookies are parsed, fails as the request loader does, too', async () => {
    const failures: string[] = []
    const { app } = await way.createApp({
      options: { loadUserFromRequest: () => { throw new Error('no keys today') } } as never,
      before: async (app) => {
        await app.register(cookie, { hook: 'preHandler' })
        app.setErrorHandler(async (_error, request) => {
          await request.logoutUser().catch(({ message }: Error) => failures.push(message))
          return 'sorry'
        })
      }
    })
    assert.equal((await new Browser(app).get('/whoami')).body, 'sorry')
    assert.deepEqual(failures, ['no keys today'])
  })

  it('of a user whom the request names by other means is told, without a login', async () => {
    const { app, events } = await way.createApp({ options: { loadUserFromRequest: () => ({ id: '2', name: 'Grace' }) } })
    assert.deepEqual((await new Browser(app).post('/logout')).json(), { ok: true })
    assert.deepEqual(events.map(({ name, payload }) => [name, payload['login']]), [['userLoadedFromRequest', undefined], ['userLoggedOut', null]])
  })

  it('by an error handler ends the login whose user could not be loaded', async () => {
    let failing = false
    const { app, users } = await way.createApp({
      options: { loadUser: async (id: string) => { if (failing) throw new Error('database is down'); return users.get(id) } } as never,
      before: (app) => app.setErrorHandler(async (error, request, reply) => {
        failing = false
        await request.logoutUser()
        return reply.code(500).send(error)
      })
    })
    const browser = new Browser(app)
    await browser.post('/login/1')
    const copy = browser.copy()
    failing = true
    assert.equal((await browser.get('/whoami')).statusCode, 500)
    assert.equal(await copy.whoami(), null)
  })

  async function createAppWithSlowLogout () {
    const barrier = new Barrier()
    const { app } = await way.createApp({
      after: (app) => app.post('/leave', ignored, async (request) => {
        await barrier.pass()
        return { ok: await request.logoutUser() }
      })
    })
    return { app, barrier }
  }

  for (const [came, restart] of [['', false], [' a remembered one', true]] as const) {
    it(`that is late leaves the cookies of the login alone that followed${came}`, async () => {
      const { app, barrier } = await createAppWithSlowLogout()
      const browser = new Browser(app)
      await browser.post('/login/1', { remember: true })
      await browser.post('/confirm')
      if (restart) browser.restart()
      const late = browser.send({ method: 'POST', url: '/leave', payload: {} })
      await barrier.reached
      await browser.post('/login/2', { remember: true })
      barrier.open()
      assert.deepEqual(setCookies(await late), [])
      assert.equal(await browser.whoami(), '2')
    })
  }

  it('that is late clears the cookies of a login that was confirmed meanwhile: it is the one that ends', async () => {
    const { app, barrier } = await createAppWithSlowLogout()
    const browser = new Browser(app)
    await browser.post('/login/1', { remember: true })
    const late = browser.send({ method: 'POST', url: '/leave', payload: {} })
    await barrier.reached
    await browser.post('/confirm')
    barrier.open()
    assert.deepEqual(setCookies(await late).map(({ name, value }) => [name, value]), [['login', ''], ['remember_token', '']])
    assert.equal(await browser.whoami(), null)
  })

  it('asks once for calls side by side', async () => {
    const { app } = await way.createApp({
      after: (app) => app.post('/twice', ignored, async (request) => await Promise.all([request.confirmLogin(), request.confirmLogin()]))
    })
    const browser = new Browser(app)
    await browser.post('/login/1')
    assert.deepEqual((await browser.post('/twice')).json(), [true, true])
  })

  it('of a login that time had ended tells nothing', async (t) => {
    const clock = stopClock(t)
    for (const options of [{ absoluteTimeout: 60 }, { idleTimeout: 60 }]) {
      const { app, events } = await way.createApp({ options })
      const browser = new Browser(app)
      await browser.post('/login/1')
      clock.advance(61)
      assert.deepEqual((await browser.post('/logout')).json(), { ok: false })
      assert.deepEqual(events.map(({ name }) => name), ['userLoggedIn'])
    }
  })

  it('of a login that had ended with all others is not told again', async () => {
    const { app, events } = await way.createApp()
    const browser = new Browser(app)
    await browser.post('/login/1')
    const copy = browser.copy()
    await app.login.endLogins('1')
    await copy.post('/logout')
    assert.equal(events.filter(({ name }) => name === 'loginEnded').length, 1)
  })

  it('that comes after its answer is under way is refused to logins', async () => {
    const { app } = await way.createApp({
      after: (app, users) => app.addHook('onSend', async (request) => {
        if (request.headers['x-late'] !== undefined) await request.loginUser(users.get('2')!)
      })
    })
    const browser = new Browser(app)
    await browser.post('/login/1', { remember: true })
    browser.restart()
    const answer = await browser.get('/whoami', { 'x-late': 'yes' })
    assert.deepEqual([answer.statusCode, answer.json().code], [500, 'FST_LOGIN_CANNOT_SET_COOKIE'])
  })
})

describe('a logout after the store failed once', () => {
  for (const url of ['/leave', '/whoami']) {
    it(`ends the login (${url})`, async () => {
      const { app, store } = await createStoredApp({
        before: (app) => app.setErrorHandler(async (error, request, reply) => {
          await request.logoutUser()
          return reply.code(503).send(error)
        }),
        after: (app) => app.post('/leave', ignored, async (request) => {
          await request.logoutUser().catch(() => {})
          return { ok: await request.logoutUser() }
        })
      })
      const browser = new Browser(app)
      for (const [name, value] of Object.entries((await loginAs(app, { id: '1', name: 'Ada' })).cookies)) browser.cookies.set(name, { value, persistent: false })
      browser.userAgent = 'lightMyRequest'
      const copy = browser.copy()
      store.failOnce('find')
      const { statusCode } = await browser.request(url === '/leave' ? { method: 'POST', url, payload: {} } : { url })
      assert.equal(statusCode, url === '/leave' ? 200 : 503)
      assert.equal(await copy.whoami(), null)
    })
  }

  it('ends the login although the request fails', async () => {
    const { app, store } = await createStoredApp({ after: (app) => app.post('/leave', ignored, async (request) => ({ ok: await request.logoutUser() })) })
    const browser = new Browser(app)
    await browser.post('/login/1')
    const copy = browser.copy()
    store.failOnce('find')
    assert.equal((await browser.post('/leave')).statusCode, 503)
    assert.equal(browser.cookies.size, 0)
    assert.equal(await copy.whoami(), null)
  })

  it('is not the only thing that may be tried again: a confirmation asks anew who is there', async () => {
    const { app, store } = await createStoredApp({
      after: (app) => app.post('/retry', ignored, async (request) => {
        await assert.rejects(request.confirmLogin(), { code: 'FST_LOGIN_STORE_UNAVAILABLE' })
        return { ok: await request.confirmLogin() }
      })
    })
    const browser = new Browser(app)
    await browser.post('/login/1')
    store.failOnce('find')
    assert.deepEqual((await browser.post('/retry')).json(), { ok: true })
  })

  it('does nothing to a login by a copy of its cookie from before the last proof', async (t) => {
    const clock = stopClock(t)
    const { app, store } = await createStoredApp({ after: (app) => app.post('/leave', ignored, async (request) => ({ ok: await request.logoutUser() })) })
    const browser = new Browser(app)
    await browser.post('/login/1')
    const copy = browser.copy()
    await browser.post('/confirm')
    clock.advance(11)
    store.failOnce('find')
    assert.equal((await copy.post('/leave')).statusCode, 503)
    assert.equal(await browser.whoami(), '1')
  })
})
