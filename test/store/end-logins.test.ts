import assert from 'node:assert/strict'
import { describe, it } from 'node:test'
import login from 'fastify-login'
import { Browser, setCookies } from '../support/browser.ts'
import { stopClock } from '../support/clock.ts'
import { createStoredApp } from '../support/store.ts'

async function logInTwice (setup: Parameters<typeof createStoredApp>[0] = {}) {
  const test = await createStoredApp(setup)
  const [here, there, stranger] = [new Browser(test.app), new Browser(test.app), new Browser(test.app)]
  for (const browser of [here, there]) await browser.post('/login/1', { remember: true })
  await stranger.post('/login/2', { remember: true })
  const { id } = (await here.get('/whoami')).json().login
  test.told()
  return { ...test, test, here, there, stranger, id }
}

describe('app.login.endLogins', () => {
  it('ends all logins of a user, remembered or not, and nobody else', async () => {
    const { app, here, there, stranger, told, events } = await logInTwice()
    await app.login.endLogins('1')
    assert.deepEqual(told(), ['loginEnded'])
    assert.deepEqual(events.at(-1)!.payload, { id: null, userId: '1', exceptId: null, reason: 'revoked' })
    for (const browser of [here, there]) {
      assert.equal((await browser.get('/whoami')).json().user, null)
      browser.restart()
      assert.equal(await browser.whoami(), null)
    }
    assert.equal(await stranger.whoami(), '2')
    assert.deepEqual(await app.login.logins('1'), [])
  })

  it('leaves alone the one that is excepted, its remember cookie included', async () => {
    const { app, here, there, id, events } = await logInTwice()
    await app.login.endLogins('1', { except: id })
    assert.equal(events.at(-1)!.payload['exceptId'], id)
    assert.equal(await here.whoami(), '1')
    assert.equal(await there.whoami(), null)
    here.restart()
    assert.equal(await here.whoami(), '1')
    assert.equal((await here.get('/whoami')).json().login.id, id)
  })

  it('excepts no login of another user, nor an id that is none', async () => {
    const { app, here, there, stranger } = await logInTwice()
    const { id } = (await stranger.get('/whoami')).json().login
    await app.login.endLogins('1', { except: id })
    for (const browser of [here, there]) assert.equal(await browser.whoami(), null)
    assert.equal(await stranger.whoami(), '2')
  })

  it('lets nothing that is no id of a login reach the store', async () => {
    const { app, store, here } = await logInTwice()
    store.reset()
    for (const except of ['', '\0', "' or '1'='1", 'x'.repeat(100_000), '\ud800']) await app.login.endLogins('1', { except })
    for (const { args: [, except] } of store.calls) assert.match(String(except ?? 'A'.repeat(33)), /^[\w-]{33}$/)
    assert.equal(await here.whoami(), null)
  })

  it('ends a login that is under way: its request had arrived before', async (t) => {
    const clock = stopClock(t)
    const { app, store } = await createStoredApp()
    const browser = new Browser(app)
    const held = store.hold('create')
    const late = browser.send({ method: 'POST', url: '/login/1', payload: { remember: true } })
    await held.reached
    clock.advance(1)
    await app.login.endLogins('1')
    held.open()
    assert.deepEqual(setCookies(await late), [])
    assert.deepEqual(await app.login.logins('1'), [])
    clock.advance(1)
    await browser.post('/login/1')
    assert.equal(await browser.whoami(), '1', 'and a login after it begins')
  })

  it('tells no login that it prevented', async (t) => {
    const clock = stopClock(t)
    const { app, store, told } = await createStoredApp()
    const held = store.hold('create')
    const late = new Browser(app).send({ method: 'POST', url: '/login/1', payload: {} })
    await held.reached
    clock.advance(1)
    await app.login.endLogins('1')
    told()
    held.open()
    await late
    assert.deepEqual(told(), [])
  })

  it('ends a restore and a confirmation that are under way', async () => {
    for (const [url, restart] of [['/confirm', false], ['/confirm', true], ['/login/1', false], ['/login/1', true]] as const) {
      const { app, store, here } = await logInTwice()
      if (restart) here.restart()
      const held = store.hold('update')
      const late = here.send({ method: 'POST', url, payload: {} })
      await held.reached
      await app.login.endLogins('1')
      held.open()
      assert.deepEqual(setCookies(await late), [], url)
      assert.equal(await here.whoami(), null)
      assert.deepEqual(await app.login.logins('1'), [])
    }
  })

  it('excepts a login that began in the same request', async () => {
    const { app, there } = await logInTwice({
      after: (app, users) => app.post('/login/alone', async (request) => {
        await request.loginUser(users.get('1')!)
        await app.login.endLogins('1', { except: request.currentLogin!.id })
        return request.currentLogin
      })
    })
    const browser = new Browser(app)
    const { id } = (await browser.post('/login/alone')).json()
    assert.equal((await browser.get('/whoami')).json().login?.id, id)
    assert.equal(await there.whoami(), null)
    assert.deepEqual((await app.login.logins('1')).map((one) => one.id), [id])
  })

  it('does not except it against a later call that named another, or none', async (t) => {
    const clock = stopClock(t)
    for (const except of ['A'.repeat(33), null]) {
      const { app, store } = await createStoredApp({
        after: (app, users) => app.post('/login/alone', async (request) => {
          await request.loginUser(users.get('1')!)
          await app.login.endLogins('1', { except: request.currentLogin!.id })
        })
      })
      const held = store.hold('create')
      const browser = new Browser(app)
      const late = browser.post('/login/alone')
      await held.reached
      clock.advance(1)
      await app.login.endLogins('1', { except })
      held.open()
      assert.deepEqual(setCookies(await late), [])
      assert.equal(await browser.whoami(), null)
    }
  })

  it('ends the sessions of a user whose id is as odd as it may be', async () => {
    const id = "' or 1=1 --\n\0*".padEnd(255, '%')
    const { app } = await createStoredApp({
      options: { loadUser: (id: string) => ({ id, name: 'odd' }) },
      after: (app) => app.post('/odd', async (request) => await request.loginUser({ id, name: 'odd' }))
    })
    const [odd, other] = [new Browser(app), new Browser(app)]
    await odd.post('/odd')
    await other.post('/login/1')
    assert.equal(await odd.whoami(), id)
    assert.equal((await app.login.logins(id)).length, 1)
    await app.login.endLogins(id)
    assert.equal(await odd.whoami(), null)
    assert.equal(await other.whoami(), '1')
  })
})

