import assert from 'node:assert/strict'
import { describe, it } from 'node:test'
import { Barrier } from '../support/barrier.ts'
import { Browser } from '../support/browser.ts'
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
