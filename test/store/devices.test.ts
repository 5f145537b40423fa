import assert from 'node:assert/strict'
import { mkdtempSync, rmSync } from 'node:fs'
import { request } from 'node:http'
import { tmpdir } from 'node:os'
import { join } from 'node:path'
import { describe, it } from 'node:test'
import login, { type LoginOptions } from 'fastify-login'
import { createApp } from '../support/app.ts'
import { Browser } from '../support/browser.ts'
import { stopClock } from '../support/clock.ts'
import { createStoredApp, type StoredApp } from '../support/store.ts'
import type { User } from '../support/user.ts'

const hostile = [
  '', ' ', '*', '%', '../../etc/passwd', "' or '1'='1", '1; drop table logins', '\0', 'a\0b', 'a\r\nb', '\ud800', '🍪'.repeat(500),
  '__proto__', 'constructor', 'x'.repeat(100_000), '{}', '[]', 'null', 'A'.repeat(32), 'A'.repeat(34), `${'A'.repeat(33)}\n`, `fastify-login:${'A'.repeat(33)}`
]

/** An application whose users see their own devices. */
async function createDevicesApp (setup: Parameters<typeof createStoredApp>[0] = {}): Promise<StoredApp> {
  return await createStoredApp({
    ...setup,
    after: (app) => {
      app.get('/devices', { config: { login: 'required' } }, async (request) => await app.login.logins(request.currentLogin!.userId, request))
      app.post<{ Body: { id: string } }>('/devices/end', { config: { login: 'required' } }, async (request) => {
        return { ok: await app.login.endLogin(request.body.id, { userId: request.currentLogin!.userId }) }
      })
    }
  })
}

const allowed = ['id', 'current', 'userAgent', 'ip', 'startedAt', 'seenAt', 'provenAt', 'expiresAt', 'hasRememberCookie'].sort()

describe('app.login.logins', () => {
  it('lists a login over a Unix socket, which has no address', async (t) => {
    const { app } = await createDevicesApp()
    const folder = mkdtempSync(join(tmpdir(), 'fastify-login-'))
    t.after(async () => {
      await app.close()
      rmSync(folder, { recursive: true })
    })
    const socketPath = join(folder, 'socket')
    await app.listen({ path: socketPath })
    const statusCode = await new Promise((resolve, reject) => {
      request({ socketPath, path: '/login/1', method: 'POST' }, (answer) => resolve(answer.resume().statusCode)).on('error', reject).end()
    })
    assert.equal(statusCode, 200)
    assert.deepEqual((await app.login.logins('1')).map(({ ip, userAgent }) => [ip, userAgent]), [['', '']])
  })

  it("lists a user's logins with browser, address and times, the latest seen first, the current one marked", async (t) => {
    const clock = stopClock(t)
    const { app } = await createDevicesApp()
    const names = ['phone', 'laptop', 'tablet']
    const browsers: Browser[] = []
    for (const [position, name] of names.entries()) {
      clock.advance(100)
      const browser = new Browser(app)
      browser.userAgent = name
      browser.address = `192.0.2.${position}`
      await browser.post('/login/1')
      browsers.push(browser)
    }
    await new Browser(app).post('/login/2')
    clock.advance(100)
    const [phone] = browsers
    await phone!.whoami()
    const seen = (await phone!.get('/devices')).json()
    assert.deepEqual(seen.map((login: { userAgent: string }) => login.userAgent), ['phone', 'tablet', 'laptop'])
    assert.deepEqual(seen.map((login: { current: boolean }) => login.current), [true, false, false])
    const now = Date.now() / 1000
    const { ip, startedAt, seenAt, provenAt, hasRememberCookie, id } = seen[0]
    assert.deepEqual([ip, startedAt, seenAt, provenAt, hasRememberCookie], ['192.0.2.0', now - 300, now, now - 300, false])
    assert.equal(id, (await phone!.get('/whoami')).json().login.id)
  })

  it('marks none without a request, none for somebody else, and none for nobody', async () => {
    const { app } = await createStoredApp({
      after: (app) => app.get('/of/2', async (request) => await app.login.logins('2', request))
    })
    const browser = new Browser(app)
    await browser.post('/login/1')
    await new Browser(app).post('/login/2')
    assert.deepEqual((await app.login.logins('1')).map(({ current }) => current), [false])
    for (const asking of [browser, new Browser(app)]) {
      assert.deepEqual((await asking.get('/of/2')).json().map(({ current }: { current: boolean }) => current), [false])
    }
  })

  it('tells nothing that could be used: no secret, no digest, no stamp', async () => {
    const { app, records } = await createDevicesApp({ options: { authHash: (user: User) => user.passwordHash } as Partial<LoginOptions> })
    const browser = new Browser(app)
    await browser.post('/login/1', { remember: true })
    const text = (await browser.get('/devices')).body
    for (const login of JSON.parse(text)) assert.deepEqual(Object.keys(login).sort(), allowed)
    const [record] = await records()
    for (const secret of [record!.secret, record!.remember!.validator, record!.browser, record!.stamp!]) assert.ok(!text.includes(secret))
  })

  it('lists nobody for ids of any bytes and length, and finds users by number, too', async () => {
    const { app } = await createStoredApp()
    await new Browser(app).post('/login/1')
    for (const id of hostile) assert.deepEqual(await app.login.logins(id), [])
    assert.equal((await app.login.logins(1)).length, 1)
    assert.equal((await app.login.logins(1n)).length, 1)
  })

  it('shows a remembered login as such, until its remember cookie ends', async (t) => {
    const clock = stopClock(t)
    const { app } = await createStoredApp({ options: { absoluteTimeout: 3600 } })
    await new Browser(app).post('/login/1', { remember: true, duration: 7200 })
    clock.advance(5400)
    assert.deepEqual((await app.login.logins('1')).map(({ hasRememberCookie }) => hasRememberCookie), [true], 'its cookie may still come back')
    clock.advance(1800)
    assert.deepEqual(await app.login.logins('1'), [])
  })

  it('does not list a login that lapsed by its idle time, unless its remember cookie may still bring it back', async (t) => {
    const clock = stopClock(t)
    const { app } = await createStoredApp({ options: { idleTimeout: 600 } })
    await new Browser(app).post('/login/1')
    await new Browser(app).post('/login/1', { remember: true, duration: 3600 })
    const remembered = async () => (await app.login.logins('1')).map(({ hasRememberCookie }) => hasRememberCookie).sort()
    for (const [seconds, listed] of [[599, [false, true]], [1, [true]], [2999, [true]], [1, []]] as const) {
      clock.advance(seconds)
      assert.deepEqual(await remembered(), listed)
    }
  })

  it('is refused without a store', async () => {
    const { app } = await createApp()
    await assert.rejects(app.login.logins('1'), {
      code: 'FST_LOGIN_STORE_REQUIRED',
      message: 'app.login.logins needs the option store: without one, logins are kept in their cookies and are not listed. Pass one, such as new MemoryStore()'
    })
  })
})

