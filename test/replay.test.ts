import assert from 'node:assert/strict'
import { it } from 'node:test'
import type { LoginOptions } from 'fastify-login'
import { createApp } from './support/app.ts'
import { Browser } from './support/browser.ts'
import { stopClock } from './support/clock.ts'
import type { User } from './support/user.ts'
import { describeWays } from './support/ways.ts'

/** The same browser, whose site is another process now. */
function moved (browser: Browser, app: Browser['app']): Browser {
  const other = new Browser(app)
  for (const [name, kept] of browser.cookies) other.cookies.set(name, kept)
  return other
}

describeWays('a copied cookie', (way) => {
  for (const [what, end] of [
    ['a logout', async (browser: Browser) => { await browser.post('/logout') }],
    ['a login of another user', async (browser: Browser) => { await browser.post('/login/2') }],
    ['endLogin', async (browser: Browser) => { await browser.app.login.endLogin((await browser.get('/whoami')).json().login.id) }],
    ['endLogins', async (browser: Browser) => { await browser.app.login.endLogins('1') }],
    ['endEveryLogin', async (browser: Browser) => { await browser.app.login.endEveryLogin() }]
  ] as const) {
    it(`is dead after ${what}, early and late, alone and together`, async (t) => {
      const clock = stopClock(t)
      const { app } = await way.createApp()
      const browser = new Browser(app)
      await browser.post('/login/1', { remember: true })
      clock.advance(60)
      const copies = [browser.copy(), browser.copy(), browser.copy()]
      copies[1]!.cookies.delete('remember_token')
      copies[2]!.cookies.delete('login')
      await end(browser)
      for (const seconds of [0, 1, 9, 3600]) {
        clock.advance(seconds)
        for (const copy of copies) assert.equal((await copy.send({ url: '/whoami' })).json().user, null)
      }
    })
  }

  it('is as good as its original while that is alive: only its own browser may change the login', async () => {
    const { app } = await way.createApp()
    const browser = new Browser(app)
    await browser.post('/login/1')
    const thief = browser.copy()
    thief.userAgent = 'Chrome'
    const seen = (await thief.get('/whoami')).json()
    assert.deepEqual([seen.user, seen.fresh], ['1', false])
  })
})

it('A restart with the same key keeps logins and remember cookies, without a store', async () => {
  const [first, second] = [await createApp(), await createApp()]
  const browser = new Browser(first.app)
  await browser.post('/login/1', { remember: true })
  const after = moved(browser, second.app)
  const seen = (await after.get('/whoami')).json()
  assert.deepEqual([seen.user, seen.fresh, seen.remembered], ['1', true, true])
  after.restart()
  assert.equal(await after.whoami(), '1')
})

it('A new key, put before the old one, keeps logins and remember cookies; without the old one they end', async () => {
  const old = 'the secret of last year, thirty-two bytes or more'
  const newest = 'the secret of this year, thirty-two bytes or more'
  const authHash = (user: User) => user.passwordHash
  const apps = await Promise.all([[old], [newest, old], [newest]].map(async (key) => (await createApp({ options: { key, authHash } as Partial<LoginOptions> })).app))
  const before = new Browser(apps[0]!)
  await before.post('/login/1', { remember: true })
  const during = moved(before, apps[1]!)
  assert.equal(await during.whoami(), '1')
  assert.equal(await moved(before, apps[2]!).whoami(), null)
  const remembered = moved(before, apps[1]!)
  remembered.restart()
  assert.equal(await remembered.whoami(), '1')
  await during.post('/confirm')
  const after = moved(during, apps[2]!)
  assert.equal(await after.whoami(), '1', 'what was proven since is under the new key')
  after.restart()
  assert.equal(await after.whoami(), '1')
})
