import assert from 'node:assert/strict'
import { describe, it } from 'node:test'
import type { LoginRecord } from 'fastify-login'
import { Browser } from '../support/browser.ts'
import { stopClock, type Clock } from '../support/clock.ts'
import { createApp } from '../support/app.ts'
import { createStoredApp, TestedStore } from '../support/store.ts'

async function logIn (app: Browser['app'], count: number, clock: Clock): Promise<Browser[]> {
  const browsers = []
  for (let login = 0; login < count; login++) {
    clock.advance(1)
    const browser = new Browser(app)
    await browser.post('/login/1')
    browsers.push(browser)
  }
  return browsers
}

const whoAre = (browsers: Browser[]) => Promise.all(browsers.map((browser) => browser.whoami()))

describe('maxLogins', () => {
  it('ends the oldest login beyond it', async (t) => {
    const clock = stopClock(t)
    const { app } = await createStoredApp({ options: { maxLogins: 2 } })
    const browsers = await logIn(app, 3, clock)
    assert.deepEqual(await whoAre(browsers), [null, '1', '1'])
    await logIn(app, 1, clock)
    assert.deepEqual(await whoAre(browsers), [null, null, '1'])
    assert.equal((await app.login.logins('1')).length, 2)
  })

  it('tells that the oldest login ended', async (t) => {
    const clock = stopClock(t)
    const { app, events } = await createStoredApp({ options: { maxLogins: 1 } })
    const [first] = await logIn(app, 1, clock)
    const { id } = (await first!.get('/whoami')).json().login
    await logIn(app, 1, clock)
    assert.deepEqual(events.filter(({ name }) => name === 'loginEnded').map(({ payload }) => payload), [{ id, userId: '1', exceptId: null, reason: 'limit' }])
  })

  it('refuses a new login beyond it, where told to, and says so by false', async (t) => {
    const clock = stopClock(t)
    const { app, told } = await createStoredApp({ options: { maxLogins: 2, onMaxLogins: 'refuse' } })
    const browsers = await logIn(app, 2, clock)
    told()
    const third = new Browser(app)
    assert.equal((await third.post('/login/1')).json().ok, false)
    assert.equal(third.cookies.size, 0)
    assert.deepEqual(told(), [])
    assert.deepEqual(await whoAre(browsers), ['1', '1'])
    await browsers[0]!.post('/logout')
    assert.equal((await third.post('/login/1')).json().ok, true)
    assert.equal(await third.whoami(), '1')
  })

  it('counts each user by themselves', async (t) => {
    const clock = stopClock(t)
    const { app } = await createStoredApp({ options: { maxLogins: 1, onMaxLogins: 'refuse' } })
    await logIn(app, 1, clock)
    const other = new Browser(app)
    assert.equal((await other.post('/login/2')).json().ok, true)
  })

  for (const onMaxLogins of ['end-oldest', 'refuse'] as const) {
    it(`(${onMaxLogins}) lets the logins that are there go on: restored, confirmed, logged in again`, async (t) => {
      const clock = stopClock(t)
      const { app } = await createStoredApp({ options: { maxLogins: 1, onMaxLogins } })
      const browser = new Browser(app)
      await browser.post('/login/1', { remember: true })
      clock.advance(60)
      assert.equal((await browser.post('/login/1')).json().ok, true)
      assert.equal((await browser.post('/confirm')).json().ok, true)
      browser.restart()
      assert.equal(await browser.whoami(), '1')
      browser.restart()
      assert.equal((await browser.post('/login/1')).json().ok, true, 'in the request that restores it')
      assert.equal((await browser.get('/whoami')).json().fresh, true)
      assert.equal((await app.login.logins('1')).length, 1)
    })

    it(`(${onMaxLogins}) lets each of as many logins as there may be go on`, async (t) => {
      const clock = stopClock(t)
      const { app } = await createStoredApp({ options: { maxLogins: 3, onMaxLogins } })
      const browsers = await logIn(app, 3, clock)
      for (const browser of browsers) assert.equal((await browser.post('/login/1')).json().ok, true)
      assert.deepEqual(await whoAre(browsers), ['1', '1', '1'])
    })

    it(`(${onMaxLogins}) costs nothing where there is no limit`, async () => {
      const { app, store } = await createStoredApp({ options: { maxLogins: null, onMaxLogins } })
      const browsers = [new Browser(app), new Browser(app)]
      for (const browser of browsers) assert.equal((await browser.post('/login/1')).json().ok, true)
      assert.deepEqual(store.called, ['create', 'create'])
      assert.deepEqual(await whoAre(browsers), ['1', '1'])
    })

    it(`(${onMaxLogins}) does not count logins that nobody can use any more`, async (t) => {
      const clock = stopClock(t)
      const { app } = await createStoredApp({ options: { maxLogins: 2, onMaxLogins, idleTimeout: 600 } })
      const [busy] = await logIn(app, 2, clock)
      for (let minute = 0; minute < 10; minute++) {
        clock.advance(61)
        await busy!.whoami()
      }
      const [late] = await logIn(app, 1, clock)
      assert.deepEqual(await whoAre([busy!, late!]), ['1', '1'])
    })

    it(`(${onMaxLogins}) holds for logins side by side`, async (t) => {
      stopClock(t)
      const { app, store } = await createStoredApp({ options: { maxLogins: 2, onMaxLogins } })
      const browsers = Array.from({ length: 6 }, () => new Browser(app))
      // Each has been told that there is room, and each is there, before any looks again.
      if (onMaxLogins === 'refuse') store.gather('list', 6, 'after')
      store.gather('create', 6, 'after')
      await Promise.all(browsers.map((browser) => browser.post('/login/1')))
      const users = await whoAre(browsers)
      assert.equal(users.filter((user) => user === '1').length, 2)
      assert.equal((await app.login.logins('1')).length, 2)
    })

    it(`(${onMaxLogins}) ends the same ones in every process, however a store lists logins of the same moment`, async (t) => {
      stopClock(t)
      const store = new TestedStore()
      const list = store.list.bind(store)
      let lists = 0
      store.list = async (owner) => {
        const records = (await list(owner)).sort((one, other) => one.id < other.id ? -1 : 1)
        return lists++ % 2 === 0 ? records : records.reverse()
      }
      const { app } = await createStoredApp({ store, options: { maxLogins: 3, onMaxLogins } })
      const browsers = Array.from({ length: 6 }, () => new Browser(app))
      if (onMaxLogins === 'refuse') store.gather('list', 6, 'after')
      store.gather('create', 6, 'after')
      await Promise.all(browsers.map((browser) => browser.post('/login/1')))
      const created = store.calls.filter(({ method }) => method === 'create').map(({ args }) => (args[0] as LoginRecord).id).sort()
      const left = (await app.login.logins('1')).map(({ id }) => id).sort()
      assert.deepEqual(left, onMaxLogins === 'refuse' ? created.slice(0, 3) : created.slice(3))
      assert.equal(browsers.filter(({ cookies }) => cookies.size > 0).length, 3, 'nobody is given a cookie of a login that ended at once')
    })

    it(`(${onMaxLogins}) holds although a login that began earlier comes later`, async (t) => {
      const clock = stopClock(t)
      const { app, store } = await createStoredApp({ options: { maxLogins: 1, onMaxLogins } })
      const [slow, quick] = [new Browser(app), new Browser(app)]
      const held = store.hold('create')
      const late = slow.post('/login/1')
      await held.reached
      clock.advance(1)
      await quick.post('/login/1')
      assert.equal(await quick.whoami(), '1')
      held.open()
      await late
      const users = await whoAre([slow, quick])
      assert.deepEqual(users, onMaxLogins === 'refuse' ? ['1', null] : [null, '1'], 'the oldest is the one that began first')
    })
  }

  it('leaves as many logins again that have become idle, however often somebody logs in', async (t) => {
    const clock = stopClock(t)
    const { app, store } = await createStoredApp({ options: { maxLogins: 3, idleTimeout: 60 } })
    const browsers = Array.from({ length: 20 }, () => new Browser(app))
    for (const browser of browsers) {
      await browser.post('/login/1')
      assert.equal(await browser.whoami(), '1')
      clock.advance(61)
    }
    const { owner } = store.calls.find(({ method }) => method === 'create')!.args[0] as LoginRecord
    assert.equal((await store.list(owner)).length, 4)
  })

  it('does not count logins past the absoluteTimeout that holds now, whatever held when they began', async (t) => {
    const clock = stopClock(t)
    const limit = { maxLogins: 1, onMaxLogins: 'refuse' } as const
    const { app, store } = await createStoredApp({ options: limit })
    await logIn(app, 1, clock)
    const shorter = new Browser((await createStoredApp({ store, options: { ...limit, absoluteTimeout: 600 } })).app)
    clock.advance(599)
    assert.equal((await shorter.post('/login/1')).json().ok, false)
    clock.advance(1)
    assert.equal((await shorter.post('/login/1')).json().ok, true)
  })

  it('ends nothing where the answer to the new login fails', async (t) => {
    const clock = stopClock(t)
    const { app } = await createStoredApp({
      options: { maxLogins: 1 },
      after: (app, users) => app.post('/failing', async (request, reply) => { await request.loginUser(users.get('1')!); return reply.code(500).send('broken') })
    })
    const [browser] = await logIn(app, 1, clock)
    await new Browser(app).post('/failing')
    assert.equal(await browser!.whoami(), '1')
  })

  it('is not passed by force', async (t) => {
    const clock = stopClock(t)
    const { app } = await createStoredApp({ options: { maxLogins: 1, onMaxLogins: 'refuse' } })
    await logIn(app, 1, clock)
    assert.equal((await new Browser(app).post('/login/1', { force: true })).json().ok, false)
  })

  it('stops the boot without a store, and where it is no limit', async () => {
    await assert.rejects(createApp({ options: { maxLogins: 2 } }), { code: 'FST_LOGIN_STORE_REQUIRED', message: /maxLogins/ })
    for (const maxLogins of [0, -1, 1.5, Infinity, NaN, '2']) {
      await assert.rejects(createStoredApp({ options: { maxLogins: maxLogins as number } }), { code: 'FST_LOGIN_INVALID_OPTION', message: /maxLogins/ })
    }
    await assert.rejects(createStoredApp({ options: { onMaxLogins: 'oldest' as never } }), { code: 'FST_LOGIN_INVALID_OPTION', message: /onMaxLogins/ })
  })
})
