import assert from 'node:assert/strict'
import { describe, it } from 'node:test'
import { Browser, setCookies } from '../support/browser.ts'
import { stopClock } from '../support/clock.ts'
import { createStoredApp, onlyRecord } from '../support/store.ts'

async function remember (setup: Parameters<typeof createStoredApp>[0] = {}) {
  const test = await createStoredApp(setup)
  const browser = new Browser(test.app)
  await browser.post('/login/1', { remember: true })
  test.told()
  return { ...test, test, browser }
}

describe('an answer that never reaches the browser', () => {
  for (const [when, seconds] of [['at once', 0], ['after a minute', 60], ['after a week', 7 * 24 * 3600]] as const) {
    it(`to a restore: the retry with the old token ${when} is logged in, and so are all visits after it`, async (t) => {
      const clock = stopClock(t)
      const { test, browser, told } = await remember()
      const { id } = await onlyRecord(test)
      browser.restart()
      await browser.send({ url: '/whoami' })
      clock.advance(seconds)
      assert.equal(await browser.whoami(), '1')
      clock.advance(60)
      assert.equal(await browser.whoami(), '1')
      browser.restart()
      clock.advance(3600)
      assert.equal(await browser.whoami(), '1')
      assert.ok(!told().includes('rememberTokenStolen'))
      assert.equal((await onlyRecord(test)).id, id)
    })
  }

  it('to a restore that was confirmed: the old token still comes back, and the proof is asked for again', async (t) => {
    const clock = stopClock(t)
    const { browser, told } = await remember()
    browser.restart()
    await browser.send({ method: 'POST', url: '/confirm', payload: {} })
    clock.advance(60)
    const seen = (await browser.get('/whoami')).json()
    assert.deepEqual([seen.user, seen.fresh], ['1', false])
    assert.equal((await browser.post('/confirm')).json().ok, true)
    assert.equal((await browser.get('/whoami')).json().fresh, true)
    assert.ok(!told().includes('rememberTokenStolen'))
  })

  it('to a restore, while another tab uses the login: the old token still comes back', async (t) => {
    const clock = stopClock(t)
    const { browser, store, told } = await remember()
    browser.restart()
    await browser.whoami()
    clock.advance(60)
    const using = store.hold('update')
    const late = browser.send({ url: '/members' })
    await using.reached
    const restored = browser.copy()
    restored.restart()
    await restored.send({ url: '/whoami' })
    using.open()
    await late
    clock.advance(60)
    browser.restart()
    assert.equal(await browser.whoami(), '1')
    assert.ok(!told().includes('rememberTokenStolen'))
  })

  it('to a restore, twice, the second time under a clock that is set back meanwhile: the old token still comes back', async (t) => {
    const clock = stopClock(t)
    const { browser, store, told } = await remember()
    browser.restart()
    await browser.send({ url: '/whoami' })
    clock.advance(60)
    const asking = store.hold('find', 'after')
    const late = browser.send({ url: '/whoami' })
    await asking.reached
    clock.advance(-30)
    asking.open()
    await late
    clock.advance(3600)
    assert.equal(await browser.whoami(), '1')
    assert.ok(!told().includes('rememberTokenStolen'))
  })

  it('to a login that renews the remember cookie: the one before still comes back', async (t) => {
    const clock = stopClock(t)
    const { browser, told } = await remember()
    await browser.send({ method: 'POST', url: '/login/1', payload: { remember: true } })
    clock.advance(3600)
    assert.equal(await browser.whoami(), '1', 'the older secret lapsed, the older validator did not')
    browser.restart()
    assert.equal(await browser.whoami(), '1')
    assert.ok(!told().includes('rememberTokenStolen'))
  })

  it('in part, to a login that renews the remember cookie: a proof without the new one is no sign that it arrived', async (t) => {
    const clock = stopClock(t)
    const { browser, told } = await remember()
    const before = browser.cookies.get('remember_token')!
    await browser.post('/login/1', { remember: true })
    browser.cookies.delete('remember_token')
    assert.equal((await browser.post('/confirm')).json().ok, true)
    clock.advance(3600)
    browser.restart()
    browser.cookies.set('remember_token', before)
    assert.equal(await browser.whoami(), '1')
    assert.ok(!told().includes('rememberTokenStolen'))
  })

  it('to a confirmation: who was remembered is logged in, and who was not logs in again', async (t) => {
    const clock = stopClock(t)
    const { app, browser } = await remember()
    const plain = new Browser(app)
    await plain.post('/login/1')
    for (const one of [browser, plain]) await one.send({ method: 'POST', url: '/confirm', payload: {} })
    clock.advance(5)
    for (const one of [browser, plain]) assert.equal(await one.whoami(), '1', 'for as long as requests may be under way')
    clock.advance(5)
    assert.equal(await browser.whoami(), '1')
    assert.equal((await plain.get('/whoami')).json().lapse, 'superseded')
  })

  it('to a first login: nobody is logged in, and nobody knows its secret', async () => {
    const test = await createStoredApp()
    const browser = new Browser(test.app)
    await browser.send({ method: 'POST', url: '/login/1', payload: {} })
    assert.equal(await browser.whoami(), null)
    await browser.post('/login/1')
    assert.equal((await test.app.login.logins('1')).length, 2)
  })

  it('to a logout: it holds, and is repeated without harm', async () => {
    const { browser, records } = await remember()
    await browser.send({ method: 'POST', url: '/logout', payload: {} })
    assert.deepEqual(await records(), [])
    const again = await browser.post('/logout')
    assert.deepEqual([again.statusCode, again.json().ok], [200, false])
    assert.equal(browser.cookies.size, 0)
  })
})

describe('a logout by a browser that missed the answer to its restore', () => {
  it('ends the login, in the grace of its old token too', async () => {
    const { browser, records } = await remember()
    browser.restart()
    const answer = await browser.send({ url: '/whoami' })
    const late = browser.copy()
    const retry = browser.copy()
    assert.equal((await browser.post('/logout')).json().ok, true)
    assert.deepEqual(await records(), [])
    late.receive(answer)
    for (const one of [late, retry]) assert.equal(await one.whoami(), null)
  })

  it('as does a login of another user', async () => {
    const { browser, records } = await remember()
    browser.restart()
    await browser.send({ url: '/whoami' })
    await browser.post('/login/2')
    assert.deepEqual(await records(), [])
    assert.equal(await browser.whoami(), '2')
  })

  it('and a second login of its user begins another one, fresh', async () => {
    const { browser } = await remember()
    browser.restart()
    await browser.send({ url: '/whoami' })
    assert.equal((await browser.post('/login/1', { remember: true })).json().ok, true)
    assert.deepEqual(setCookies(await browser.get('/whoami')), [])
    assert.equal((await browser.get('/whoami')).json().fresh, true)
    browser.restart()
    assert.equal(await browser.whoami(), '1')
  })

  it('confirms nothing: the token before the present one may change nothing', async () => {
    const { test, browser } = await remember()
    browser.restart()
    await browser.send({ url: '/whoami' })
    const before = await onlyRecord(test)
    assert.equal((await browser.post('/confirm')).json().ok, false)
    assert.deepEqual(await onlyRecord(test), before)
  })
})
