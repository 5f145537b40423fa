import assert from 'node:assert/strict'
import { it } from 'node:test'
import type { LoginOptions } from 'fastify-login'
import { Browser, setCookies } from './support/browser.ts'
import { stopClock } from './support/clock.ts'
import { describeWays } from './support/ways.ts'

const day = 24 * 3600

describeWays('a remembered login', (way) => {
  async function remember (options: Partial<LoginOptions> = {}, how: object = {}) {
    const test = await way.createApp({ options })
    const browser = new Browser(test.app)
    const answer = await browser.post('/login/1', { remember: true, ...how })
    return { ...test, browser, answer }
  }

  it('comes back after the browser was closed: not fresh, and with a login cookie of its own', async () => {
    const { browser, events } = await remember()
    browser.restart()
    const seen = (await browser.get('/whoami')).json()
    assert.deepEqual([seen.user, seen.fresh, seen.remembered, seen.login.remembered], ['1', false, true, true])
    assert.ok(browser.cookies.has('login'))
    assert.equal(events.at(-1)?.name, 'userLoadedFromCookie')
    assert.equal((await browser.get('/vault')).statusCode, 403)
    const told = events.length
    await browser.get('/')
    assert.equal(events.length, told, 'and only once')
  })

  it('is fresh again once it is confirmed, and remembered all the same', async () => {
    const { browser } = await remember()
    browser.restart()
    await browser.post('/confirm')
    const seen = (await browser.get('/whoami')).json()
    assert.deepEqual([seen.user, seen.fresh, seen.remembered], ['1', true, true])
    browser.restart()
    assert.equal((await browser.get('/whoami')).json().fresh, false)
  })

  it('is confirmed by the very request that restores it', async () => {
    const { browser, events } = await remember()
    browser.restart()
    await browser.post('/confirm')
    assert.deepEqual(events.slice(-2).map(({ name }) => name), ['userLoadedFromCookie', 'userLoginConfirmed'])
    assert.equal((await browser.get('/whoami')).json().fresh, true)
  })

  it('says so from the request that begins it', async () => {
    const { app } = await way.createApp({
      after: (app, users) => app.post('/begin', async (request) => {
        const before = request.loginRemembered
        await request.loginUser(users.get('1')!, { remember: true })
        return [before, request.loginRemembered]
      })
    })
    assert.deepEqual((await new Browser(app).post('/begin')).json(), [false, true])
  })

  for (const proof of ['confirmLogin', 'loginUser'] as const) {
    it(`is remembered in the very request that proves it again by ${proof}`, async () => {
      const { app } = await way.createApp({
        after: (app, users) => app.post('/prove', async (request) => [await request[proof](users.get('1')!), request.loginRemembered])
      })
      const browser = new Browser(app)
      await browser.post('/login/1', { remember: true })
      assert.deepEqual((await browser.post('/prove')).json(), [true, true])
      browser.cookies.delete('remember_token')
      assert.deepEqual((await browser.post('/prove')).json(), [true, false])
    })
  }

  it('is not remembered without being asked', async () => {
    const { app } = await way.createApp()
    const browser = new Browser(app)
    const answer = await browser.post('/login/1')
    assert.deepEqual(setCookies(answer).map(({ name }) => name), ['login'])
    assert.equal((await browser.get('/whoami')).json().remembered, false)
  })

  for (const [what, options, how, seconds] of [
    ['30 days', {}, {}, 30 * day],
    ['the option remember.duration', { remember: { duration: 100 } }, {}, 100],
    ['what loginUser says', { remember: { duration: 100 } }, { duration: 50 }, 50],
    ['400 days at the most', {}, { duration: 400 * day }, 400 * day]
  ] as const) {
    it(`is remembered for ${what}, whatever the browser keeps`, async (t) => {
      const clock = stopClock(t)
      const { browser, answer } = await remember(options, how)
      assert.equal(setCookies(answer).find(({ name }) => name === 'remember_token')?.attributes.get('max-age'), String(seconds))
      browser.restart()
      clock.advance(seconds - 1)
      assert.equal((await browser.send({ url: '/whoami' })).json().user, '1')
      clock.advance(1)
      const late = await browser.request({ url: '/whoami' })
      assert.equal(late.json().user, null)
      assert.match(late.json().lapse, /^(expired|ended)$/, 'a store need not keep what has expired')
      assert.ok(!browser.cookies.has('remember_token'), 'a dead one is cleared at once')
    })
  }

  it('ends at the latest with its remember cookie, whatever is proven meanwhile', async (t) => {
    const clock = stopClock(t)
    const { browser } = await remember({}, { duration: 100 })
    browser.restart()
    await browser.post('/confirm')
    clock.advance(99)
    assert.equal(await browser.whoami(), '1')
    clock.advance(1)
    assert.equal(await browser.whoami(), null)
  })

  it('that goes on by a new password proof without remember keeps its remember cookie', async () => {
    const { browser } = await remember()
    await browser.post('/login/1')
    assert.equal((await browser.get('/whoami')).json().remembered, true)
    browser.restart()
    assert.equal(await browser.whoami(), '1')
  })

  it('loses to a dead remember cookie neither the request loader nor the page', async () => {
    const { app } = await way.createApp({
      options: { loadUserFromRequest: (request) => request.headers['x-key'] === 'valid' ? { id: '2', name: 'Grace' } : null }
    })
    const answer = await app.inject({ url: '/whoami', headers: { 'x-key': 'valid', cookie: 'remember_token=1|é' } })
    assert.equal(answer.json().user, '2')
    assert.deepEqual(setCookies(answer).map(({ name, value }) => [name, value]), [['remember_token', '']])
  })

  it('is not restored where no user is loaded by id', async () => {
    const { app } = await way.createApp({ options: { loadUser: undefined, loadUserFromRequest: () => null } as never })
    const { browser } = await remember()
    const other = new Browser(app)
    for (const [name, kept] of browser.cookies) other.cookies.set(name, kept)
    assert.equal(await other.whoami(), null)
  })

  it('restores a login that was confirmed a moment ago', async () => {
    const { browser } = await remember()
    await browser.post('/confirm')
    browser.restart()
    assert.equal(await browser.whoami(), '1')
    assert.ok(browser.cookies.has('login'))
  })

  it('ends where its user is gone, and does not come back with the user', async () => {
    const { browser, users } = await remember()
    const user = users.get('1')!
    browser.restart()
    const copy = browser.copy()
    users.delete('1')
    const answer = await browser.get('/whoami')
    assert.deepEqual([answer.json().user, answer.json().lapse], [null, 'user-gone'])
    assert.ok(!browser.cookies.has('remember_token'))
    users.set('1', user)
    assert.equal(await copy.whoami(), null)
  })
})
