import assert from 'node:assert/strict'
import { describe, it } from 'node:test'
import { Barrier } from '../support/barrier.ts'
import { Browser, setCookies } from '../support/browser.ts'
import { stopClock } from '../support/clock.ts'
import { createStoredApp, onlyRecord } from '../support/store.ts'
import type { User } from '../support/user.ts'

const late = { 'x-late': 'yes' }
const later = { 'x-late': 'even later' }

/**
 * An application whose answers can be held once their changes were carried out, and then succeed or fail; those that
 * come even later are held by themselves, and succeed.
 */
async function createHeld (setup: Parameters<typeof createStoredApp>[0] = {}) {
  const barrier = new Barrier()
  const second = new Barrier()
  const outcome = { fails: false }
  const test = await createStoredApp({
    ...setup,
    after: (app, users) => {
      app.post('/password', async (request) => {
        const changed = { ...users.get('1')!, passwordHash: 'changed' }
        users.set('1', changed)
        return { ok: await request.confirmLogin(changed) }
      })
      app.addHook('onSend', async (request) => {
        if (request.headers['x-late'] === later['x-late']) await second.pass()
        if (request.headers['x-late'] !== late['x-late']) return
        await barrier.pass()
        if (outcome.fails) throw new Error('late')
      })
    }
  })
  const browser = new Browser(test.app)
  await browser.post('/login/1', { remember: true })
  return { ...test, test, browser, barrier, second, outcome }
}

