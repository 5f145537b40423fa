import assert from 'node:assert/strict'
import { describe, it } from 'node:test'
import { Browser } from '../support/browser.ts'
import { stopClock } from '../support/clock.ts'
import { createStoredApp, onlyRecord } from '../support/store.ts'

async function logIn (setup: Parameters<typeof createStoredApp>[0] = {}, remember = false) {
  const test = await createStoredApp({
    ...setup,
    after: (app) => {
      app.get('/poll', { config: { loginActivity: false } }, (request) => request.currentLogin)
      app.get('/failing', async () => { throw new Error('broken') })
    }
  })
  const browser = new Browser(test.app)
  await browser.post('/login/1', { remember })
  test.store.reset()
  return { ...test, test, browser }
}

describe('the use of a login', () => {
  it('is written down at most once a minute, however many requests there are', async (t) => {
    const clock = stopClock(t)
    const { test, browser, store } = await logIn()
    for (let second = 0; second < 600; second += 5) {
      clock.advance(5)
      await browser.get('/members')
    }
    assert.deepEqual(store.writes, Array.from({ length: 10 }, () => 'update'))
    assert.equal((await onlyRecord(test)).seenAt, Date.now() / 1000)
  })

  it('is written down once, although many requests come at the moment it is due', async (t) => {
    const clock = stopClock(t)
    const { browser, store } = await logIn()
    clock.advance(60)
    store.gather('find', 10, 'after')
    await Promise.all(Array.from({ length: 10 }, () => browser.send({ url: '/members' })))
    assert.deepEqual(store.writes, ['update'])
  })

  it('is written down for each login by itself', async (t) => {
    const clock = stopClock(t)
    const { app, browser, store } = await logIn()
    const other = new Browser(app)
    await other.post('/login/1')
    store.reset()
    clock.advance(60)
    for (const one of [browser, other, browser, other]) await one.whoami()
    assert.deepEqual(store.writes, ['update', 'update'])
  })

  it('does not count on a route with loginActivity: false', async (t) => {
    const clock = stopClock(t)
    const { test, browser, store } = await logIn()
    const { seenAt } = await onlyRecord(test)
    for (let minute = 0; minute < 5; minute++) {
      clock.advance(60)
      assert.equal((await browser.get('/poll')).json().userId, '1')
    }
    assert.deepEqual(store.writes, [])
    assert.equal((await onlyRecord(test)).seenAt, seenAt)
  })

  it('keeps a login from its idle end, and a route that does not count does not', async (t) => {
    const clock = stopClock(t)
    for (const [url, user] of [['/whoami', '1'], ['/poll', null]] as const) {
      const { browser } = await logIn({ options: { idleTimeout: 300 } })
      for (let minute = 0; minute < 6; minute++) {
        clock.advance(60)
        await browser.get(url)
      }
      assert.equal(await browser.whoami(), user, url)
    }
  })

  it('cuts a short idle time by no more than a quarter', async (t) => {
    const clock = stopClock(t)
    const { browser } = await logIn({ options: { idleTimeout: 40 } })
    clock.advance(9)
    await browser.whoami()
    clock.advance(30)
    assert.equal(await browser.whoami(), '1')
    clock.advance(20)
    await browser.whoami()
    clock.advance(39)
    assert.equal(await browser.whoami(), '1')
    clock.advance(40)
    assert.equal((await browser.get('/whoami')).json().lapse, 'idle')
  })

  it('sets no cookie, and changes neither secret nor freshness', async (t) => {
    const clock = stopClock(t)
    const { test, browser } = await logIn({}, true)
    const before = await onlyRecord(test)
    clock.advance(60)
    const answer = await browser.get('/whoami')
    assert.equal(answer.headers['set-cookie'], undefined)
    assert.equal(answer.json().fresh, true)
    assert.deepEqual(await onlyRecord(test), { ...before, version: before.version + 1, seenAt: before.seenAt + 60 })
  })

  it('is not written down for a remember cookie that is renewed at each request, once that has expired', async (t) => {
    const clock = stopClock(t)
    const { browser, store } = await logIn({ options: { remember: { duration: 30, refreshEachRequest: true } } }, true)
    const expired = browser.copy()
    clock.advance(61)
    await expired.whoami()
    store.reset()
    assert.equal((await browser.get('/whoami')).json().user, '1')
    assert.deepEqual(store.writes, [])
  })

  it('is not written down by an answer of 5xx', async (t) => {
    const clock = stopClock(t)
    const { browser, store } = await logIn()
    clock.advance(60)
    await browser.get('/failing')
    assert.deepEqual(store.writes, [])
  })

  it('is not written down by an older generation in its grace', async (t) => {
    const clock = stopClock(t)
    const { browser, store, test } = await logIn({ options: { idleTimeout: 8 } })
    const older = browser.copy()
    await browser.post('/confirm')
    store.reset()
    const before = await onlyRecord(test)
    clock.advance(5)
    assert.equal(await older.whoami(), '1')
    assert.deepEqual(store.writes, [])
    assert.deepEqual(await onlyRecord(test), before)
  })

  it('is seen in the list of devices', async (t) => {
    const clock = stopClock(t)
    const { app, browser } = await logIn()
    clock.advance(300)
    await browser.whoami()
    assert.deepEqual((await app.login.logins('1')).map(({ seenAt }) => seenAt), [Date.now() / 1000])
  })

  it('is written down with a restore, and at once', async (t) => {
    const clock = stopClock(t)
    const { test, browser, store } = await logIn({}, true)
    browser.restart()
    clock.advance(10)
    await browser.whoami()
    assert.deepEqual(store.writes, ['update'])
    assert.equal((await onlyRecord(test)).seenAt, Date.now() / 1000)
  })
})
