import assert from 'node:assert/strict'
import { test } from 'node:test'
import { Browser } from './support/browser.ts'
import { stopClock } from './support/clock.ts'
import { describeWays } from './support/ways.ts'
import type { LoginOptions } from 'fastify-login'
import type { TestApp } from './support/app.ts'
import type { User } from './support/user.ts'
import type { Way } from './support/ways.ts'

const month = 30 * 24 * 3600

async function open (way: Way, options: Partial<LoginOptions> = {}): Promise<TestApp & { browser: Browser, lines: string[] }> {
  const lines: string[] = []
  const made = await way.createApp({ options, server: { logger: { level: 'debug', stream: { write: (line: string) => { lines.push(line) } } } } })
  return { ...made, browser: new Browser(made.app), lines }
}

const lapseOf = async (browser: Browser) => (await browser.get('/whoami')).json().lapse

describeWays('a request says why a credential of its was not honoured:', (way) => {
  test('none came with it, or it was honoured', async () => {
    const { browser } = await open(way)
    assert.equal(await lapseOf(browser), null)
    await browser.post('/login/1', { remember: true })
    assert.equal(await lapseOf(browser), null)
    browser.restart()
    assert.equal(await lapseOf(browser), null)
    await browser.post('/logout')
    assert.equal(await lapseOf(browser), null)
  })

  test('a login cookie without a value is none', async () => {
    const { browser } = await open(way)
    assert.equal((await browser.get('/whoami', { cookie: 'login=' })).json().lapse, null)
  })

  test('forged', async () => {
    const { browser } = await open(way)
    for (const name of ['login', 'remember_token']) {
      browser.cookies.set(name, { value: 'garbage', persistent: false })
      assert.equal(await lapseOf(browser), 'forged')
      browser.cookies.clear()
    }
  })

  test('expired', async (t) => {
    const clock = stopClock(t)
    const { browser } = await open(way)
    await browser.post('/login/1')
    clock.advance(month)
    // A store forgets what has expired, and then knows no more than that it ended.
    assert.ok(['expired', 'ended'].includes(await lapseOf(browser)))
    await browser.post('/login/1', { remember: true, duration: 60 })
    browser.restart()
    clock.advance(60)
    assert.ok(['expired', 'ended'].includes(await lapseOf(browser)))
  })

  test('idle', async (t) => {
    const clock = stopClock(t)
    const { browser } = await open(way, { idleTimeout: 600 })
    await browser.post('/login/1')
    clock.advance(600)
    assert.equal(await lapseOf(browser), 'idle')
  })

  test('ended', async () => {
    const { browser } = await open(way)
    await browser.post('/login/1', { remember: true })
    const [thief, second] = [browser.copy(), browser.copy()]
    second.restart()
    await browser.post('/logout')
    assert.equal(await lapseOf(thief), 'ended')
    assert.equal(await lapseOf(second), 'ended')
  })

  test('superseded', async (t) => {
    const clock = stopClock(t)
    const { browser } = await open(way)
    await browser.post('/login/1')
    const old = browser.copy()
    await browser.post('/confirm')
    assert.equal(await lapseOf(old.copy()), null)
    clock.advance(11)
    assert.equal(await lapseOf(old), 'superseded')
  })

  test('protection', async () => {
    const { browser } = await open(way, { sessionProtection: 'strong' })
    await browser.post('/login/1', { remember: true })
    browser.userAgent = 'Safari'
    assert.equal(await lapseOf(browser), 'protection')
  })

  test('user-gone', async () => {
    for (const restart of [false, true]) {
      const { browser, users } = await open(way)
      await browser.post('/login/1', { remember: true })
      users.delete('1')
      if (restart) browser.restart()
      assert.equal(await lapseOf(browser), 'user-gone')
    }
  })

  test('user-changed', async () => {
    for (const restart of [false, true]) {
      const { browser, users } = await open(way, { authHash: (user: User) => user.passwordHash })
      await browser.post('/login/1', { remember: true })
      users.set('1', { id: '1', name: 'Ada', passwordHash: 'new' })
      if (restart) browser.restart()
      assert.equal(await lapseOf(browser), 'user-changed')
    }
  })

  test('and the log says so at debug level, without the credential', async () => {
    const { browser, lines } = await open(way)
    for (const name of ['login', 'remember_token']) browser.cookies.set(name, { value: 'a-forged-credential', persistent: false })
    await browser.get('/whoami')
    const said = lines.map((line) => JSON.parse(line)).filter(({ level }) => level === 20)
    assert.deepEqual(said.map(({ msg, lapse, cookie, family, realm }) => ({ msg, lapse, cookie, family, realm })), ['login', 'remember'].map((cookie) => {
      return { msg: `fastify-login: the ${cookie} cookie was not honoured`, lapse: 'forged', cookie, family: null, realm: '' }
    }))
    assert.doesNotMatch(lines.join(''), /a-forged-credential/)
  })
})
