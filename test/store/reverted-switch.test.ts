import assert from 'node:assert/strict'
import { describe, it } from 'node:test'
import { Barrier } from '../support/barrier.ts'
import { Browser, setCookies } from '../support/browser.ts'
import { createStoredApp } from '../support/store.ts'
import { describeWays } from '../support/ways.ts'

describe('a browser that logs in as another user while a change that ends its login is under way', () => {
  for (const cookie of ['login', 'remember_token']) {
    it(`ends that login for good, also where the change is reverted (${cookie})`, async () => {
      const barrier = new Barrier()
      const { app } = await createStoredApp({
        after: (app) => {
          app.addHook('onSend', async (request) => {
            if (request.headers['x-late'] !== 'fails') return
            await barrier.pass()
            throw new Error('late')
          })
        }
      })
      const browser = new Browser(app)
      await browser.post('/login/2', { remember: true })
      for (const name of [...browser.cookies.keys()]) if (name !== cookie) browser.cookies.delete(name)
      const [slow, thief] = [browser.copy(), browser.copy()]
      const failing = slow.post('/login/1', {}, { 'x-late': 'fails' })
      await barrier.reached
      await browser.post('/login/1')
      assert.equal(await browser.whoami(), '1')
      barrier.open()
      assert.equal((await failing).statusCode, 500)
      assert.equal(await browser.whoami(), '1')
      assert.equal(await thief.whoami(), null)
    })
  }
})

describeWays('a browser whose login has ended', (way) => {
  it('logs in as another user', async () => {
    const { app } = await way.createApp()
    const browser = new Browser(app)
    await browser.post('/login/2', { remember: true })
    await app.login.endLogins('2')
    await browser.post('/login/1', { remember: true })
    assert.equal(await browser.whoami(), '1')
  })
})

describeWays('a remember cookie of another user, beside the login', (way) => {
  it('may end while its browser logs in again: the login goes on', async () => {
    const { app } = await way.createApp({
      after: (app, users) => {
        app.post('/slow', async (request) => {
          const ok = await request.loginUser(users.get('1')!)
          await app.login.endLogins('2')
          return { ok }
        })
      }
    })
    const [browser, other] = [new Browser(app), new Browser(app)]
    await other.post('/login/2', { remember: true })
    await browser.post('/login/1')
    browser.cookies.set('remember_token', other.cookies.get('remember_token')!)
    await browser.post('/slow')
    assert.deepEqual([await browser.whoami(), await other.whoami()], ['1', null])
  })
})

describe('a store that keeps no login, whenever it begins', () => {
  it('has nobody logged in, and no request that goes on for ever', async () => {
    const { app, store } = await createStoredApp()
    store.create = async () => false
    const browser = new Browser(app)
    assert.deepEqual(setCookies(await browser.post('/login/1')), [])
    assert.equal(await browser.whoami(), null)
  })
})
