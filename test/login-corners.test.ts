import assert from 'node:assert/strict'
import { it } from 'node:test'
import { Browser } from './support/browser.ts'
import { sendRaw } from './support/raw.ts'
import { describeWays } from './support/ways.ts'

describeWays('a login', (way) => {
  for (const name of ['remember', 'force', 'fresh'] as const) {
    it(`refuses a value of ${name} that is neither true nor false`, async () => {
      const { app } = await way.createApp()
      for (const value of ['on', 'false', 0, null]) {
        const answer = await new Browser(app).post('/login/1', { [name]: value })
        assert.equal(answer.json().code, 'FST_LOGIN_INVALID_ARGUMENT')
      }
    })
  }

  it('begins in a browser that does not say what it is', async (t) => {
    const { app } = await way.createApp()
    t.after(() => app.close())
    const { statusCode } = await sendRaw(app, 'POST /login/1 HTTP/1.1\r\nHost: localhost\r\nContent-Length: 0\r\nConnection: close\r\n\r\n')
    assert.equal(statusCode, 200)
  })

  it('that has just begun is not remembered by the cookie of another one', async () => {
    const { app } = await way.createApp({
      after: (app, users) => app.post('/in', async (request) => {
        await request.loginUser(users.get('2')!)
        return { remembered: request.loginRemembered }
      })
    })
    const browser = new Browser(app)
    await browser.post('/login/1', { remember: true })
    assert.deepEqual((await browser.post('/in')).json(), { remembered: false })
  })

  it('is found again after a loader that was waited for', async () => {
    const { app } = await way.createApp({ options: { loadUser: async (id: string) => ({ id, name: 'later' }) } })
    const browser = new Browser(app)
    await browser.post('/login/1', { remember: true })
    assert.equal(await browser.whoami(), '1')
    browser.restart()
    assert.equal(await browser.whoami(), '1')
    assert.ok(browser.cookies.has('login'))
  })
})
