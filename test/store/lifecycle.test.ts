import assert from 'node:assert/strict'
import { describe, it } from 'node:test'
import { Browser, setCookies } from '../support/browser.ts'
import { stopClock } from '../support/clock.ts'
import { createStoredApp, onlyRecord } from '../support/store.ts'

const day = 24 * 3600

describe('a login in a store', () => {
  it('begins as one record, with what a list of devices tells', async (t) => {
    stopClock(t)
    const test = await createStoredApp()
    const browser = new Browser(test.app)
    browser.address = '192.0.2.7'
    await browser.post('/login/1')
    const now = Date.now() / 1000
    const { id, owner, secret, browser: digest, ...record } = await onlyRecord(test)
    assert.equal(id, (await browser.get('/whoami')).json().login.id)
    assert.deepEqual(record, {
      version: 0,
      realm: '',
      userId: '1',
      begunAt: now,
      provenAt: now,
      renewedAt: now,
      seenAt: now,
      expiresAt: now + 30 * day,
      keepUntil: now + 30 * day,
      previousSecrets: [],
      fresh: true,
      stale: false,
      remembered: false,
      stamp: null,
      userAgent: 'Firefox',
      ip: '192.0.2.7',
      remember: null,
      data: null
    })
    assert.match(owner, /^[\w-]{22}$/)
    for (const kept of [secret, digest]) assert.match(kept, /^[\w-]+$/)
  })

  it('is kept with what its remember cookie needs, and as long as that lasts', async (t) => {
    stopClock(t)
    const test = await createStoredApp()
    await new Browser(test.app).post('/login/1', { remember: true, duration: 60 * day })
    const now = Date.now() / 1000
    const { keepUntil, expiresAt, remember } = await onlyRecord(test)
    const { validator, ...kept } = remember!
    assert.deepEqual([expiresAt, keepUntil], [now + 30 * day, now + 60 * day])
    assert.deepEqual(kept, { previous: [], seen: false, expiresAt: now + 60 * day, duration: 60 * day, token: null })
    assert.match(validator, /^[\w-]{43}$/)
  })

  it('keeps of the secrets before its own those that are still good, and no more than 32', async (t) => {
    const clock = stopClock(t)
    const test = await createStoredApp()
    const browser = new Browser(test.app)
    await browser.post('/login/1')
    const secrets: string[] = []
    for (let proof = 0; proof < 34; proof++) {
      secrets.push((await onlyRecord(test)).secret)
      await browser.post('/confirm')
    }
    const until = Date.now() / 1000 + 10
    assert.deepEqual((await onlyRecord(test)).previousSecrets, secrets.slice(-32).map((secret) => ({ secret, until })))
    clock.advance(10)
    const { secret } = await onlyRecord(test)
    await browser.post('/confirm')
    assert.deepEqual((await onlyRecord(test)).previousSecrets, [{ secret, until: until + 10 }])
  })

  it('keeps only the beginning of a user agent that is longer than any', async () => {
    const test = await createStoredApp()
    const browser = new Browser(test.app)
    browser.userAgent = 'x'.repeat(5000)
    await browser.post('/login/1')
    assert.ok((await onlyRecord(test)).userAgent.length <= 256)
    assert.equal(await browser.whoami(), '1')
  })

  it('is the same one after a restore, a confirmation and a second login of its user', async (t) => {
    const clock = stopClock(t)
    const test = await createStoredApp()
    const browser = new Browser(test.app)
    await browser.post('/login/1', { remember: true })
    const { id, begunAt } = await onlyRecord(test)
    const steps: Record<string, () => Promise<unknown>> = {
      restore: async () => { browser.restart(); await browser.get('/whoami') },
      confirmation: () => browser.post('/confirm'),
      'login of the same user': () => browser.post('/login/1')
    }
    for (const [step, take] of Object.entries(steps)) {
      clock.advance(3600)
      await take()
      const record = await onlyRecord(test)
      assert.deepEqual([record.id, record.begunAt], [id, begunAt], step)
      const seen = (await browser.get('/whoami')).json()
      assert.deepEqual([seen.login.id, seen.login.startedAt], [id, begunAt], step)
    }
  })

  it('gives out another secret at each proof of identity; the one before is good for 10 seconds, and not fresh', async (t) => {
    const clock = stopClock(t)
    const test = await createStoredApp()
    const browser = new Browser(test.app)
    await browser.post('/login/1')
    const older = browser.copy()
    const { secret, version } = await onlyRecord(test)
    await browser.post('/confirm')
    const proven = await onlyRecord(test)
    assert.notEqual(proven.secret, secret)
    assert.equal(proven.version, version + 1)
    assert.equal((await older.get('/whoami')).json().fresh, false)
    clock.advance(9)
    assert.equal(await older.whoami(), '1')
    clock.advance(1)
    const late = (await older.get('/whoami')).json()
    assert.deepEqual([late.user, late.lapse], [null, 'superseded'])
    assert.equal((await browser.get('/whoami')).json().fresh, true)
  })

  it('that is used in another browser is stale in its record, and as it was otherwise', async () => {
    const test = await createStoredApp()
    const browser = new Browser(test.app)
    await browser.post('/login/1', { remember: true })
    const before = await onlyRecord(test)
    browser.userAgent = 'Chrome'
    assert.equal((await browser.get('/whoami')).json().fresh, false)
    assert.deepEqual(await onlyRecord(test), { ...before, version: before.version + 1, stale: true })
  })

  it('of a user ends where another user logs in with the same browser', async () => {
    const test = await createStoredApp()
    const browser = new Browser(test.app)
    await browser.post('/login/1', { remember: true })
    const before = browser.copy()
    await browser.post('/login/2')
    assert.deepEqual(await test.records('1'), [])
    assert.equal(await browser.whoami(), '2')
    assert.equal(await before.whoami(), null)
    before.restart()
    assert.equal(await before.whoami(), null, 'nor is it remembered')
  })

  it('is over with the logout: its cookies are worth nothing, and the lapse says that it ended', async () => {
    const test = await createStoredApp()
    const browser = new Browser(test.app)
    await browser.post('/login/1', { remember: true })
    const kept = browser.copy()
    assert.equal((await browser.post('/logout')).json().ok, true)
    assert.deepEqual(await test.records(), [])
    assert.equal((await kept.get('/whoami')).json().lapse, 'ended')
    kept.restart()
    assert.equal(await kept.whoami(), null)
  })

  it('ends where it was not used for the idle time, and at the end of its life', async (t) => {
    const clock = stopClock(t)
    const { app } = await createStoredApp({ options: { idleTimeout: 3600, absoluteTimeout: 2 * 3600 } })
    const idle = new Browser(app)
    const busy = new Browser(app)
    for (const browser of [idle, busy]) await browser.post('/login/1')
    for (let passed = 0; passed < 7200 - 600; passed += 600) {
      clock.advance(600)
      assert.equal(await busy.whoami(), '1', `after ${passed + 600} seconds`)
    }
    const [late] = [(await idle.get('/whoami')).json()]
    assert.deepEqual([late.user, late.lapse], [null, 'idle'])
    clock.advance(600)
    const old = (await busy.get('/whoami')).json()
    assert.equal(old.user, null)
    assert.ok(['expired', 'ended'].includes(old.lapse), old.lapse)
  })

  it('is not begun, nor proven, by an answer of 5xx', async () => {
    const test = await createStoredApp({
      after: (app, users) => {
        app.post('/failing/login', async (request, reply) => { await request.loginUser(users.get('1')!); return reply.code(500).send('broken') })
        app.post('/failing/confirm', async (request, reply) => { await request.confirmLogin(); return reply.code(500).send('broken') })
      }
    })
    const browser = new Browser(test.app)
    assert.deepEqual(setCookies(await browser.post('/failing/login')), [])
    assert.deepEqual(await test.records(), [])
    await browser.post('/login/1')
    const before = await test.records()
    for (const url of ['/failing/login', '/failing/confirm']) {
      assert.deepEqual(setCookies(await browser.post(url)), [])
      assert.deepEqual(await test.records(), before)
    }
    assert.equal((await browser.get('/whoami')).json().fresh, true)
  })

  it('is over even where the answer to the logout fails', async () => {
    const test = await createStoredApp({
      after: (app) => app.post('/failing/logout', async (request, reply) => { await request.logoutUser(); return reply.code(500).send('broken') })
    })
    const browser = new Browser(test.app)
    await browser.post('/login/1')
    const kept = browser.copy()
    await browser.post('/failing/logout')
    assert.equal(await kept.whoami(), null)
  })

  it('is one login to all applications that share the store and the key, restarted ones included', async () => {
    const first = await createStoredApp()
    const second = await createStoredApp({ store: first.store })
    const browser = new Browser(first.app)
    await browser.post('/login/1', { remember: true })
    const elsewhere = new Browser(second.app)
    for (const [name, kept] of browser.cookies) elsewhere.cookies.set(name, kept)
    assert.equal(await elsewhere.whoami(), '1')
    await elsewhere.post('/logout')
    assert.equal(await browser.whoami(), null)
  })

  it('is worth nothing to an application with another key', async () => {
    const first = await createStoredApp()
    const second = await createStoredApp({ store: first.store, options: { key: 'quite another secret, thirty-two bytes or more' } })
    const browser = new Browser(first.app)
    await browser.post('/login/1', { remember: true })
    const elsewhere = new Browser(second.app)
    for (const [name, kept] of browser.cookies) elsewhere.cookies.set(name, kept)
    assert.equal(await elsewhere.whoami(), null)
    assert.equal(await browser.whoami(), '1', 'and is not harmed')
  })
})

