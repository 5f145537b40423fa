import assert from 'node:assert/strict'
import { describe, it } from 'node:test'
import { Browser } from '../support/browser.ts'
import { stopClock } from '../support/clock.ts'
import { createStoredApp, onlyRecord } from '../support/store.ts'

// The record goes on, and with it went the grace of the secret before: also of one that had lapsed.
describe('a login that has lapsed, and that its remember cookie restores', () => {
  for (const [options, seconds] of [[{ absoluteTimeout: 100 }, 100], [{ idleTimeout: 100 }, 100]] as const) {
    it(`does not bring its old login cookie back to life: ${JSON.stringify(options)}`, async (t) => {
      const clock = stopClock(t)
      const test = await createStoredApp({ options })
      const browser = new Browser(test.app)
      await browser.post('/login/1', { remember: true })
      const copy = browser.copy()
      copy.cookies.delete('remember_token')
      clock.advance(seconds)
      assert.equal(await copy.whoami(), null)
      assert.equal(await browser.whoami(), '1')
      assert.equal(await copy.whoami(), null)
      assert.deepEqual((await onlyRecord(test)).previousSecrets, [])
    })
  }

  it('nor those that were in their grace when it lapsed', async (t) => {
    const clock = stopClock(t)
    const test = await createStoredApp({ options: { absoluteTimeout: 100 } })
    const browser = new Browser(test.app)
    await browser.post('/login/1', { remember: true })
    browser.restart()
    await browser.whoami()
    const copy = browser.copy()
    copy.cookies.delete('remember_token')
    clock.advance(95)
    await browser.post('/confirm')
    clock.advance(5)
    assert.equal(await copy.whoami(), null)
    assert.equal(await browser.whoami(), '1')
    assert.equal(await copy.whoami(), null)
  })
})