describe('app.login.endEveryLogin', () => {
  it('ends every login of every user, and lets new ones begin', async (t) => {
    const clock = stopClock(t)
    const { app, here, there, stranger, told, events } = await logInTwice()
    clock.advance(1)
    await app.login.endEveryLogin()
    assert.deepEqual(told(), ['loginEnded'])
    assert.deepEqual(events.at(-1)!.payload, { id: null, userId: null, exceptId: null, reason: 'revoked' })
    for (const browser of [here, there, stranger]) {
      assert.equal(await browser.whoami(), null)
      browser.restart()
      assert.equal(await browser.whoami(), null)
    }
    clock.advance(1)
    await here.post('/login/1')
    assert.equal(await here.whoami(), '1')
  })

  it('ends a login that is under way', async (t) => {
    const clock = stopClock(t)
    const { app, store } = await createStoredApp()
    const browser = new Browser(app)
    const held = store.hold('create')
    const late = browser.send({ method: 'POST', url: '/login/1', payload: {} })
    await held.reached
    clock.advance(1)
    await app.login.endEveryLogin()
    held.open()
    assert.deepEqual(setCookies(await late), [])
  })

  it('ends the logins of every realm', async (t) => {
    const clock = stopClock(t)
    const { app } = await createStoredApp({
      after: async (app) => await app.register(async (scope) => {
        await scope.register(login, { realm: 'admin', loadUser: (id: string) => ({ id, email: '', permissions: [] }) })
        scope.post('/admin/login', async (request) => await request.loginUser({ id: '1', email: '', permissions: [] }))
        scope.get('/admin', (request) => ({ user: (request.currentUser as { id: string } | null)?.id ?? null }))
      })
    })
    const admin = new Browser(app)
    await admin.post('/admin/login')
    clock.advance(1)
    await app.login.endEveryLogin()
    assert.equal((await admin.get('/admin')).json().user, null)
  })
})
