import assert from 'node:assert/strict'
import { describe, it } from 'node:test'
import { Browser, setCookies } from '../support/browser.ts'
import { stopClock } from '../support/clock.ts'
import { createStoredApp } from '../support/store.ts'

/** A remembered browser whose cookies were copied, and another browser of the same user. */
async function steal (setup: Parameters<typeof createStoredApp>[0] = {}) {
  const test = await createStoredApp(setup)
  const browser = new Browser(test.app)
  const other = new Browser(test.app)
  for (const one of [browser, other]) await one.post('/login/1', { remember: true })
  const { id } = (await browser.get('/whoami')).json().login
  browser.restart()
  const thief = browser.copy()
  thief.userAgent = 'Curl'
  test.told()
  return { ...test, test, browser, other, thief, id }
}

/** The browser comes back, so that its cookie has a successor that was seen, and the grace is over. */
async function goOn (browser: Browser, clock: { advance (seconds: number): void }) {
  await browser.whoami()
  await browser.whoami()
  clock.advance(60)
}

describe('a stolen remember cookie', () => {
  it('that is used after its owner came back ends that login on all browsers, and no other', async (t) => {
    const clock = stopClock(t)
    const { browser, other, thief, records } = await steal()
    await goOn(browser, clock)
    const answer = await thief.get('/whoami')
    assert.deepEqual([answer.json().user, answer.json().lapse], [null, 'stolen'])
    assert.deepEqual(setCookies(answer).map(({ name, value }) => [name, value]), [['remember_token', '']])
    assert.equal(await browser.whoami(), null)
    browser.restart()
    assert.equal(await browser.whoami(), null)
    assert.equal(await other.whoami(), '1')
    other.restart()
    assert.equal(await other.whoami(), '1')
    assert.equal((await records()).length, 1)
  })

  it('that its owner uses after the thief ends the login of the thief', async (t) => {
    const clock = stopClock(t)
    const { browser, thief, other } = await steal()
    await goOn(thief, clock)
    assert.equal((await browser.get('/whoami')).json().lapse, 'stolen')
    assert.equal(await thief.whoami(), null)
    thief.restart()
    assert.equal(await thief.whoami(), null)
    assert.equal(await other.whoami(), '1')
  })

  it('is told once, with the user and the login, and without a secret', async (t) => {
    const clock = stopClock(t)
    const { browser, thief, id, events, told } = await steal()
    await goOn(browser, clock)
    told()
    const before = events.length
    const stolen = thief.copy()
    await thief.get('/whoami')
    await stolen.get('/whoami')
    await browser.get('/whoami')
    assert.deepEqual(told(), ['rememberTokenStolen', 'loginEnded'])
    const [theft, ended] = events.slice(before)
    assert.equal(theft!.payload['userId'], '1')
    assert.deepEqual(ended!.payload, { id, userId: '1', exceptId: null, reason: 'stolen' })
  })

  it('is told once, although it is used twice at the same moment', async (t) => {
    const clock = stopClock(t)
    const { browser, thief, store, told } = await steal()
    await goOn(browser, clock)
    told()
    store.gather('find', 2, 'after')
    await Promise.all([thief.send({ url: '/whoami' }), thief.send({ url: '/whoami' })])
    assert.deepEqual(told(), ['rememberTokenStolen', 'loginEnded'])
  })

  it('counts as seen where its successor comes beside a live login cookie', async (t) => {
    const clock = stopClock(t)
    const { browser, thief, store } = await steal()
    await browser.whoami()
    store.reset()
    await browser.get('/members')
    assert.deepEqual(store.called, ['find', 'update'])
    await browser.get('/members')
    assert.deepEqual(store.called, ['find', 'update', 'find'], 'which is written down once')
    clock.advance(60)
    assert.equal((await thief.get('/whoami')).json().lapse, 'stolen')
  })

  for (const [proof, url] of [['logs in again', '/login/1'], ['confirms the login', '/confirm']] as const) {
    it(`counts as seen where its owner ${proof} by the first request that brings its successor`, async (t) => {
      const clock = stopClock(t)
      const { browser, thief } = await steal()
      await browser.whoami()
      await browser.post(url)
      clock.advance(60)
      assert.equal((await thief.get('/whoami')).json().lapse, 'stolen')
    })

    it(`does not count as seen where its owner ${proof}, but never got its successor`, async (t) => {
      const clock = stopClock(t)
      const { browser, thief: older } = await steal()
      await browser.whoami()
      browser.cookies.delete('remember_token')
      await browser.post(url)
      clock.advance(60)
      assert.equal(await older.whoami(), '1')
    })
  }

  it('counts as seen once, where its successor comes beside live login cookies at the same moment', async (t) => {
    const clock = stopClock(t)
    const { browser, store } = await steal()
    await browser.whoami()
    clock.advance(60)
    store.reset()
    store.gather('find', 2, 'after')
    await Promise.all([1, 2].map(() => browser.send({ url: '/members' })))
    assert.deepEqual(store.writes, ['update'])
  })

  it('counts as seen where its successor comes by itself', async (t) => {
    const clock = stopClock(t)
    const { browser, thief } = await steal()
    await browser.whoami()
    browser.restart()
    await browser.whoami()
    clock.advance(60)
    assert.equal((await thief.get('/whoami')).json().lapse, 'stolen')
    assert.equal(await browser.whoami(), null)
  })

  for (const url of ['/confirm', '/login/1']) {
    it(`counts as seen where its successor comes to ${url}, and only there`, async (t) => {
      const clock = stopClock(t)
      for (const [comes, lapse] of [[true, 'stolen'], [false, null]] as const) {
        const { browser, thief } = await steal()
        await browser.whoami()
        if (!comes) browser.cookies.delete('remember_token')
        assert.deepEqual((await browser.post(url)).json(), { ok: true })
        clock.advance(60)
        assert.equal((await thief.get('/whoami')).json().lapse, lapse, comes ? 'with it' : 'without it')
      }
    })

    it(`stays seen after ${url} without it`, async (t) => {
      const clock = stopClock(t)
      const { browser, thief } = await steal()
      await goOn(browser, clock)
      browser.cookies.delete('remember_token')
      assert.deepEqual((await browser.post(url)).json(), { ok: true })
      assert.equal((await thief.get('/whoami')).json().lapse, 'stolen')
    })
  }

  it('counts as seen where its successor comes to a page that logs in somebody else, and then its owner again', async (t) => {
    const clock = stopClock(t)
    const { browser, thief } = await steal({
      after: (app, users) => app.post('/there-and-back', async (request) => await request.loginUser(users.get('2')!) && await request.loginUser(users.get('1')!))
    })
    await browser.whoami()
    await browser.post('/there-and-back')
    clock.advance(60)
    assert.equal((await thief.get('/whoami')).json().lapse, 'stolen')
  })

  it('does not count as seen by an answer of 5xx', async (t) => {
    const clock = stopClock(t)
    const { browser, thief } = await steal({ after: (app) => app.get('/failing', async () => { throw new Error('broken') }) })
    await browser.whoami()
    await browser.get('/failing')
    clock.advance(60)
    assert.equal(await thief.whoami(), '1', 'nothing was written, so the validator before is honoured')
  })

  it('of a login that was ended, or has expired, is no theft', async (t) => {
    const clock = stopClock(t)
    const { browser, thief, told } = await steal()
    await browser.whoami()
    await browser.post('/logout')
    clock.advance(60)
    assert.equal((await thief.get('/whoami')).json().lapse, 'ended')
    const late = await steal()
    await goOn(late.browser, clock)
    clock.advance(31 * 24 * 3600)
    assert.notEqual((await late.thief.get('/whoami')).json().lapse, 'stolen')
    for (const names of [told(), late.told()]) assert.ok(!names.includes('rememberTokenStolen'))
  })

  it('makes no difference to who is logged in by a login cookie that is alive', async (t) => {
    const clock = stopClock(t)
    const { browser, thief, told } = await steal()
    await goOn(browser, clock)
    const mixed = browser.copy()
    mixed.cookies.set('remember_token', thief.cookies.get('remember_token')!)
    told()
    const seen = (await mixed.get('/whoami')).json()
    assert.deepEqual([seen.user, seen.remembered], ['1', false])
    assert.deepEqual(told(), [])
  })
})
