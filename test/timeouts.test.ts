import assert from 'node:assert/strict'
import { it } from 'node:test'
import login, { type LoginOptions } from 'fastify-login'
import { Browser, setCookies } from './support/browser.ts'
import { stopClock } from './support/clock.ts'
import { describeWays } from './support/ways.ts'

describeWays('a login that is not used', (way) => {
  for (const [past, user] of [[-1, '1'], [0, null], [1, null]] as const) {
    it(`${user === null ? 'ends' : 'lives'} ${past} seconds from its idle timeout`, async (t) => {
      const clock = stopClock(t)
      const { app } = await way.createApp({ options: { idleTimeout: 1000 } })
      const browser = new Browser(app)
      await browser.post('/login/1')
      clock.advance(1000 + past)
      const seen = (await browser.get('/whoami')).json()
      assert.deepEqual([seen.user, seen.lapse], [user, user === null ? 'idle' : null])
    })
  }

  it('lives as long as it is used, and that is written down at most once a minute', async (t) => {
    const clock = stopClock(t)
    const { app } = await way.createApp({ options: { idleTimeout: 1000 } })
    const browser = new Browser(app)
    await browser.post('/login/1')
    const written: number[] = []
    for (let second = 1; second <= 200; second++) {
      clock.advance(1)
      if (setCookies(await browser.get('/')).length > 0) written.push(second)
    }
    assert.deepEqual(written.filter((second) => second % 60 !== 0), [])
    clock.advance(919)
    assert.equal(await browser.whoami(), '1')
    for (let use = 0; use < 5; use++) {
      clock.advance(900)
      assert.equal(await browser.whoami(), '1')
    }
    clock.advance(1000)
    assert.equal(await browser.whoami(), null)
  })

  it('whose use is to be written down is answered as ever where there is no page', async (t) => {
    const clock = stopClock(t)
    const { app } = await way.createApp({ options: { idleTimeout: 600 } })
    const browser = new Browser(app)
    await browser.post('/login/1')
    clock.advance(120)
    assert.equal((await browser.get('/nowhere')).statusCode, 404)
    assert.equal(await browser.whoami(), '1')
  })

  it('with a short idle timeout loses no more than a quarter of it', async (t) => {
    const clock = stopClock(t)
    const { app } = await way.createApp({ options: { idleTimeout: 8 } })
    const browser = new Browser(app)
    await browser.post('/login/1')
    clock.advance(1)
    await browser.get('/')
    clock.advance(6)
    assert.equal(await browser.whoami(), '1')
    clock.advance(7)
    assert.equal(await browser.whoami(), '1')
  })

  it('is not kept alive by answers of 5xx, nor by requests that are not resolved', async (t) => {
    const clock = stopClock(t)
    const { app } = await way.createApp({
      options: { idleTimeout: 1000 },
      after: (app) => {
        app.get('/broken', async (_request, reply) => await reply.code(500).send())
        app.get('/file', { config: { login: 'ignored' } }, () => 'file')
      }
    })
    const browser = new Browser(app)
    await browser.post('/login/1')
    clock.advance(600)
    await browser.get('/broken')
    await browser.get('/file')
    clock.advance(400)
    assert.equal(await browser.whoami(), null)
  })

  it('comes back by its remember cookie, not fresh', async (t) => {
    const clock = stopClock(t)
    const { app } = await way.createApp({ options: { idleTimeout: 1000 } })
    const browser = new Browser(app)
    await browser.post('/login/1', { remember: true })
    clock.advance(1000)
    const seen = (await browser.get('/whoami')).json()
    assert.deepEqual([seen.user, seen.fresh, seen.lapse], ['1', false, 'idle'])
  })
})

describeWays('a login', (way) => {
  for (const [past, user] of [[-1, '1'], [0, null], [1, null]] as const) {
    it(`${user === null ? 'ends' : 'lives'} ${past} seconds from its absolute timeout, however it is used`, async (t) => {
      const clock = stopClock(t)
      const { app } = await way.createApp({ options: { absoluteTimeout: 1000, idleTimeout: 600 } })
      const browser = new Browser(app)
      await browser.post('/login/1')
      for (const seconds of [500, 400]) {
        clock.advance(seconds)
        assert.equal(await browser.whoami(), '1')
      }
      clock.advance(100 + past)
      const seen = (await browser.get('/whoami')).json()
      assert.equal(seen.user, user)
      if (user === null) assert.match(seen.lapse, /^(expired|ended)$/, 'a store need not keep what has expired')
    })
  }

  it('ends after 30 days where nothing is said', async (t) => {
    const clock = stopClock(t)
    const { app } = await way.createApp()
    const browser = new Browser(app)
    await browser.post('/login/1')
    clock.advance(30 * 24 * 3600 - 1)
    assert.equal(await browser.whoami(), '1')
    clock.advance(1)
    assert.equal(await browser.whoami(), null)
  })

  it('begins its time anew with each proof of identity', async (t) => {
    const clock = stopClock(t)
    const { app } = await way.createApp({ options: { absoluteTimeout: 1000 } })
    const browser = new Browser(app)
    await browser.post('/login/1')
    for (const proof of ['/confirm', '/login/1']) {
      clock.advance(900)
      await browser.post(proof)
    }
    clock.advance(999)
    assert.equal(await browser.whoami(), '1')
    clock.advance(1)
    assert.equal(await browser.whoami(), null)
  })

  it('ends earlier where a scope asks for less', async (t) => {
    const clock = stopClock(t)
    const { app } = await way.createApp({
      after: (app) => {
        app.register(async (scope) => {
          await scope.register(login, { absoluteTimeout: 100 } as LoginOptions)
          scope.get('/inner', (request) => ({ user: request.currentUser?.id ?? null }))
        })
      }
    })
    const browser = new Browser(app)
    await browser.post('/login/1')
    clock.advance(99)
    assert.equal((await browser.get('/inner')).json().user, '1')
    clock.advance(1)
    assert.equal((await browser.get('/inner')).json().user, null)
    assert.equal(await browser.whoami(), '1')
  })
})
