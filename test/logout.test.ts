import assert from 'node:assert/strict'
import { it } from 'node:test'
import login, { type LoginOptions } from 'fastify-login'
import { Browser, setCookies } from './support/browser.ts'
import { stopClock } from './support/clock.ts'
import { describeWays } from './support/ways.ts'

describeWays('logging out', (way) => {
  it('ends the login, clears both cookies and tells it', async () => {
    const { app, events } = await way.createApp()
    const browser = new Browser(app)
    await browser.post('/login/1', { remember: true })
    const { id } = (await browser.get('/whoami')).json().login
    const answer = await browser.post('/logout')
    assert.equal(answer.json().ok, true)
    assert.deepEqual(setCookies(answer).map(({ name, value }) => [name, value]), [['login', ''], ['remember_token', '']])
    assert.equal(answer.headers['cache-control'], 'no-store')
    assert.equal(browser.cookies.size, 0)
    const [loggedOut, ended] = events.slice(-2)
    assert.equal(loggedOut?.name, 'userLoggedOut')
    assert.equal((loggedOut?.payload['user'] as { name: string }).name, 'Ada')
    assert.deepEqual(ended, { name: 'loginEnded', payload: { id, userId: '1', exceptId: null, reason: 'logout' } })
  })

  it('leaves nobody logged in for the rest of the request', async () => {
    const { app } = await way.createApp({
      after: (app) => app.post('/leave', async (request) => {
        const before = request.currentLogin?.userId
        await request.logoutUser()
        return [before, request.currentUser, request.currentLogin, request.loginFresh, request.loginRemembered]
      })
    })
    const browser = new Browser(app)
    await browser.post('/login/1', { remember: true })
    assert.deepEqual((await browser.post('/leave')).json(), ['1', null, null, false, false])
  })

  it('of nobody is false and tells nothing', async () => {
    const { app, events } = await way.createApp()
    const browser = new Browser(app)
    const answer = await browser.post('/logout')
    assert.equal(answer.json().ok, false)
    assert.deepEqual(setCookies(answer), [])
    assert.deepEqual(events, [])
  })

  it('makes copies of the login cookie and of the remember cookie worthless, then and later', async (t) => {
    const clock = stopClock(t)
    const { app } = await way.createApp()
    const browser = new Browser(app)
    await browser.post('/login/1', { remember: true })
    const both = browser.copy()
    const remembered = browser.copy()
    remembered.restart()
    await browser.post('/logout')
    for (const seconds of [0, 9, 3600, 29 * 24 * 3600]) {
      clock.advance(seconds)
      assert.equal((await both.send({ url: '/whoami' })).json().user, null)
      assert.equal((await remembered.send({ url: '/whoami' })).json().user, null)
    }
  })

  it('ends the remember cookie whether or not the request brought it', async () => {
    const { app } = await way.createApp()
    const browser = new Browser(app)
    await browser.post('/login/1', { remember: true })
    const remembered = browser.copy()
    remembered.restart()
    browser.cookies.delete('remember_token')
    await browser.post('/logout')
    assert.equal(await remembered.whoami(), null)
  })

  it('after a restore ends the login that issued the remember cookie, too', async () => {
    const { app } = await way.createApp()
    const browser = new Browser(app)
    await browser.post('/login/1', { remember: true })
    const first = browser.copy()
    first.cookies.delete('remember_token')
    browser.restart()
    assert.equal(await browser.whoami(), '1')
    await browser.post('/logout')
    assert.equal(await first.whoami(), null)
  })

  it('by a request that has only the remember cookie ends all that it restored', async () => {
    const { app } = await way.createApp()
    const browser = new Browser(app)
    await browser.post('/login/1', { remember: true })
    browser.restart()
    const restored = browser.copy()
    await restored.whoami()
    assert.equal((await browser.post('/logout')).json().ok, true)
    assert.equal(await restored.whoami(), null)
  })

  it('by a request that has only a remember cookie that is over ends nothing, and clears it', async (t) => {
    const clock = stopClock(t)
    const { app, events } = await way.createApp()
    const browser = new Browser(app)
    await browser.post('/login/1', { remember: true, duration: 60 })
    browser.restart()
    clock.advance(60)
    const told = events.length
    const answer = await browser.post('/logout')
    assert.deepEqual([answer.json(), setCookies(answer).map(({ name, value }) => [name, value])], [{ ok: false }, [['login', ''], ['remember_token', '']]])
    assert.deepEqual(events.slice(told), [])
  })

  it('by a request that comes back remembered is told after the restore, once', async (t) => {
    const clock = stopClock(t)
    for (const lapses of [false, true]) {
      const { app, events } = await way.createApp({ options: { idleTimeout: 60 } })
      const browser = new Browser(app)
      await browser.post('/login/1', { remember: true })
      if (lapses) clock.advance(60)
      else browser.restart()
      assert.equal((await browser.post('/logout')).json().ok, true)
      assert.deepEqual(events.map(({ name }) => name), ['userLoggedIn', 'userLoadedFromCookie', 'userLoggedOut', 'loginEnded'])
      const [, loaded, loggedOut, ended] = events.map(({ payload }) => payload)
      assert.deepEqual(loggedOut?.['login'], loaded?.['login'])
      assert.deepEqual([ended?.['userId'], ended?.['reason']], ['1', 'logout'])
    }
  })

  it('asks for no user whom the request knows already', async () => {
    let asked = 0
    const { app, users } = await way.createApp({ options: { loadUser: (id: string) => { asked++; return users.get(id) } } as never })
    const browser = new Browser(app)
    await browser.post('/login/1')
    assert.equal((await browser.post('/logout')).json().ok, true)
    assert.equal(asked, 1)
  })

  it('withdraws a login that the same request had begun', async () => {
    const { app, events } = await way.createApp({
      after: (app, users) => app.post('/change-of-mind', async (request) => {
        await request.loginUser(users.get('1')!, { remember: true })
        return await request.logoutUser()
      })
    })
    const browser = new Browser(app)
    await browser.post('/change-of-mind')
    assert.equal(browser.cookies.size, 0)
    assert.ok(!events.some(({ name }) => name === 'userLoggedIn'))
  })

  it('then logging in again in one request begins another login', async () => {
    const { app } = await way.createApp({
      after: (app, users) => app.post('/again', async (request) => {
        await request.logoutUser()
        return await request.loginUser(users.get('1')!)
      })
    })
    const browser = new Browser(app)
    await browser.post('/login/1', { remember: true })
    const copy = browser.copy()
    await browser.post('/again')
    assert.equal(await browser.whoami(), '1')
    assert.ok(!browser.cookies.has('remember_token'))
    assert.equal(await copy.whoami(), null)
  })

  it('holds on a route whose scope asks more of logins than others do', async (t) => {
    const clock = stopClock(t)
    const { app } = await way.createApp({
      after: (app) => {
        app.register(async (scope) => {
          await scope.register(login, { idleTimeout: 60 } as LoginOptions)
          scope.post('/inner/logout', async (request) => await request.logoutUser())
        })
      }
    })
    const browser = new Browser(app)
    await browser.post('/login/1')
    const copy = browser.copy()
    clock.advance(61)
    await browser.post('/inner/logout')
    assert.equal(await copy.whoami(), null)
  })

  it('holds on a route that is not resolved', async () => {
    const { app } = await way.createApp({
      after: (app) => app.post('/unresolved/logout', { config: { login: 'ignored' } }, async (request) => await request.logoutUser())
    })
    const browser = new Browser(app)
    await browser.post('/login/1')
    const copy = browser.copy()
    await browser.post('/unresolved/logout')
    assert.equal(await copy.whoami(), null)
  })

  it('with a copy of the cookie from before the last proof does nothing to the login', async (t) => {
    const clock = stopClock(t)
    const { app } = await way.createApp()
    const browser = new Browser(app)
    await browser.post('/login/1')
    const copy = browser.copy()
    await browser.post('/confirm')
    clock.advance(11)
    assert.deepEqual((await copy.post('/logout')).json(), { ok: false })
    assert.equal(await browser.whoami(), '1')
  })
})
