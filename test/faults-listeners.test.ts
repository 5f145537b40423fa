import assert from 'node:assert/strict'
import { it } from 'node:test'
import { Browser } from './support/browser.ts'
import { describeWays } from './support/ways.ts'

describeWays('a listener that fails', (way) => {
  const failures: Record<string, () => unknown> = {
    throws: () => { throw new Error('broken listener') },
    rejects: async () => { throw new Error('broken listener') },
    'rejects as a thenable': () => ({ then: (_resolve: unknown, reject: (error: Error) => void) => reject(new Error('broken listener')) })
  }
  for (const [how, listener] of Object.entries(failures)) {
    it(`because it ${how} is logged with the event's name, and neither others nor the answer notice`, async () => {
      const lines: string[] = []
      const { app, events } = await way.createApp({ server: { logger: { stream: { write: (line: string) => { lines.push(line) } } } } })
      const told: string[] = []
      for (const name of ['userLoggedIn', 'userLoggedOut', 'loginEnded'] as const) {
        app.login.on(name, listener)
        app.login.on(name, () => { told.push(name) })
      }
      const browser = new Browser(app)
      assert.equal((await browser.post('/login/1')).statusCode, 200)
      assert.equal(await browser.whoami(), '1')
      assert.equal((await browser.post('/logout')).statusCode, 200)
      await new Promise((resolve) => setImmediate(resolve))
      assert.deepEqual(told, ['userLoggedIn', 'userLoggedOut', 'loginEnded'])
      assert.deepEqual(events.map(({ name }) => name), told)
      const failed = lines.map((line) => JSON.parse(line)).filter(({ msg }) => msg.includes('a listener of'))
      assert.deepEqual(failed.map(({ event, err }) => [event, err.message]), told.map((name) => [name, 'broken listener']))
    })
  }

  it('is told no secret: no payload holds the value of a cookie', async () => {
    const { app, events } = await way.createApp()
    const browser = new Browser(app)
    await browser.post('/login/1', { remember: true })
    const values = [...browser.cookies.values()].map(({ value }) => value)
    browser.restart()
    await browser.whoami()
    await browser.post('/confirm')
    await browser.post('/logout')
    for (const { name, payload } of events) {
      const { request, ...rest } = payload
      const text = JSON.stringify(rest)
      for (const value of values) assert.ok(!text.includes(value), name)
      assert.ok(name !== 'loginEnded' || request === undefined)
    }
  })
})