describe('app.login.endLogin', () => {
  it('ends one login, its remember cookie with it, and no other', async () => {
    const { app, told, events } = await createDevicesApp()
    const [here, there] = [new Browser(app), new Browser(app)]
    for (const browser of [here, there]) await browser.post('/login/1', { remember: true })
    const { id } = (await there.get('/whoami')).json().login
    told()
    assert.equal((await here.post('/devices/end', { id })).json().ok, true)
    assert.deepEqual(told(), ['loginEnded'])
    assert.deepEqual(events.at(-1)!.payload, { id, userId: '1', exceptId: null, reason: 'revoked' })
    assert.equal(await there.whoami(), null)
    there.restart()
    assert.equal(await there.whoami(), null)
    assert.equal(await here.whoami(), '1')
  })

  it("never reaches another user's login where the user is named", async () => {
    const { app, told } = await createDevicesApp()
    const [mine, theirs] = [new Browser(app), new Browser(app)]
    await mine.post('/login/1')
    await theirs.post('/login/2')
    const { id } = (await theirs.get('/whoami')).json().login
    told()
    assert.equal((await mine.post('/devices/end', { id })).json().ok, false)
    assert.deepEqual(told(), [])
    assert.equal(await theirs.whoami(), '2')
  })

  it("never reaches the login of another realm's user of the same id", async () => {
    const { app } = await createStoredApp({
      after: async (app) => await app.register(async (scope) => {
        await scope.register(login, { realm: 'admin', loadUser: (id: string) => ({ id, email: '', permissions: [] }) })
        scope.post('/admin/login', async (request) => await request.loginUser({ id: '1', email: '', permissions: [] }))
        scope.get('/admin', (request) => ({ id: request.currentLogin?.id ?? null }))
      })
    })
    const admin = new Browser(app)
    await admin.post('/admin/login')
    const { id } = (await admin.get('/admin')).json()
    assert.ok(id)
    assert.deepEqual(await app.login.logins('1'), [])
    assert.equal(await app.login.endLogin(id, { userId: '1' }), false)
    await app.login.endLogins('1')
    assert.equal((await admin.get('/admin')).json().id, id)
    await app.login.endLogin(id)
    assert.equal((await admin.get('/admin')).json().id, id)
  })

  it('refuses ids of any bytes and length, before they reach the store', async () => {
    const { app, store, told } = await createDevicesApp()
    const browser = new Browser(app)
    await browser.post('/login/1')
    told()
    store.reset()
    for (const id of [...hostile, undefined, null, 1, {}, [], ['A'.repeat(33)], { toString: () => 'A'.repeat(33) }]) {
      assert.equal(await app.login.endLogin(id as string), false)
      assert.equal(await app.login.endLogin(id as string, { userId: '1' }), false)
    }
    assert.deepEqual(store.called, [])
    assert.deepEqual(told(), [])
    for (const id of hostile) assert.deepEqual((await browser.post('/devices/end', { id })).json(), { ok: false })
  })

  it('ends nothing for a user whose id is of any bytes and length', async () => {
    const { app } = await createStoredApp()
    const browser = new Browser(app)
    await browser.post('/login/1')
    const { id } = (await browser.get('/whoami')).json().login
    for (const userId of hostile) assert.equal(await app.login.endLogin(id, { userId }), false)
    assert.equal(await browser.whoami(), '1')
  })

  it('says no, and tells nothing, of a login that there is not, or that has ended', async () => {
    const { app, told } = await createStoredApp()
    const browser = new Browser(app)
    await browser.post('/login/1')
    const { id } = (await browser.get('/whoami')).json().login
    assert.equal(await app.login.endLogin('A'.repeat(33), { userId: '1' }), false)
    assert.equal(await app.login.endLogin(id, { userId: '1' }), true)
    told()
    assert.equal(await app.login.endLogin(id, { userId: '1' }), false)
    assert.equal(await app.login.endLogin('A'.repeat(33)), false)
    assert.deepEqual(told(), [])
  })

  it('ends the login behind the very request: it answers once more, and the next is nobody', async () => {
    const { app } = await createDevicesApp()
    const browser = new Browser(app)
    await browser.post('/login/1', { remember: true })
    const { id } = (await browser.get('/whoami')).json().login
    assert.equal((await browser.post('/devices/end', { id })).json().ok, true)
    assert.equal(await browser.whoami(), null)
  })
})
