import assert from 'node:assert/strict'
import { describe, it } from 'node:test'
import { Browser, setCookies } from '../support/browser.ts'
import { stopClock } from '../support/clock.ts'
import { createStoredApp, onlyRecord } from '../support/store.ts'

/** More than a record keeps validators of, and how many it keeps. */
const beyond = 40
const kept = 32

async function logIn () {
  const test = await createStoredApp()
  const browser = new Browser(test.app)
  await browser.post('/login/1', { remember: true })
  test.told()
  return { ...test, test, browser }
}

/** What replaces a remember token: a proof of identity that sets another one, and a restore. */
const rotations = {
  async 'proofs of identity' (browser: Browser) { await browser.post('/login/1', { remember: true }) },
  async restores (browser: Browser) {
    browser.restart()
    await browser.get('/whoami')
  }
}

for (const [name, rotate] of Object.entries(rotations)) {
  describe(`many ${name} of one browser within a minute`, () => {
    for (const count of [9, kept, beyond]) {
      it(`(${count}) are no theft, whichever of their cookies comes back late, and log nobody out`, async (t) => {
        const clock = stopClock(t)
        const { browser, told } = await logIn()
        const tabs: Browser[] = []
        for (let done = 0; done < count; done++) {
          tabs.push(browser.copy())
          await rotate(browser)
          clock.advance(1)
        }
        for (const tab of tabs) {
          tab.restart()
          const answer = await tab.send({ url: '/whoami' })
          assert.ok(setCookies(answer).every(({ value }) => value !== ''), 'no cookie is cleared')
          if (count <= kept) assert.equal(answer.json().user, '1')
        }
        assert.ok(!told().includes('rememberTokenStolen'))
        assert.equal(await browser.whoami(), '1')
        browser.restart()
        assert.equal(await browser.whoami(), '1')
      })
    }

    it('leave a record of a bounded size', async (t) => {
      const clock = stopClock(t)
      const { browser, test } = await logIn()
      for (let done = 0; done < 200; done++) {
        await rotate(browser)
        clock.advance(0.01)
      }
      const { previousSecrets, remember } = await onlyRecord(test)
      assert.ok(previousSecrets.length <= kept)
      assert.ok(remember!.previous.length <= kept)
    })
  })
}

describe('a thief who uses a remember token again and again', () => {
  for (const pause of [0, 0.5, 1.4]) {
    it(`is noticed when the browser it was taken from comes back, a restore every ${pause} s or not`, async (t) => {
      const clock = stopClock(t)
      const { browser, told } = await logIn()
      const thief = browser.copy()
      for (let done = 0; done < 100; done++) {
        thief.restart()
        assert.equal(await thief.whoami(), '1')
        clock.advance(pause)
      }
      clock.advance(61 - 100 * pause > 0 ? 61 - 100 * pause : 0)
      told()
      browser.restart()
      assert.equal(await browser.whoami(), null)
      assert.deepEqual(told(), ['rememberTokenStolen', 'loginEnded'])
      assert.equal(await thief.whoami(), null)
    })
  }

  it('is noticed although proofs of identity left no room for older tokens, a minute after them at the latest', async (t) => {
    const clock = stopClock(t)
    const { browser, told } = await logIn()
    const thief = browser.copy()
    for (let done = 0; done < beyond; done++) await browser.post('/login/1', { remember: true })
    thief.restart()
    assert.equal((await thief.get('/whoami')).json().lapse, 'superseded')
    clock.advance(60)
    told()
    assert.equal((await thief.get('/whoami')).json().lapse, 'stolen')
    assert.deepEqual(told(), ['rememberTokenStolen', 'loginEnded'])
  })
})

describe('a restore that replaces no token, because many were replaced in the last minute', () => {
  async function crowd (options: object = {}) {
    const test = await createStoredApp({ options: options as never })
    const browser = new Browser(test.app)
    await browser.post('/login/1', { remember: true })
    for (let done = 0; done < kept; done++) await rotations.restores(browser)
    browser.restart()
    return { ...test, test, browser }
  }

  it('gives a login cookie all the same, under which the login can be confirmed', async (t) => {
    const clock = stopClock(t)
    const { browser, told } = await crowd()
    const answer = await browser.get('/whoami')
    assert.deepEqual(setCookies(answer).map(({ name }) => name), ['login'])
    assert.equal((await browser.post('/confirm')).json().ok, true)
    assert.equal((await browser.get('/whoami')).json().fresh, true)
    clock.advance(61)
    browser.restart()
    assert.deepEqual(setCookies(await browser.get('/whoami')).map(({ name }) => name), ['login', 'remember_token'])
    assert.ok(!told().includes('rememberTokenStolen'))
  })

  it('leaves one live login cookie, and the same token', async (t) => {
    const clock = stopClock(t)
    const { browser, test } = await crowd()
    const { remember } = await onlyRecord(test)
    const copies = [browser.copy(), browser.copy()]
    for (const copy of copies) assert.equal(await copy.whoami(), '1')
    assert.equal((await onlyRecord(test)).remember?.validator, remember?.validator)
    clock.advance(11)
    for (const copy of copies) copy.cookies.delete('remember_token')
    assert.deepEqual([await copies[0]!.whoami(), await copies[1]!.whoami()], [null, '1'])
  })

  it('renews the token where each request renews it', async (t) => {
    const clock = stopClock(t)
    const { browser, test } = await crowd({ remember: { duration: 100, refreshEachRequest: true } })
    const token = browser.cookies.get('remember_token')?.value
    clock.advance(50)
    assert.equal(await browser.whoami(), '1')
    assert.equal(browser.cookies.get('remember_token')?.value, token)
    assert.equal((await onlyRecord(test)).remember?.expiresAt, Date.now() / 1000 + 100)
  })
})
