import assert from 'node:assert/strict'
import { it } from 'node:test'
import { asFresh } from 'fastify-login'
import { Browser } from './support/browser.ts'
import { stopClock } from './support/clock.ts'
import { describeWays } from './support/ways.ts'

describeWays('a fresh login', (way) => {
  it('is fresh for freshFor seconds after the proof, not one longer', async (t) => {
    const clock = stopClock(t)
    const { app } = await way.createApp({ options: { freshFor: 300 } })
    const browser = new Browser(app)
    await browser.post('/login/1')
    const seen = []
    for (const seconds of [299, 1, 1]) {
      clock.advance(seconds)
      seen.push([(await browser.get('/whoami')).json().fresh, (await browser.get('/vault')).statusCode])
    }
    assert.deepEqual(seen, [[true, 200], [false, 403], [false, 403]])
    await browser.post('/confirm')
    assert.equal((await browser.get('/vault')).statusCode, 200)
  })

  it('that was used in another browser does not become fresh again by being used', async (t) => {
    const clock = stopClock(t)
    const { app } = await way.createApp({ options: { idleTimeout: 3600 } })
    const browser = new Browser(app)
    await browser.post('/login/1')
    const elsewhere = browser.copy()
    elsewhere.userAgent = 'Chrome'
    await elsewhere.send({ url: '/whoami' })
    for (let use = 0; use < 2; use++) {
      clock.advance(120)
      assert.equal((await browser.get('/whoami')).json().fresh, false)
    }
  })

  it('is fresh as long as it lasts where freshFor is not set', async (t) => {
    const clock = stopClock(t)
    const { app } = await way.createApp()
    const browser = new Browser(app)
    await browser.post('/login/1')
    clock.advance(29 * 24 * 3600)
    assert.equal((await browser.get('/vault')).statusCode, 200)
  })

  it('is recent for the seconds that requireFreshLoginWithin asks for, not one longer', async (t) => {
    const clock = stopClock(t)
    const { app } = await way.createApp()
    const browser = new Browser(app)
    await browser.post('/login/1')
    const seen = []
    for (const seconds of [59, 1, 1]) {
      clock.advance(seconds)
      seen.push((await browser.get('/vault/minute')).statusCode)
    }
    assert.deepEqual(seen, [200, 403, 403])
    assert.equal((await browser.get('/vault')).statusCode, 200)
  })

  it('is not made by a login that proves nothing: the last proof stays what it was', async (t) => {
    const clock = stopClock(t)
    const { app } = await way.createApp()
    const browser = new Browser(app)
    await browser.post('/login/1')
    const { provenAt } = (await browser.get('/whoami')).json().login
    clock.advance(50)
    await browser.post('/login/1', { fresh: false, remember: true, duration: 100 })
    const { fresh, login } = (await browser.get('/whoami')).json()
    assert.deepEqual([fresh, login.provenAt], [false, provenAt])
    clock.advance(99)
    browser.restart()
    assert.equal(await browser.whoami(), '1')
  })

  it('is never what a remember cookie, use, or a renewal makes of one', async (t) => {
    const clock = stopClock(t)
    const { app } = await way.createApp({ options: { freshFor: 300, idleTimeout: 7200, remember: { refreshEachRequest: true } } })
    const browser = new Browser(app)
    await browser.post('/login/1', { remember: true })
    for (let use = 0; use < 5; use++) {
      clock.advance(100)
      await browser.get('/')
    }
    assert.equal((await browser.get('/whoami')).json().fresh, false)
    browser.restart()
    assert.equal((await browser.get('/whoami')).json().fresh, false)
    assert.equal((await browser.get('/whoami')).json().fresh, false)
  })

  it('is one of a user from the request loader only where the loader says so', async () => {
    const { app } = await way.createApp({
      options: {
        loadUserFromRequest: (request) => {
          const user = { id: '1', name: 'Ada' }
          return request.headers['x-key'] === 'signed' ? asFresh(user) : request.headers['x-key'] === 'bearer' ? user : null
        }
      }
    })
    for (const [sent, user, fresh] of [['signed', '1', true], ['bearer', '1', false], ['none', null, false]] as const) {
      const seen = (await app.inject({ url: '/whoami', headers: { 'x-key': sent } })).json()
      assert.deepEqual([seen.user, seen.fresh, seen.login, seen.remembered], [user, fresh, null, false])
    }
  })

  it('is not one of a user who is no longer active', async () => {
    const { app, users } = await way.createApp()
    const browser = new Browser(app)
    await browser.post('/login/1')
    users.set('1', { id: '1', name: 'Ada', isActive: false })
    assert.equal((await browser.get('/whoami')).json().fresh, false)
    assert.equal((await browser.get('/vault')).statusCode, 401)
  })
})