describe('what a request asks of the store', () => {
  async function visit (prepare: (browser: Browser) => Promise<unknown>, url = '/members') {
    const { app, store } = await createStoredApp()
    const browser = new Browser(app)
    await prepare(browser)
    store.reset()
    const answer = await browser.get(url)
    return { called: store.called, answer }
  }

  it('is nothing for an anonymous one, nor for one whose cookies are not ours', async () => {
    assert.deepEqual((await visit(async () => {}, '/whoami')).called, [])
    const forged = await visit(async (browser) => {
      for (const name of ['login', 'remember_token']) browser.cookies.set(name, { value: 'forged.forged', persistent: true })
    }, '/whoami')
    assert.deepEqual(forged.called, [])
  })

  it('is one round trip for one that is logged in', async () => {
    for (const remember of [false, true]) {
      const { called, answer } = await visit((browser) => browser.post('/login/1', { remember }))
      assert.deepEqual([answer.statusCode, called], [200, ['find']])
    }
  })

  it('is one round trip also where its user is waited for', async () => {
    const { app, store } = await createStoredApp({ options: { loadUser: async (id: string) => ({ id, name: 'later' }) } })
    for (const remember of [false, true]) {
      const browser = new Browser(app)
      await browser.post('/login/1', { remember })
      store.reset()
      assert.equal(await browser.whoami(), '1')
      assert.deepEqual(store.called, ['find'])
    }
  })

  it('is one round trip also with the remember cookie of another login beside one that has none', async () => {
    const { app, store } = await createStoredApp({ options: { remember: { refreshEachRequest: true } } })
    const [browser, other] = [new Browser(app), new Browser(app)]
    await browser.post('/login/1')
    await other.post('/login/2', { remember: true })
    browser.cookies.set('remember_token', other.cookies.get('remember_token')!)
    store.reset()
    assert.equal(await browser.whoami(), '1')
    assert.deepEqual(store.called, ['find'])
  })

  it('is two for one that comes back remembered', async () => {
    const { called, answer } = await visit(async (browser) => {
      await browser.post('/login/1', { remember: true })
      browser.restart()
    })
    assert.deepEqual([answer.statusCode, called], [200, ['find', 'update']])
  })

  it('is two for one that proves who they are, remembered or not', async () => {
    for (const remember of [false, true]) {
      const { app, store } = await createStoredApp()
      const browser = new Browser(app)
      await browser.post('/login/1', { remember })
      store.reset()
      assert.equal((await browser.post('/confirm')).json().ok, true)
      assert.deepEqual(store.called, ['find', 'update'])
    }
  })

  it('is one where the user is loaded later, and nothing happened meanwhile', async () => {
    const { app, store, users } = await createStoredApp({ options: { loadUser: async (id: string) => users.get(id) } as never })
    const browser = new Browser(app)
    await browser.post('/login/1', { remember: true })
    store.reset()
    assert.equal(await browser.whoami(), '1')
    assert.deepEqual(store.called, ['find'])
    browser.restart()
    store.reset()
    assert.equal(await browser.whoami(), '1')
    assert.deepEqual(store.called, ['find', 'update'])
  })

  it('is two as well where the login cookie has lapsed, and the remember cookie beside it has not', async (t) => {
    const clock = stopClock(t)
    const { app, store } = await createStoredApp({ options: { idleTimeout: 600 } })
    const browser = new Browser(app)
    await browser.post('/login/1', { remember: true })
    clock.advance(600)
    store.reset()
    assert.equal(await browser.whoami(), '1')
    assert.deepEqual(store.called, ['find', 'update'])
  })
})
