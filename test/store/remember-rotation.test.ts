import assert from 'node:assert/strict'
import { describe, it } from 'node:test'
import { Browser, setCookies } from '../support/browser.ts'
import { stopClock } from '../support/clock.ts'
import { createStoredApp, onlyRecord } from '../support/store.ts'

/** A browser that was closed and comes back with a remember cookie, and a copy of it that never hears of the rotation. */
async function comeBack (setup: Parameters<typeof createStoredApp>[0] = {}) {
  const test = await createStoredApp(setup)
  const browser = new Browser(test.app)
  await browser.post('/login/1', { remember: true })
  browser.restart()
  const older = browser.copy()
  test.told()
  return { ...test, test, browser, older }
}

describe('a restore from a remember cookie', () => {
  it('is one compare-and-swap that continues the record, remembered and not fresh, in the present browser', async (t) => {
    const clock = stopClock(t)
    const { test, browser, store } = await comeBack()
    const before = await onlyRecord(test)
    clock.advance(3600)
    browser.userAgent = 'Firefox, updated'
    browser.address = '198.51.100.3'
    store.reset()
    const seen = (await browser.get('/whoami')).json()
    assert.deepEqual(store.writes, ['update'])
    const after = await onlyRecord(test)
    assert.deepEqual(
      [seen.user, seen.fresh, seen.remembered, seen.login.remembered, seen.login.id, seen.login.startedAt, seen.login.provenAt],
      ['1', false, true, true, before.id, before.begunAt, before.provenAt]
    )
    assert.notEqual(after.secret, before.secret)
    assert.notEqual(after.remember!.validator, before.remember!.validator)
    assert.equal(after.remember!.previous.at(-1)!.validator, before.remember!.validator)
    assert.equal(after.remember!.expiresAt, before.remember!.expiresAt, 'it is not remembered for longer')
    assert.deepEqual([after.userAgent, after.ip], ['Firefox, updated', '198.51.100.3'])
    assert.notEqual(after.browser, before.browser)
    assert.equal((await browser.get('/whoami')).json().fresh, false)
  })

  it('sets both cookies anew and is told once', async () => {
    const { browser, told } = await comeBack()
    const token = browser.cookies.get('remember_token')
    const names = setCookies(await browser.get('/whoami')).map(({ name }) => name)
    assert.deepEqual(names.sort(), ['login', 'remember_token'])
    assert.notEqual(browser.cookies.get('remember_token'), token)
    await browser.whoami()
    assert.deepEqual(told(), ['userLoadedFromCookie'])
  })

  it('ends no later than the remember cookie', async (t) => {
    const clock = stopClock(t)
    const { app, records } = await createStoredApp()
    const browser = new Browser(app)
    await browser.post('/login/1', { remember: true, duration: 7200 })
    browser.restart()
    clock.advance(3600)
    assert.equal(await browser.whoami(), '1')
    clock.advance(3600)
    assert.equal(await browser.whoami(), null)
    assert.equal((await records()).filter(({ keepUntil }) => keepUntil > Date.now() / 1000).length, 0)
  })

  it('is refused from the moment on at which the cookie ends, however long its record is kept', async (t) => {
    const clock = stopClock(t)
    const { app, records } = await createStoredApp()
    const browser = new Browser(app)
    await browser.post('/login/1', { remember: true, duration: 7200 })
    browser.restart()
    clock.advance(7200)
    assert.equal((await records()).length, 1)
    const late = (await browser.get('/whoami')).json()
    assert.deepEqual([late.user, late.lapse], [null, 'expired'])
  })

  it('that is confirmed in the same request is fresh, under one new secret', async () => {
    const { test, browser, told } = await comeBack()
    assert.equal((await browser.post('/confirm')).json().ok, true)
    assert.equal((await browser.get('/whoami')).json().fresh, true)
    assert.deepEqual(told(), ['userLoadedFromCookie', 'userLoginConfirmed'])
    assert.ok((await onlyRecord(test)).fresh)
  })

  it('happens again and again, with another validator each time', async (t) => {
    const clock = stopClock(t)
    const { test, browser } = await comeBack()
    const seen = new Set<string>()
    for (let visit = 0; visit < 5; visit++) {
      clock.advance(24 * 3600)
      browser.restart()
      assert.equal(await browser.whoami(), '1')
      seen.add((await onlyRecord(test)).remember!.validator)
    }
    assert.equal(seen.size, 5)
  })
})

