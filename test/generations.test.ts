import assert from 'node:assert/strict'
import { it } from 'node:test'
import { Browser, setCookies } from './support/browser.ts'
import { stopClock } from './support/clock.ts'
import { describeWays } from './support/ways.ts'

describeWays('an older generation of a login', (way) => {
  async function supersede (setup: Parameters<typeof way.createApp>[0] = {}) {
    const test = await way.createApp(setup)
    const browser = new Browser(test.app)
    await browser.post('/login/1')
    const older = browser.copy()
    await browser.post('/confirm')
    return { ...test, browser, older }
  }

  it('is accepted for 10 seconds after its successor, and no longer', async (t) => {
    const clock = stopClock(t)
    const { older } = await supersede()
    clock.advance(9)
    assert.equal(await older.whoami(), '1')
    clock.advance(1)
    const late = await older.get('/whoami')
    assert.equal(late.json().user, null)
    assert.equal(late.json().lapse, 'superseded')
    assert.deepEqual(setCookies(late), [], 'its cookie is not cleared: the jar may hold its successor by now')
    clock.advance(1)
    assert.equal(await older.whoami(), null)
  })

  it('is never fresh', async () => {
    const { older } = await supersede()
    assert.equal((await older.get('/whoami')).json().fresh, false)
    assert.equal((await older.get('/vault')).statusCode, 403)
    assert.equal((await older.get('/vault/minute')).statusCode, 403)
  })

  it('writes no cookie and changes nothing, whatever is asked of it', async () => {
    const { older, browser, events } = await supersede({ options: { idleTimeout: 3600, remember: { refreshEachRequest: true } } })
    const before = events.length
    for (const url of ['/', '/whoami', '/members', '/vault']) assert.deepEqual(setCookies(await older.send({ url })), [], url)
    const confirmed = await older.send({ method: 'POST', url: '/confirm', payload: {} })
    assert.deepEqual([confirmed.json(), setCookies(confirmed)], [{ ok: false }, []])
    assert.deepEqual(events.slice(before).filter(({ name }) => name !== 'userNeedsRefresh'), [], 'and nothing is told')
    assert.equal((await browser.get('/whoami')).json().fresh, true)
  })

  it('is left alone by logging in again, which begins a login of its own', async () => {
    const { older, browser } = await supersede({
      after: (app, users) => app.post('/again', async (request) => {
        const ok = await request.loginUser(users.get('1')!) && await request.loginUser(users.get('1')!)
        return [ok, request.loginFresh, await request.confirmLogin()]
      })
    })
    assert.deepEqual((await older.post('/again')).json(), [true, true, true], 'which holds from there on')
    const ids = [browser, older].map(async (one) => (await one.get('/whoami')).json().login.id)
    assert.equal(new Set(await Promise.all(ids)).size, 2)
    assert.equal((await browser.get('/whoami')).json().fresh, true)
  })

  it('can still log out, and its successor ends with it', async () => {
    const { older, browser } = await supersede()
    await older.post('/logout')
    assert.equal(await browser.whoami(), null)
  })

  it('is not accepted for a moment after logout, endLogin or another login', async () => {
    for (const end of ['logout', 'endLogin', 'switch']) {
      const { app, older, browser } = await supersede()
      if (end === 'logout') await browser.post('/logout')
      if (end === 'switch') await browser.post('/login/2')
      if (end === 'endLogin') await app.login.endLogin((await browser.get('/whoami')).json().login.id)
      assert.equal(await older.whoami(), null, end)
    }
  })

  it('does not end the login, nor make it stale, from another browser', async () => {
    for (const sessionProtection of ['basic', 'strong'] as const) {
      const { older, browser, events } = await supersede({ options: { sessionProtection } })
      older.userAgent = 'Chrome'
      assert.equal(await older.whoami(), sessionProtection === 'basic' ? '1' : null)
      assert.equal((await browser.get('/whoami')).json().fresh, true)
      assert.ok(!events.some(({ name }) => name === 'sessionProtected'))
    }
  })

  it('ends nothing where the loader does not find its user', async () => {
    const { older, browser, users } = await supersede()
    const user = users.get('1')
    users.delete('1')
    const answer = await older.send({ url: '/whoami' })
    assert.deepEqual([answer.json().user, answer.json().lapse, setCookies(answer)], [null, 'user-gone', []])
    users.set('1', user!)
    assert.equal(await browser.whoami(), '1')
  })

  it('is superseded for good where it is proven several times', async (t) => {
    const clock = stopClock(t)
    const { browser, older } = await supersede()
    const second = browser.copy()
    clock.advance(8)
    await browser.post('/confirm')
    assert.equal(await older.whoami(), '1')
    clock.advance(2)
    assert.equal(await older.whoami(), null)
    assert.equal(await second.whoami(), '1')
    await browser.post('/confirm')
    clock.advance(8)
    assert.equal(await second.whoami(), null)
    assert.equal(await browser.whoami(), '1')
  })

  it('whose successor was lost on its way is no obstacle to logging in again', async (t) => {
    const clock = stopClock(t)
    const { app } = await way.createApp()
    const browser = new Browser(app)
    await browser.post('/login/1')
    await browser.send({ method: 'POST', url: '/confirm', payload: {} })
    assert.deepEqual((await browser.post('/login/1')).json(), { ok: true })
    clock.advance(11)
    assert.equal((await browser.get('/whoami')).json().fresh, true)
  })
})