describe('a login that another replaces, while that answer is on its way', () => {
  it('is worth nothing, and on no list', async () => {
    const { app, browser, barrier } = await createHeld()
    const answering = browser.send({ method: 'POST', url: '/login/2', payload: {}, headers: late })
    await barrier.reached
    assert.deepEqual(await app.login.logins('1'), [])
    const copy = browser.copy()
    assert.deepEqual([(await copy.get('/whoami')).json().user, (await copy.get('/whoami')).json().lapse], [null, 'ended'])
    copy.restart()
    assert.equal(await copy.whoami(), null)
    barrier.open()
    await answering
  })

  it('is gone from the store once it is out', async () => {
    const { browser, barrier, test, store } = await createHeld()
    const { id, version } = await onlyRecord(test)
    const answering = browser.send({ method: 'POST', url: '/login/2', payload: {}, headers: late })
    await barrier.reached
    assert.equal((await store.find(id))?.version, version + 1, 'until then it is one update further')
    barrier.open()
    assert.equal((await answering).statusCode, 200)
    assert.equal(await store.find(id), null)
  })

  it('is gone a minute later where the process died meanwhile', async (t) => {
    const clock = stopClock(t)
    const { browser, barrier, test, store } = await createHeld()
    const { id } = await onlyRecord(test)
    browser.send({ method: 'POST', url: '/login/2', payload: {}, headers: late }).catch(() => {})
    await barrier.reached
    assert.notEqual(await store.find(id), null)
    clock.advance(60)
    assert.equal(await store.find(id), null)
  })

  it('ends although the store cannot remove it any more', async () => {
    const { browser, test, store } = await createHeld()
    const copy = browser.copy()
    store.fail('remove')
    assert.equal((await browser.post('/login/2')).statusCode, 200)
    store.heal()
    assert.equal(await copy.whoami(), null)
    assert.equal(await browser.whoami(), '2')
    assert.equal((await test.records('2')).length, 1)
  })

  for (const url of ['/confirm', '/whoami', '/login/1'] as const) {
    it(`is not brought back by a request for ${url} that had found it before`, async (t) => {
      const clock = stopClock(t)
      const { browser, barrier, store } = await createHeld()
      clock.advance(120)
      const held = store.hold('update')
      const slow = browser.send(url === '/whoami' ? { url } : { method: 'POST', url, payload: {} })
      await held.reached
      const answering = browser.send({ method: 'POST', url: '/login/2', payload: {}, headers: late })
      await barrier.reached
      held.open()
      assert.deepEqual(setCookies(await slow), [])
      barrier.open()
      const answer = await answering
      assert.equal(await browser.copy().whoami(), null)
      browser.receive(answer)
      assert.equal(await browser.whoami(), '2')
    })
  }

  it('comes back where that answer fails, although a request that had found it before was to write down its use', async (t) => {
    const clock = stopClock(t)
    const { browser, barrier, outcome, store } = await createHeld()
    outcome.fails = true
    clock.advance(120)
    const held = store.hold('update')
    const slow = browser.send({ url: '/whoami' })
    await held.reached
    const answering = browser.send({ method: 'POST', url: '/login/2', payload: {}, headers: late })
    await barrier.reached
    held.open()
    await slow
    barrier.open()
    assert.equal((await answering).statusCode, 500)
    assert.equal(await browser.whoami(), '1')
  })

  it('keeps its remember cookie in the browser, in case that it is taken back', async () => {
    const lines: string[] = []
    const { browser, barrier, outcome } = await createHeld({ server: { logger: { level: 'debug', stream: { write: (line: string) => { lines.push(line) } } } } })
    outcome.fails = true
    const answering = browser.send({ method: 'POST', url: '/login/2', payload: {}, headers: late })
    await barrier.reached
    assert.equal((await browser.get('/whoami')).json().lapse, 'ended')
    browser.restart()
    const answer = await browser.get('/whoami')
    assert.deepEqual([answer.json().user, answer.json().lapse, setCookies(answer)], [null, 'ended', []])
    assert.equal(JSON.parse(lines.findLast((line) => line.includes('"lapse"'))!).cookie, 'remember')
    barrier.open()
    await answering
    assert.equal(await browser.whoami(), '1')
  })

  it('leaves its browser to the request loader', async () => {
    const { browser, barrier } = await createHeld({ options: { loadUserFromRequest: ({ headers }) => headers.authorization === undefined ? null : { id: '2', name: 'Grace' } } })
    const answering = browser.send({ method: 'POST', url: '/login/2', payload: {}, headers: late })
    await barrier.reached
    browser.restart()
    assert.equal((await browser.get('/whoami', { authorization: 'Bearer key' })).json().user, '2')
    barrier.open()
    await answering
  })

  it('has no data', async () => {
    const { app, browser, barrier, test } = await createHeld()
    const { id } = await onlyRecord(test)
    await app.login.changeLoginData(id, () => 'data')
    const answering = browser.send({ method: 'POST', url: '/login/2', payload: {}, headers: late })
    await barrier.reached
    assert.equal(await app.login.loginData(id), null)
    barrier.open()
    await answering
  })

  it('stays ended where another request that ended it succeeded, and this one fails', async () => {
    const { browser, barrier, outcome, store } = await createHeld()
    outcome.fails = true
    const held = store.hold('create')
    const other = browser.send({ method: 'POST', url: '/login/2', payload: {} })
    await held.reached
    const failing = browser.send({ method: 'POST', url: '/login/2', payload: {}, headers: late })
    await barrier.reached
    held.open()
    assert.equal((await other).statusCode, 200)
    barrier.open()
    assert.equal((await failing).statusCode, 500)
    assert.equal(await browser.copy().whoami(), null)
  })

  it('stays ended while the answer of another request that ended it is on its way, and this one fails', async (t) => {
    stopClock(t)
    const { browser, barrier, second, outcome, store } = await createHeld()
    outcome.fails = true
    const held = store.hold('create')
    const other = browser.send({ method: 'POST', url: '/login/2', payload: {}, headers: later })
    await held.reached
    const failing = browser.send({ method: 'POST', url: '/login/2', payload: {}, headers: late })
    await barrier.reached
    held.open()
    await second.reached
    barrier.open()
    assert.equal((await failing).statusCode, 500)
    assert.equal(await browser.copy().whoami(), null)
    second.open()
    assert.equal((await other).statusCode, 200)
    assert.equal(await browser.copy().whoami(), null)
  })

  it('is back before the login is gone that was to replace it, should the store fail in between', async () => {
    const { browser, barrier, outcome, store } = await createHeld()
    outcome.fails = true
    const failing = browser.send({ method: 'POST', url: '/login/2', payload: {}, headers: late })
    await barrier.reached
    const held = store.hold('remove')
    barrier.open()
    await held.reached
    assert.equal(await browser.whoami(), '1')
    held.open()
    assert.equal((await failing).statusCode, 500)
  })

  it('is told once where a new password ends it, too', async () => {
    const { app, browser, barrier, events } = await createHeld({ options: { authHash: (user: User) => user.passwordHash ?? null } as never })
    const elsewhere = new Browser(app)
    await elsewhere.post('/login/1')
    const answering = browser.send({ method: 'POST', url: '/login/2', payload: {}, headers: late })
    await barrier.reached
    assert.deepEqual((await elsewhere.post('/password')).json(), { ok: true })
    barrier.open()
    await answering
    assert.deepEqual(events.filter(({ name }) => name === 'loginEnded').map(({ payload }) => payload['reason']), ['replaced'])
  })

  it('is not brought back by another request whose own ending of it fails', async (t) => {
    const clock = stopClock(t)
    const { browser, barrier, store } = await createHeld()
    const held = store.hold('update')
    const failing = browser.send({ method: 'POST', url: '/login/2', payload: {} })
    await held.reached
    clock.advance(1)
    const answering = browser.send({ method: 'POST', url: '/login/2', payload: {}, headers: late })
    await barrier.reached
    store.failOnce('update')
    held.open()
    assert.equal((await failing).statusCode, 503)
    assert.equal(await browser.copy().whoami(), null)
    barrier.open()
    await answering
    assert.equal(await browser.copy().whoami(), null)
  })

  it('is told once where a logout ends it before this one can, and then no login begins', async () => {
    const { browser, store, told } = await createHeld()
    const held = store.hold('update')
    const late = browser.send({ method: 'POST', url: '/login/2', payload: {} })
    await held.reached
    told()
    await browser.copy().post('/logout')
    held.open()
    assert.equal((await late).statusCode, 200)
    assert.deepEqual(told(), ['userLoggedOut', 'loginEnded'])
    assert.equal(await browser.whoami(), null)
  })

  it('is ended once where two replace it at the same moment', async () => {
    const { browser, store, told } = await createHeld()
    told()
    store.gather('find', 2, 'after')
    await Promise.all(['/login/2', '/login/2'].map((url) => browser.send({ method: 'POST', url, payload: {} })))
    assert.equal(told().filter((name) => name === 'loginEnded').length, 1)
  })
})

