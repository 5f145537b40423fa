import assert from 'node:assert/strict'
import { describe, it } from 'node:test'
import { Browser } from './support/browser.ts'
import { stopClock } from './support/clock.ts'
import { createForgetful, evict } from './support/forgetful.ts'

describe('a list of ended logins that is full', () => {
  it('keeps dead what it forgets: logins, remember cookies, older generations', async (t) => {
    const clock = stopClock(t)
    const { app } = await createForgetful()
    const [out, proven] = [new Browser(app), new Browser(app)]
    await out.post('/as/1', { remember: true })
    await proven.post('/as/2')
    const older = proven.copy()
    clock.advance(1)
    const copy = out.copy()
    await out.post('/logout')
    await proven.post('/confirm')
    await evict(app, clock)
    clock.advance(10)
    assert.equal(await copy.whoami(), null)
    copy.restart()
    assert.equal(await copy.whoami(), null)
    assert.equal(await older.whoami(), null)
  })

  it('keeps dead what was ended by its id', async (t) => {
    const clock = stopClock(t)
    for (const userId of [undefined, '1']) {
      const { app } = await createForgetful()
      const browser = new Browser(app)
      await browser.post('/as/1', { remember: true })
      const { id } = (await browser.get('/whoami')).json().login
      clock.advance(1)
      await app.login.endLogin(id, userId === undefined ? {} : { userId })
      // Just so many that it is the only one that is forgotten.
      if (userId !== undefined) await evict(app, clock, 2)
      else for (const letter of ['A', 'B']) await app.login.endLogin(letter.repeat(33))
      assert.equal(await browser.whoami(), null)
    }
  })

  it('may log out those who logged in before, never those who logged in after', async (t) => {
    const clock = stopClock(t)
    const { app } = await createForgetful()
    const [before, after] = [new Browser(app), new Browser(app)]
    await before.post('/as/1')
    await evict(app, clock)
    clock.advance(1)
    await after.post('/as/2')
    assert.equal(await before.whoami(), null)
    await evict(app, clock, 2)
    assert.equal(await after.whoami(), '2')
  })

  it('lets a logout by a login that it forgot end nothing, and tell nobody', async (t) => {
    const clock = stopClock(t)
    const { app, events } = await createForgetful()
    const browser = new Browser(app)
    await browser.post('/as/1')
    await evict(app, clock, 2)
    clock.advance(1)
    await browser.post('/confirm')
    assert.equal(await browser.whoami(), null)
    const told = events.length
    assert.deepEqual((await browser.post('/logout')).json(), { ok: false })
    assert.deepEqual(events.slice(told), [])
  })

  it('warns once, and names what helps', async (t) => {
    const clock = stopClock(t)
    const lines: string[] = []
    const { app } = await createForgetful({}, undefined, (line) => { lines.push(line) })
    await evict(app, clock, 6)
    assert.deepEqual(lines.map((line) => JSON.parse(line).msg), [
      'fastify-login keeps the ended logins of 2 users, and the list is full: the oldest of them now stand for everybody who logged in before. ' +
      'Raise endedLogins, or keep logins in a store'
    ])
  })

  it('keeps stale what was made stale, or ends it', async (t) => {
    const clock = stopClock(t)
    const { app } = await createForgetful()
    const browser = new Browser(app)
    await browser.post('/as/1')
    const elsewhere = browser.copy()
    elsewhere.userAgent = 'Chrome'
    clock.advance(1)
    await elsewhere.whoami()
    await evict(app, clock)
    assert.equal((await browser.get('/whoami')).json().fresh, false)
  })
})