describe('the validators before the present one', () => {
  it('are none where the login was not remembered before', async () => {
    const test = await createStoredApp()
    const browser = new Browser(test.app)
    await browser.post('/login/1')
    await browser.post('/login/1', { remember: true })
    assert.deepEqual((await onlyRecord(test)).remember!.previous, [])
  })

  it('are kept as long as they are honoured, and no more than 32', async (t) => {
    const clock = stopClock(t)
    const { test, browser } = await comeBack()
    const validators: string[] = []
    const rotate = async () => {
      validators.push((await onlyRecord(test)).remember!.validator)
      browser.restart()
      await browser.whoami()
    }
    for (let visit = 0; visit < 32; visit++) await rotate()
    const { validator: last } = (await onlyRecord(test)).remember!
    browser.restart()
    await browser.whoami()
    assert.equal((await onlyRecord(test)).remember!.validator, last, 'there is no room for another')
    const replacedAt = Date.now() / 1000
    const { expiresAt } = (await onlyRecord(test)).remember!
    assert.deepEqual((await onlyRecord(test)).remember!.previous, validators.map((validator) => ({ validator, expiresAt, replacedAt })))
    clock.advance(60)
    await rotate()
    assert.deepEqual((await onlyRecord(test)).remember!.previous, [{ validator: validators.at(-1), expiresAt, replacedAt: replacedAt + 60 }])
  })
})

describe('the validator before the present one', () => {
  it('is honoured for 60 seconds: logged in, not fresh, without a cookie and without another rotation', async (t) => {
    const clock = stopClock(t)
    const { test, browser, older, store, told } = await comeBack()
    await browser.whoami()
    const { remember } = await onlyRecord(test)
    told()
    clock.advance(59)
    store.reset()
    const answer = await older.get('/whoami')
    assert.deepEqual([answer.json().user, answer.json().fresh], ['1', false])
    assert.deepEqual(setCookies(answer), [])
    assert.deepEqual(store.writes, [])
    assert.deepEqual((await onlyRecord(test)).remember, remember)
    assert.deepEqual(told(), [])
    assert.equal((await older.get('/vault')).statusCode, 403)
  })

  it('counts as remembered for those 60 seconds', async (t) => {
    const clock = stopClock(t)
    const { browser, older } = await comeBack()
    await browser.whoami()
    clock.advance(59)
    assert.equal((await older.get('/whoami')).json().remembered, true)
  })

  it('raises no alarm within the 60 seconds, although its successor has come back by then', async (t) => {
    const clock = stopClock(t)
    const { browser, older, told } = await comeBack()
    await browser.whoami()
    await browser.whoami()
    clock.advance(30)
    assert.equal(await older.whoami(), '1')
    assert.ok(!told().includes('rememberTokenStolen'))
    assert.equal(await browser.whoami(), '1')
  })

  it('rotates again after the 60 seconds while nobody has seen its successor, which dies', async (t) => {
    const clock = stopClock(t)
    const { test, browser, older, told } = await comeBack()
    await browser.whoami()
    const lost = browser.copy()
    const { id, remember } = await onlyRecord(test)
    clock.advance(60)
    assert.equal(await older.whoami(), '1')
    const rotated = await onlyRecord(test)
    assert.equal(rotated.id, id)
    assert.notEqual(rotated.remember!.validator, remember!.validator)
    assert.ok(!told().includes('rememberTokenStolen'))
    older.restart()
    assert.equal(await older.whoami(), '1', 'and goes on from there')
    lost.restart()
    assert.equal(await lost.whoami(), null)
  })

  it('is honoured however late, where no answer ever reached the browser', async (t) => {
    const clock = stopClock(t)
    const { browser, told } = await comeBack()
    for (const days of [1, 2, 3, 4, 5]) {
      clock.advance(24 * 3600)
      assert.equal((await browser.send({ url: '/whoami' })).json().user, '1', `on day ${days}`)
    }
    assert.ok(!told().includes('rememberTokenStolen'))
  })

  for (const [seconds, user] of [[99, '1'], [100, null]] as const) {
    it(`is ${user === null ? 'no longer honoured' : 'honoured'} ${seconds} seconds after it was given for 100, however long its successor lasts`, async (t) => {
      const clock = stopClock(t)
      const { app, told } = await createStoredApp()
      const browser = new Browser(app)
      await browser.post('/login/1', { remember: true, duration: 100 })
      await browser.send({ method: 'POST', url: '/login/1', payload: { remember: true, duration: 1000 } })
      browser.restart()
      clock.advance(seconds)
      const answer = await browser.get('/whoami')
      assert.deepEqual([answer.json().user, answer.json().lapse], [user, user === null ? 'expired' : null])
      assert.ok(!told().includes('rememberTokenStolen'))
    })
  }

  it('lasts for longer where it is renewed beside a live login', async (t) => {
    const clock = stopClock(t)
    const { app } = await createStoredApp({ options: { remember: { refreshEachRequest: true } } })
    const browser = new Browser(app)
    await browser.post('/login/1', { remember: true, duration: 100 })
    const before = browser.cookies.get('remember_token')!
    await browser.post('/login/1', { remember: true, duration: 100 })
    browser.cookies.set('remember_token', before)
    clock.advance(70)
    assert.equal(await browser.whoami(), '1')
    assert.equal(browser.cookies.get('remember_token')?.value, before.value)
    browser.restart()
    clock.advance(70)
    assert.equal(await browser.whoami(), '1')
  })

  it('is honoured on the path of a page that fails, too', async () => {
    const { older, browser, test } = await comeBack({
      after: (app) => app.get('/failing', async () => { throw new Error('broken') })
    })
    const before = await onlyRecord(test)
    assert.deepEqual(setCookies(await browser.get('/failing')), [])
    assert.deepEqual(await onlyRecord(test), before, 'an answer of 5xx rotates nothing')
    assert.equal(await older.whoami(), '1')
  })
})