describe('a login that was proven by an answer that fails', () => {
  it('keeps what was written to its data meanwhile', async () => {
    const { app, browser, barrier, outcome, test } = await createHeld()
    outcome.fails = true
    const { id } = await onlyRecord(test)
    const answering = browser.send({ method: 'POST', url: '/login/1', payload: { data: 'of the answer' }, headers: late })
    await barrier.reached
    await app.login.changeLoginData(id, () => 'of somebody else')
    barrier.open()
    assert.equal((await answering).statusCode, 500)
    assert.equal(await app.login.loginData(id), 'of somebody else')
    assert.equal(await browser.whoami(), '1')
  })

  it('is as it was, and has the data from before, where nobody wrote to it', async () => {
    const { app, browser, barrier, outcome, test } = await createHeld()
    outcome.fails = true
    const { id } = await onlyRecord(test)
    await app.login.changeLoginData(id, () => 'from before')
    const before = await onlyRecord(test)
    const answering = browser.send({ method: 'POST', url: '/login/1', payload: { data: 'of the answer' }, headers: late })
    await barrier.reached
    barrier.open()
    await answering
    assert.equal(await app.login.loginData(id), 'from before')
    assert.deepEqual(await onlyRecord(test), { ...before, version: before.version + 2 })
  })

  it('is stale if it was stale before, or became so meanwhile', async () => {
    for (const meanwhile of [false, true]) {
      const { browser, barrier, outcome, store } = await createHeld()
      outcome.fails = true
      const elsewhere = browser.copy()
      elsewhere.userAgent = 'Chrome'
      const held = meanwhile ? store.hold('update') : null
      const staling = elsewhere.get('/whoami')
      await (held === null ? staling : held.reached)
      const answering = browser.send({ method: 'POST', url: '/login/1', payload: {}, headers: late })
      await barrier.reached
      held?.open()
      await staling
      barrier.open()
      assert.equal((await answering).statusCode, 500)
      const { user, fresh } = (await browser.get('/whoami')).json()
      assert.deepEqual([user, fresh], ['1', false], meanwhile ? 'meanwhile' : 'before')
    }
  })

  it('goes on with the secrets that another request has given out meanwhile', async (t) => {
    const clock = stopClock(t)
    const { browser, barrier, outcome, told } = await createHeld()
    outcome.fails = true
    browser.restart()
    const answering = browser.send({ url: '/whoami', headers: late })
    await barrier.reached
    clock.advance(60)
    assert.equal(await browser.whoami(), '1')
    barrier.open()
    assert.equal((await answering).statusCode, 500)
    assert.equal(await browser.whoami(), '1')
    browser.restart()
    assert.equal(await browser.whoami(), '1')
    assert.ok(!told().includes('rememberTokenStolen'))
  })

  it('stays ended where it went beyond the limit meanwhile', async (t) => {
    const clock = stopClock(t)
    const { app, browser, barrier, second, outcome } = await createHeld({ options: { maxLogins: 1 } })
    outcome.fails = true
    const answering = browser.send({ method: 'POST', url: '/confirm', payload: {}, headers: late })
    await barrier.reached
    clock.advance(1)
    const elsewhere = new Browser(app)
    const beginning = elsewhere.request({ method: 'POST', url: '/login/1', payload: {}, headers: later })
    await second.reached
    barrier.open()
    assert.equal((await answering).statusCode, 500)
    assert.equal(await browser.copy().whoami(), null)
    second.open()
    await beginning
    assert.deepEqual([await browser.whoami(), await elsewhere.whoami()], [null, '1'])
  })

  it('ends all the same where it is replaced meanwhile', async () => {
    const { browser, barrier, outcome } = await createHeld()
    outcome.fails = true
    const answering = browser.send({ method: 'POST', url: '/confirm', payload: {}, headers: late })
    await barrier.reached
    await browser.copy().post('/logout')
    barrier.open()
    await answering
    assert.equal(await browser.whoami(), null)
  })
})
