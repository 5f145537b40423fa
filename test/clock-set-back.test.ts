import assert from 'node:assert/strict'
import { after, before, describe, it } from 'node:test'
import type { LoginOptions } from 'fastify-login'
import { inMemory, inRedis, inSql, withoutStore, type OpenedWay } from './model/ways.ts'
import { createApp } from './support/app.ts'
import { Barrier } from './support/barrier.ts'
import { Browser } from './support/browser.ts'
import { stopClock } from './support/clock.ts'

const day = 24 * 3600
const steps = [1, 40, 3600, 3 * day]

let begun = 0

/** Stops the clock, far beyond all that tests before this one have left in a store that they share. */
function begin (t: Parameters<typeof stopClock>[0]) {
  const clock = stopClock(t)
  clock.advance(++begun * 1000 * day)
  return clock
}

/** An application whose logins can be held before and after they are made; several may share a store. */
async function createHeld (opened: OpenedWay, options: object = {}, store = opened.createStore()) {
  const held: Record<string, Barrier> = {}
  const test = await createApp({
    options: { ...store === null ? {} : { store }, ...options } as Partial<LoginOptions>,
    after: (app, users) => app.post<{ Querystring: { hold: string } }>('/slow/login/1', async (request) => {
      if (request.query.hold === 'before') await held['before']?.pass()
      const ok = await request.loginUser(users.get('1')!, { remember: true })
      if (request.query.hold === 'after') await held['after']?.pass()
      return { ok }
    })
  })
  const { app } = test
  const browse = async (remember = true) => {
    const browser = new Browser(app)
    await browser.post('/login/1', { remember })
    return browser
  }
  const hold = async (point: 'before' | 'after') => {
    const barrier = held[point] = new Barrier()
    const browser = new Browser(app)
    const late = browser.send({ method: 'POST', url: `/slow/login/1?hold=${point}`, payload: {} })
    await barrier.reached
    return async () => {
      barrier.open()
      browser.receive(await late)
      return browser
    }
  }
  return { ...test, store, browse, hold }
}

/** Fails where a copy of either cookie is worth anything. */
async function assertDead (browser: Browser, what: string): Promise<void> {
  const names = [...browser.cookies.keys()]
  for (const name of names) {
    const copy = browser.copy()
    for (const other of names) if (other !== name) copy.cookies.delete(other)
    assert.equal(await copy.whoami(), null, `${name}: ${what}`)
  }
}

const ends = {
  endLogins: async ({ app }: { app: Browser['app'] }) => await app.login.endLogins('1'),
  endEveryLogin: async ({ app }: { app: Browser['app'] }) => await app.login.endEveryLogin()
}