describe('renewal of a remember cookie at each request', () => {
  it('keeps the validator and lasts for the duration it was given', async (t) => {
    const clock = stopClock(t)
    const { test, browser } = await comeBack({ options: { remember: { refreshEachRequest: true, duration: 7200 } } })
    await browser.whoami()
    const { remember } = await onlyRecord(test)
    const cookie = browser.cookies.get('remember_token')?.value
    clock.advance(5400)
    const answer = await browser.get('/whoami')
    assert.equal(answer.json().user, '1')
    assert.deepEqual(setCookies(answer).map(({ name, value, attributes }) => [name, value, attributes.get('max-age')]), [['remember_token', cookie, '7200']])
    const renewed = await onlyRecord(test)
    assert.equal(renewed.remember!.validator, remember!.validator)
    assert.equal(renewed.remember!.expiresAt, Date.now() / 1000 + 7200)
    clock.advance(5400)
    browser.restart()
    assert.equal(await browser.whoami(), '1')
  })

  it('reaches each of two requests side by side', async (t) => {
    const clock = stopClock(t)
    const { browser, store } = await comeBack({ options: { remember: { refreshEachRequest: true } } })
    await browser.whoami()
    clock.advance(60)
    store.gather('find', 2, 'after')
    const answers = await Promise.all([1, 2].map(() => browser.send({ url: '/whoami' })))
    for (const answer of answers) assert.deepEqual(setCookies(answer).map(({ name }) => name), ['remember_token'])
  })

  it('takes no note of a forged remember cookie beside a login whose own has not come back yet', async () => {
    const { app, store } = await createStoredApp()
    const browser = new Browser(app)
    await browser.post('/login/1', { remember: true })
    browser.restart()
    await browser.whoami()
    store.reset()
    browser.cookies.set('remember_token', { value: 'forged', persistent: true })
    const { user, remembered } = (await browser.get('/whoami')).json()
    assert.deepEqual([user, remembered, store.writes], ['1', false, []])
  })
})
