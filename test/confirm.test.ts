import assert from 'node:assert/strict'
import { it } from 'node:test'
import type { LoginOptions } from 'fastify-login'
import { Browser, setCookies } from './support/browser.ts'
import { stopClock } from './support/clock.ts'
import { describeWays } from './support/ways.ts'

describeWays('confirming a login', (way) => {
  it('makes it fresh, under a new cookie, and tells it', async (t) => {
    const clock = stopClock(t)
    const { app, events } = await way.createApp()
    const browser = new Browser(app)
    await browser.post('/login/1', { fresh: false })
    const before = (await browser.get('/whoami')).json().login
    clock.advance(100)
    const answer = await browser.post('/confirm')
    assert.equal(answer.json().ok, true)
    assert.deepEqual(setCookies(answer).map(({ name }) => name), ['login'])
    const seen = (await browser.get('/whoami')).json()
    assert.deepEqual([seen.fresh, seen.login.id, seen.login.startedAt], [true, before.id, before.startedAt])
    assert.ok(seen.login.provenAt >= before.provenAt + 100)
    assert.deepEqual(events.at(-1)?.name, 'userLoginConfirmed')
    assert.equal((events.at(-1)?.payload['user'] as { name: string }).name, 'Ada')
  })

  it('of nobody does nothing', async () => {
    const { app, events } = await way.createApp()
    const answer = await new Browser(app).post('/confirm')
    assert.deepEqual([answer.json().ok, setCookies(answer), events], [false, [], []])
  })

  it('of a user from the request loader does nothing: there is no login', async () => {
    const { app } = await way.createApp({ options: { loadUserFromRequest: () => ({ id: '1', name: 'Ada' }) } })
    const answer = await new Browser(app).post('/confirm')
    assert.deepEqual([answer.json().ok, setCookies(answer)], [false, []])
  })

  it('as another user, or as nobody, does nothing', async () => {
    const { app } = await way.createApp({
      after: (app, users) => {
        app.post('/as-another', async (request) => await request.confirmLogin(users.get('2')!))
        app.post('/as-nobody', async (request) => await request.confirmLogin(null as never))
      }
    })
    const browser = new Browser(app)
    await browser.post('/login/1', { fresh: false })
    for (const url of ['/as-another', '/as-nobody']) {
      const answer = await browser.post(url)
      assert.deepEqual([answer.body, setCookies(answer)], ['false', []])
    }
    assert.equal((await browser.get('/whoami')).json().fresh, false)
  })

  it('of a user who is gone by now does nothing', async () => {
    for (const gone of [null, undefined]) {
      let calls = 0
      const { app } = await way.createApp({ options: { loadUser: (id: string) => ++calls < 2 ? { id, name: 'Ada' } : gone } as Partial<LoginOptions> })
      const browser = new Browser(app)
      await browser.post('/login/1', { fresh: false })
      const answer = await browser.post('/confirm')
      assert.deepEqual([answer.json().ok, setCookies(answer)], [false, []])
    }
  })

  it('binds it to the browser that it was confirmed in, where it is protected from others', async () => {
    const { app } = await way.createApp()
    const browser = new Browser(app)
    await browser.post('/login/1')
    browser.userAgent = 'Firefox, updated'
    assert.equal((await browser.get('/whoami')).json().fresh, false)
    await browser.post('/confirm')
    assert.equal((await browser.get('/whoami')).json().fresh, true)
  })

  it('right after logging in, in one request, is one login', async () => {
    const { app, events } = await way.createApp({
      after: (app, users) => app.post('/both', async (request) => {
        await request.loginUser(users.get('2')!, { remember: true, fresh: false })
        return await request.confirmLogin()
      })
    })
    const browser = new Browser(app)
    await browser.post('/login/1', { remember: true })
    const copy = browser.copy()
    await browser.post('/both')
    const seen = (await browser.get('/whoami')).json()
    assert.deepEqual([seen.user, seen.fresh, seen.remembered], ['2', true, true])
    assert.equal(await copy.whoami(), null)
    assert.deepEqual(events.slice(1).map(({ name }) => name).filter((name) => name !== 'loginEnded'), ['userLoggedIn', 'userLoginConfirmed'])
  })

  it('right before logging in again, in one request, is told as what it was', async () => {
    const { app, events } = await way.createApp({
      after: (app, users) => app.post('/both', async (request) => await request.confirmLogin() && await request.loginUser(users.get('1')!))
    })
    const browser = new Browser(app)
    await browser.post('/login/1')
    assert.equal((await browser.post('/both')).body, 'true')
    assert.deepEqual(events.map(({ name }) => name), ['userLoggedIn', 'userLoginConfirmed', 'userLoggedIn'])
  })
})