for (const way of [withoutStore, inMemory, inSql, inRedis]) {
  describe(`Where the clock is set back, with logins ${way.name}`, { skip: way.skip }, () => {
    let opened: OpenedWay
    before(async () => { opened = await way.open() })
    after(async () => { await opened.close() })

    for (const [name, end] of Object.entries(ends)) {
      for (const seconds of steps) {
        it(`by ${seconds} s, ${name} ends the logins from before, for good`, async (t) => {
          const clock = begin(t)
          const test = await createHeld(opened)
          const browser = await test.browse()
          clock.setBack(seconds)
          clock.advance(0.5)
          await end(test)
          await assertDead(browser, 'at once')
          clock.advance(seconds)
          await assertDead(browser, 'when the time has come again')
          clock.setBack(seconds)
          await assertDead(browser, 'once more')
        })

        it(`by ${seconds} s after ${name}, a new login is valid at once, and ends with the next one`, async (t) => {
          const clock = begin(t)
          const test = await createHeld(opened)
          await test.browse()
          await end(test)
          clock.setBack(seconds)
          const browser = await test.browse()
          assert.equal(await browser.whoami(), '1')
          clock.advance(1)
          browser.restart()
          assert.equal(await browser.whoami(), '1', 'remembered')
          clock.advance(seconds)
          assert.equal(await browser.whoami(), '1', 'later')
          clock.setBack(seconds / 2)
          await end(test)
          await assertDead(browser, 'ended')
          clock.advance(0.1)
          assert.equal(await (await test.browse()).whoami(), '1', 'another one')
        })

        for (const point of ['before', 'after'] as const) {
          it(`by ${seconds} s, a login under way ends with ${name}, held ${point} it is made, whichever comes first`, async (t) => {
            const clock = begin(t)
            const test = await createHeld(opened)
            for (const order of ['clock, end', 'end, clock', 'clock, end, clock', 'end, clock, later']) {
              const goOn = await test.hold(point)
              clock.advance(0.1)
              for (const what of order.split(', ')) {
                if (what === 'clock') clock.setBack(seconds)
                else if (what === 'later') clock.advance(2)
                else await end(test)
              }
              clock.advance(0.1)
              await assertDead(await goOn(), order)
              clock.advance(seconds + 1)
            }
          })
        }
      }
    }

    it('a logout holds, and whatever else ends one login', async (t) => {
      const clock = begin(t)
      const test = await createHeld(opened)
      const acts: Array<(browser: Browser) => Promise<unknown>> = [
        async (browser) => await browser.copy().post('/logout'),
        async (browser) => await test.app.login.endLogin((await browser.get('/whoami')).json().login.id),
        async (browser) => await browser.copy().post('/login/2')
      ]
      for (const seconds of steps) {
        for (const act of acts) {
          const browser = await test.browse()
          clock.setBack(seconds)
          await act(browser)
          await assertDead(browser, 'set back before')
          clock.setBack(seconds)
          await assertDead(browser, 'and after')
          clock.advance(2 * seconds)
          await assertDead(browser, 'and set right')
        }
      }
    })

    it('the login that is excepted goes on, and no other', async (t) => {
      const clock = begin(t)
      const test = await createHeld(opened)
      for (const seconds of steps) {
        clock.advance(0.1)
        const [browser, other] = [await test.browse(), await test.browse()]
        clock.setBack(seconds)
        const { id } = (await browser.get('/whoami')).json().login
        await test.app.login.endLogins('1', { except: id })
        await assertDead(other, 'ended')
        assert.equal(await browser.whoami(), '1')
        clock.setBack(seconds)
        const later = await test.browse()
        assert.deepEqual([await browser.whoami(), await later.whoami()], ['1', '1'])
        await test.app.login.endLogins('1', { except: (await later.get('/whoami')).json().login.id })
        await assertDead(browser, 'not excepted the next time')
        assert.equal(await later.whoami(), '1')
      }
    })

    it('nobody is logged out, and timeouts run as ever from then on', async (t) => {
      const clock = begin(t)
      const test = await createHeld(opened, { idleTimeout: 600, absoluteTimeout: 5000 })
      const far = 365 * day
      clock.advance(far)
      const browser = await test.browse(false)
      clock.setBack(far)
      assert.equal(await browser.whoami(), '1')
      clock.advance(599)
      assert.equal(await browser.whoami(), '1')
      clock.advance(600)
      assert.equal(await browser.whoami(), null, 'idle since the clock was set right')
      const later = await test.browse(false)
      assert.ok((await later.get('/whoami')).json().login.expiresAt <= Date.now() / 1000 + 5000)
      for (let used = 0; used < 9; used++) {
        clock.advance(550)
        assert.equal(await later.whoami(), '1')
      }
      clock.advance(51)
      assert.equal(await later.whoami(), null, 'expired')
    })

    it('a login in another browser is stale until it is proven', async (t) => {
      const clock = begin(t)
      const test = await createHeld(opened)
      for (const seconds of steps) {
        const browser = await test.browse()
        const elsewhere = browser.copy()
        elsewhere.userAgent = 'another'
        await elsewhere.get('/whoami')
        clock.setBack(seconds)
        assert.deepEqual([(await browser.get('/whoami')).json().user, (await browser.get('/vault')).statusCode], ['1', 403])
        await browser.post('/confirm')
        clock.setBack(seconds)
        assert.equal((await browser.get('/vault')).statusCode, 200)
      }
    })

    it('an older login cookie, and an older remember token, get no second life', async (t) => {
      const clock = begin(t)
      for (const seconds of [3600, 3 * day]) {
        const test = await createHeld(opened)
        const browser = await test.browse()
        const older = browser.copy()
        await browser.post('/confirm')
        clock.advance(15)
        clock.setBack(seconds)
        older.cookies.delete('remember_token')
        assert.equal(await older.whoami(), null)
        if (test.store === null) continue
        browser.restart()
        const thief = browser.copy()
        for (const visit of ['restores', 'sees']) assert.equal(await browser.whoami(), '1', visit)
        clock.advance(65)
        clock.setBack(seconds)
        assert.equal((await thief.get('/whoami')).json().lapse, 'stolen')
        assert.ok(test.events.some(({ name }) => name === 'rememberTokenStolen'))
      }
    })

    it('a proof of identity that lies in the future is not fresh, where a time is set for that', async (t) => {
      const clock = begin(t)
      const test = await createHeld(opened, { freshFor: 600 })
      const browser = await test.browse()
      clock.setBack(3600)
      assert.deepEqual([(await browser.get('/vault')).statusCode, (await browser.get('/vault/minute')).statusCode], [403, 403])
      await browser.post('/confirm')
      assert.deepEqual([(await browser.get('/vault')).statusCode, (await browser.get('/vault/minute')).statusCode], [200, 200])
    })

    if (way === withoutStore) return

    it('a login beyond maxLogins ends the oldest one, and is not taken for it', async (t) => {
      const clock = begin(t)
      const test = await createHeld(opened, { maxLogins: 3 })
      await test.app.login.endLogins('1')
      clock.advance(1)
      const browsers: Browser[] = []
      const log = async () => {
        browsers.push(await test.browse())
        clock.advance(1)
        assert.deepEqual(await Promise.all(browsers.slice(-4).map((browser) => browser.whoami())), [null, '1', '1', '1'].slice(-browsers.length))
      }
      for (let done = 0; done < 3; done++) await log()
      clock.setBack(day)
      for (let done = 0; done < 7; done++) await log()
    })

    it('on one of two processes alone, logins end on both, and a new one is valid on both', async (t) => {
      const clock = begin(t)
      const test = await createHeld(opened)
      const another = await createHeld(opened, {}, test.store)
      for (const seconds of steps.slice(1)) {
        const browser = await test.browse()
        // The other process is ahead by so much.
        clock.advance(seconds)
        await another.app.login.endLogins('1')
        clock.setBack(seconds)
        await assertDead(browser, 'ended by the process that is ahead')
        const later = await test.browse()
        clock.advance(0.1)
        assert.deepEqual([await later.whoami(), await later.copy(another.app).whoami()], ['1', '1'])
        clock.advance(seconds)
        const ahead = await another.browse()
        clock.setBack(seconds)
        await test.app.login.endLogins('1')
        await assertDead(ahead, 'ended by the process that is behind')
        clock.advance(seconds)
        assert.equal(await (await another.browse()).whoami(), '1')
      }
    })
  })
}
