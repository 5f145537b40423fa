import assert from 'node:assert/strict'
import { it } from 'node:test'
import { Barrier } from './support/barrier.ts'
import { Browser, setCookies } from './support/browser.ts'
import { stopClock } from './support/clock.ts'
import { describeWays, type Way } from './support/ways.ts'

const fails = { 'x-fail': 'yes' }

async function createFailing (way: Way, options = {}) {
  return await way.createApp({
    options,
    after: (app) => {
      app.post('/basket', async (request, reply) => {
        reply.setCookie('basket', 'full')
        return await request.confirmLogin()
      })
      app.addHook('onSend', async (request, reply) => {
        const { 'x-fail': fail } = request.headers
        if (fail === 'yes' && reply.statusCode < 500) throw new Error('late')
        if (fail === 'refused' && reply.statusCode < 400) throw Object.assign(new Error('too much'), { statusCode: 413 })
      })
    }
  })
}

describeWays('an answer that fails after its login was carried out', (way) => {
  it("keeps the application's own cookies, and none of ours", async () => {
    const { app } = await createFailing(way)
    const browser = new Browser(app)
    await browser.post('/login/1')
    const answer = await browser.send({ method: 'POST', url: '/basket', payload: {}, headers: fails })
    assert.equal(answer.statusCode, 500)
    assert.deepEqual(setCookies(answer).map(({ name }) => name), ['basket'])
  })

  it('in a way that is no fault of the server (4xx) logs nobody in either', async () => {
    const { app, events } = await createFailing(way)
    const browser = new Browser(app)
    const answer = await browser.post('/login/1', { remember: true }, { 'x-fail': 'refused' })
    assert.deepEqual([answer.statusCode, setCookies(answer)], [413, []])
    assert.deepEqual(events, [])
    assert.equal(await browser.whoami(), null)
  })

  it('leaves a login that was proven before as that proof left it', async () => {
    const { app } = await createFailing(way)
    const browser = new Browser(app)
    await browser.post('/login/1', { fresh: false })
    await browser.post('/confirm')
    await browser.send({ method: 'POST', url: '/confirm', payload: {}, headers: fails })
    assert.deepEqual([(await browser.get('/whoami')).json().user, (await browser.get('/whoami')).json().fresh], ['1', true])
  })

  it('sets no cookie for a use of the login either', async (t) => {
    const clock = stopClock(t)
    const { app } = await createFailing(way, { idleTimeout: 600 })
    const browser = new Browser(app)
    await browser.post('/login/1')
    clock.advance(120)
    const answer = await browser.send({ url: '/whoami', headers: fails })
    assert.deepEqual([answer.statusCode, answer.headers['set-cookie']], [500, undefined])
    assert.equal(await browser.whoami(), '1')
  })

  it('tells of a login although nobody waits for the answer any more', async () => {
    const { app, events } = await way.createApp({
      after: (app, users) => app.post('/gone', async (request, reply) => {
        await request.loginUser(users.get('1')!)
        reply.raw.destroy()
        return 'nobody reads this'
      })
    })
    await app.inject({ method: 'POST', url: '/gone' }).catch(() => {})
    for (let turn = 0; turn < 20 && events.length === 0; turn++) await new Promise((resolve) => setImmediate(resolve))
    assert.deepEqual(events.map(({ name }) => name), ['userLoggedIn'])
  })

  it('brings back the login of another user that had ended with it', async () => {
    const { app } = await createFailing(way)
    const browser = new Browser(app)
    await browser.post('/login/1', { remember: true })
    await browser.send({ method: 'POST', url: '/login/2', payload: {}, headers: fails })
    assert.equal(await browser.whoami(), '1')
    assert.equal((await browser.get('/whoami')).json().fresh, true)
    browser.restart()
    assert.equal(await browser.whoami(), '1')
  })

  it('is answered with that failure, although the remember cookie that it ended had been ended meanwhile', async () => {
    const barrier = new Barrier()
    const { app } = await way.createApp({
      after: (app, users) => {
        app.post('/switch', async (request) => {
          await request.loginUser(users.get('2')!)
          await barrier.pass()
        })
        app.addHook('onSend', async (request) => { if (request.headers['x-fail'] !== undefined) throw new Error('late') })
      }
    })
    const browser = new Browser(app)
    await browser.post('/login/1', { remember: true })
    browser.restart()
    const failing = browser.send({ method: 'POST', url: '/switch', payload: {}, headers: fails })
    await barrier.reached
    await browser.send({ method: 'POST', url: '/logout', payload: {} })
    barrier.open()
    assert.equal((await failing).json().message, 'late')
    assert.equal(await browser.whoami(), null)
  })

  for (const ending of ['endLogin', 'endLogins', 'logoutUser', 'endEveryLogin'] as const) {
    it(`brings back nothing that ${ending} ended meanwhile`, async () => {
      const barrier = new Barrier()
      const { app } = await way.createApp({
        after: (app) => {
          app.addHook('onSend', async (request) => {
            if (request.headers['x-fail'] === undefined) return
            await barrier.pass()
            throw new Error('late')
          })
        }
      })
      const browser = new Browser(app)
      await browser.post('/login/1', { remember: true })
      const { id } = (await browser.get('/whoami')).json().login
      const failing = browser.send({ method: 'POST', url: '/login/2', payload: {}, headers: fails })
      await barrier.reached
      if (ending === 'endLogin') await app.login.endLogin(id, { userId: '1' })
      else if (ending === 'endLogins') await app.login.endLogins('1')
      else if (ending === 'endEveryLogin') await app.login.endEveryLogin()
      else await browser.send({ method: 'POST', url: '/logout', payload: {} })
      barrier.open()
      assert.equal((await failing).statusCode, 500)
      assert.equal(await browser.copy().whoami(), null)
      browser.restart()
      assert.equal(await browser.whoami(), null)
    })
  }
})
