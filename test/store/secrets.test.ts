import assert from 'node:assert/strict'
import { describe, it } from 'node:test'
import { Writable } from 'node:stream'
import type { LoginOptions } from 'fastify-login'
import { Browser } from '../support/browser.ts'
import { openSeal } from '../support/seal.ts'
import { createStoredApp } from '../support/store.ts'
import type { User } from '../support/user.ts'

const purposes = ['login', 'remember'] as const
const cookieNames = { login: 'login', remember: 'remember_token' }

/** A browser that was logged in, restored, confirmed, refused and logged out; with all that was told, logged and kept of it. */
async function live () {
  const lines: string[] = []
  const stream = new Writable({ write (chunk, _encoding, done) { lines.push(String(chunk)); done() } })
  const cookies = new Map(purposes.map((purpose) => [purpose, new Set<string>()]))
  const kept: string[] = []
  const test = await createStoredApp({
    server: { logger: { level: 'trace', stream } },
    options: { authHash: (user: User) => user.passwordHash, sessionProtection: 'basic' } as Partial<LoginOptions>
  })
  const browser = new Browser(test.app)
  const other = new Browser(test.app)
  const listed: string[] = []
  const steps = [
    () => browser.post('/login/1', { remember: true }), () => other.post('/login/1'), () => browser.post('/confirm'),
    async () => { browser.restart(); await browser.get('/whoami') }, () => browser.get('/whoami'),
    async () => { browser.userAgent = 'Chrome'; await browser.get('/vault') }, () => browser.post('/login/1', { remember: true })
  ]
  for (const step of steps) {
    await step()
    for (const purpose of purposes) {
      const cookie = browser.cookies.get(cookieNames[purpose])
      if (cookie !== undefined) cookies.get(purpose)!.add(cookie.value)
    }
    kept.push(JSON.stringify(await test.records()))
    listed.push(JSON.stringify(await test.app.login.logins('1')), (await browser.get('/whoami')).body)
  }
  const told = JSON.stringify(test.events.map(({ name, payload: { request, ...payload } }) => ({ name, ...payload })))
  return { ...test, test, browser, cookies, kept, listed, told, logged: lines.join('') }
}

describe('the secret in a cookie', () => {
  it('is in no record, no event, no list of devices and no line of the log', async (t) => {
    const seal = await openSeal(t)
    const { cookies, kept, told, listed, logged, browser } = await live()
    let looked = 0
    for (const purpose of purposes) {
      for (const cookie of cookies.get(purpose)!) {
        const [, secret, ...rest] = seal.open(purpose, cookie) as string[]
        assert.equal(rest.length, 0, 'a cookie holds the id and the secret')
        assert.equal(Buffer.from(secret!, 'base64url').length, 32)
        for (const text of [...kept, ...listed, told, logged]) {
          assert.ok(!text.includes(secret!))
          assert.ok(!text.includes(cookie))
        }
        looked++
      }
    }
    assert.ok(looked >= 5, 'the cookies changed on the way')
    assert.ok(await browser.whoami())
  })

  it('is the whole of what a cookie proves: a record is no help in forging one', async (t) => {
    const seal = await openSeal(t)
    const { test, store } = await live()
    for (const record of await test.records()) {
      const texts = [record, record.remember ?? {}].flatMap((part) => Object.values(part)).filter((value) => typeof value === 'string')
      for (const text of texts) {
        for (const purpose of purposes) {
          const thief = new Browser(test.app)
          // Sealed with the key itself, which whoever reads the store does not have.
          thief.cookies.set(cookieNames[purpose], { value: seal.seal(purpose, [record.id, text]), persistent: true })
          assert.equal(await thief.whoami(), null)
          // A wrong validator is theft, and ends the login.
          if (await store.memory.find(record.id) === null) await store.memory.create(record)
        }
      }
    }
  })

  it('is compared as a whole', async (t) => {
    const seal = await openSeal(t)
    const { test, browser } = await live()
    const [id, secret] = seal.open('login', browser.cookies.get('login')!.value) as [string, string]
    for (const wrong of ['', secret.slice(0, -1), `${secret}A`, secret.toUpperCase(), 'A'.repeat(43), null, 1, [secret]]) {
      const thief = new Browser(test.app)
      thief.cookies.set('login', { value: seal.seal('login', [id, wrong]), persistent: false })
      const answer = await thief.get('/whoami')
      assert.deepEqual([answer.statusCode, answer.json().user], [200, null])
    }
  })

  it('is worth nothing where it is another one, also while none came before that of the record', async (t) => {
    const seal = await openSeal(t)
    const { app, records } = await createStoredApp()
    await new Browser(app).post('/login/1', { remember: true })
    const [record] = await records()
    for (const purpose of purposes) {
      const visitor = new Browser(app)
      visitor.cookies.set(cookieNames[purpose], { value: seal.seal(purpose, [record!.id, 'A'.repeat(43)]), persistent: true })
      assert.equal(await visitor.whoami(), null, purpose)
    }
  })

  it('opens nothing under another purpose', async () => {
    const { test, browser } = await live()
    const [login, remember] = [browser.cookies.get('login')!, browser.cookies.get('remember_token')!]
    browser.cookies.set('login', remember)
    browser.cookies.set('remember_token', login)
    assert.equal(await browser.whoami(), null)
    assert.ok((await test.records()).length > 0)
  })

  it('comes in cookies of far less than 1 kB, whatever the user', async () => {
    const id = '\u{1F36A}'.repeat(63)
    const { app } = await createStoredApp({
      options: { loadUser: (id: string) => ({ id, name: 'odd' }) },
      after: (app) => app.post('/odd', async (request) => await request.loginUser({ id, name: 'odd' }, { remember: true }))
    })
    const browser = new Browser(app)
    await browser.post('/odd')
    assert.equal(await browser.whoami(), id)
    for (const [name, { value }] of browser.cookies) assert.ok(name.length + value.length < 300, `${name}: ${value.length}`)
  })

  it('of a cookie from before the store was there names no login, and harms none', async (t) => {
    const seal = await openSeal(t)
    const { test, browser, store } = await live()
    const { id } = (await browser.get('/whoami')).json().login
    store.reset()
    for (const facts of [[id, '1', 0, 0, 0, 0, 0, Infinity, true, true, '', null, 0], [], [id], [null, null], ['\0', '\0'], [id, 'secret', 'more']]) {
      const visitor = new Browser(test.app)
      for (const purpose of purposes) visitor.cookies.set(cookieNames[purpose], { value: seal.seal(purpose, facts), persistent: true })
      const answer = await visitor.get('/whoami')
      assert.deepEqual([answer.statusCode, answer.json().user], [200, null])
    }
    assert.deepEqual(store.called, [], 'there is nothing to ask for')
    assert.equal(await browser.whoami(), '1')
  })
})
