import assert from 'node:assert/strict'
import { it } from 'node:test'
import { Browser } from './support/browser.ts'
import { describeWays } from './support/ways.ts'

describeWays('a session that cannot be renewed', (way) => {
  for (const [what, session] of [
    ['without methods', {}],
    ['without regenerate', { get () {}, set () {} }],
    ['without set', { get () {}, regenerate () {} }],
    ['without get', { set () {}, regenerate () {} }]
  ] as const) {
    it(`(${what}) is refused, and nobody is logged in`, async () => {
      const { app } = await way.createApp({
        before: (app) => {
          app.decorateRequest('session')
          app.addHook('onRequest', async (request) => { Object.assign(request, { session }) })
        }
      })
      const browser = new Browser(app)
      const answer = await browser.post('/login/1')
      assert.deepEqual([answer.statusCode, answer.json().code], [500, 'FST_LOGIN_SESSION_UNUSABLE'])
      assert.equal(browser.cookies.size, 0)
    })
  }

  it('because its store fails logs nobody in', async () => {
    const { app } = await way.createApp({
      before: (app) => {
        app.decorateRequest('session')
        app.addHook('onRequest', async (request) => {
          Object.assign(request, { session: { get () {}, set () {}, async regenerate () { throw new Error('session store is down') } } })
        })
      }
    })
    const browser = new Browser(app)
    const answer = await browser.post('/login/1')
    assert.deepEqual([answer.statusCode, answer.json().message], [500, 'session store is down'])
    assert.equal(browser.cookies.size, 0)
  })

  it('because its store fails keeps nobody logged in who logs out', async () => {
    let failing = false
    const { app, events } = await way.createApp({
      before: (app) => {
        app.decorateRequest('session')
        app.addHook('onRequest', async (request) => {
          Object.assign(request, { session: { cart: 1, get () {}, set () {}, async regenerate () { if (failing) throw new Error('session store is down') } } })
        })
      }
    })
    const browser = new Browser(app)
    await browser.post('/login/1')
    const copy = browser.copy()
    failing = true
    assert.equal((await browser.post('/logout')).statusCode, 500)
    assert.equal(browser.cookies.size, 0)
    assert.deepEqual(events.map(({ name }) => name), ['userLoggedIn', 'userLoggedOut', 'loginEnded'])
    assert.equal(await copy.whoami(), null)
  })
})
