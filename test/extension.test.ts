/** What extensions of the plugin build on. */
import assert from 'node:assert/strict'
import { describe, test } from 'node:test'
import Fastify from 'fastify'
import login, { type LoginManager } from 'fastify-login'
import { Browser } from './support/browser.ts'
import { createApp } from './support/app.ts'
import { createStoredApp, onlyRecord } from './support/store.ts'
import { stopClock } from './support/clock.ts'

describe('a seal of one\'s own', () => {
  async function createManagers (key: string | string[]): Promise<[LoginManager, LoginManager, ReturnType<typeof Fastify>]> {
    const app = Fastify()
    await app.register(login, { key, loadUser: () => null })
    let inner: LoginManager | null = null
    await app.register(async (scope) => {
      await scope.register(login, { realm: 'admin', loadUser: () => null } as never)
      inner = scope.login
    })
    return [app.login, inner as unknown as LoginManager, app]
  }
  const key = 'a secret of at least thirty-two bytes'

  test('opens what it sealed, and nothing else', async () => {
    const [manager, , app] = await createManagers(key)
    const seal = await manager.createSeal(app, 'parcel')
    const value = seal.seal(['a', 1, null, { deep: [true] }])
    assert.match(value, /^[\w.-]+$/)
    assert.deepEqual(seal.open(value), ['a', 1, null, { deep: [true] }])
    for (const other of ['', 'x', `${value}x`, value.slice(1), value.replace('.', ';')]) assert.equal(seal.open(other), null)
    await app.close()
  })

  test('opens nothing of another purpose or realm, nor of the plugin itself', async () => {
    const [manager, admins, app] = await createManagers(key)
    const seal = await manager.createSeal(app, 'login')
    const value = seal.seal([1])
    assert.equal((await manager.createSeal(app, 'other')).open(value), null)
    assert.equal((await admins.createSeal(app, 'login')).open(value), null)
    const { app: site } = await createApp()
    const browser = new Browser(site)
    await browser.post('/login/1')
    browser.cookies.set('login', { value, persistent: false })
    assert.equal(await browser.whoami(), null)
    await app.close()
    await site.close()
  })

  test('opens what was sealed with an older key', async () => {
    const [before, , one] = await createManagers(key)
    const value = (await before.createSeal(one, 'parcel')).seal([1])
    const [after, , other] = await createManagers(['a newer secret of at least thirty-two bytes', key])
    assert.deepEqual((await after.createSeal(other, 'parcel')).open(value), [1])
    await one.close()
    await other.close()
  })

  test('of a shape opens nothing that is of another', async () => {
    const [manager, , app] = await createManagers(key)
    const seal = await manager.createSeal(app, 'parcel', ['text', 'number', 'boolean', 'text or null', 'any'])
    for (const facts of [['a', 1, true, null, null], ['', -0.5, false, 'b', { deep: [] }]]) assert.deepEqual(seal.open(seal.seal(facts)), facts)
    for (const facts of [[], ['a', 1, true, null], ['a', 1, true, null, null, 1], [1, 1, true, null, 1], ['a', '1', true, null, 1], ['a', NaN, true, null, 1], ['a', 1, 1, null, 1], ['a', 1, true, 0, 1]]) {
      assert.equal(seal.open(seal.seal(facts)), null, JSON.stringify(facts))
    }
    const facts = ['a', 1, true, null, null]
    assert.equal(seal.open((await manager.createSeal(app, 'parcel')).seal(facts)), null)
    assert.equal(seal.open((await manager.createSeal(app, 'parcel', ['text', 'number', 'boolean', 'any', 'any'])).seal(facts)), null)
    for (const wrong of ['text', ['txt'], [null], ['toString'], {}, 7]) {
      await assert.rejects(manager.createSeal(app, 'parcel', wrong as never), {
        code: 'FST_LOGIN_INVALID_ARGUMENT',
        message: "fastify-login: the shape of a seal must be null or an array of 'text', 'number', 'boolean', 'text or null', 'any'"
      })
    }
    await app.close()
  })

  test('has a purpose that is a name', async () => {
    const [manager, , app] = await createManagers(key)
    for (const purpose of ['', 'a b', 'a/b', 'x'.repeat(65)]) {
      const message = 'The purpose of a seal may be a name of letters, digits, - and _'
      await assert.rejects(manager.createSeal(app, purpose), { code: 'FST_LOGIN_INVALID_ARGUMENT', message })
    }
    await app.close()
  })
})

describe('data kept with a login', () => {
  const data = { basket: ['a book'] }

  async function createBrowser (more: object = { data }) {
    const stored = await createStoredApp({
      after: (app, users) => app.post('/begin', async (request) => ({ ok: await request.loginUser(users.get('1') as never, more) }))
    })
    const browser = new Browser(stored.app)
    await browser.post('/begin')
    const { login: { id } } = (await browser.get('/whoami')).json() as { login: { id: string } }
    return { ...stored, browser, id, manager: stored.app.login }
  }

  test('is there as long as the login, and null where there is none', async (t) => {
    const clock = stopClock(t)
    const { app, browser, manager, id } = await createBrowser()
    assert.deepEqual(await manager.loginData(id), data)
    clock.advance(60)
    await browser.post('/confirm')
    assert.deepEqual(await manager.loginData(id), data)
    await browser.post('/login/1')
    assert.deepEqual(await manager.loginData(id), data, 'a login that names none leaves it')
    await browser.post('/logout')
    assert.equal(await manager.loginData(id), null)
    await browser.post('/login/2')
    assert.equal(await manager.loginData((await browser.get('/whoami')).json().login.id), null)
    await app.close()
  })

  test('is replaced by what a function makes of it, also by two at the same moment', async () => {
    const stored = await createBrowser({ data: 0 })
    const { app, manager, id, store, browser } = stored
    store.gather('find', 2, 'after')
    await Promise.all([1, 2].map(() => manager.changeLoginData(id, (count) => Number(count) + 1)))
    assert.equal(await manager.loginData(id), 2)
    assert.equal((await onlyRecord(stored)).version, 2, 'each change is a version that no record of this login had before')
    assert.equal(await manager.changeLoginData(id, () => undefined), 2)
    await assert.rejects(manager.changeLoginData(id, async () => 3), { code: 'FST_LOGIN_INVALID_ARGUMENT', message: /at once.*a promise/ })
    assert.equal(await manager.loginData(id), 2)
    assert.equal(await browser.whoami(), '1')
    assert.equal(await manager.changeLoginData('no such login', () => 1), null)
    await app.close()
  })

  test('is given up where somebody else is always first', async () => {
    const { app, manager, id, store } = await createBrowser()
    store.update = async () => false
    let asked = 0
    await assert.rejects(manager.changeLoginData(id, () => ++asked), { code: 'FST_LOGIN_STORE_UNAVAILABLE', statusCode: 503 })
    assert.equal(asked, 10, 'after ten times')
    assert.deepEqual(await manager.loginData(id), data)
    await app.close()
  })

  test('is given up where the store is', async () => {
    const { app, manager, id, store } = await createBrowser()
    store.fail()
    await assert.rejects(manager.loginData(id), { code: 'FST_LOGIN_STORE_UNAVAILABLE' })
    await assert.rejects(manager.changeLoginData(id, () => 1), { code: 'FST_LOGIN_STORE_UNAVAILABLE' })
    store.heal()
    assert.deepEqual(await manager.loginData(id), data)
    await app.close()
  })

  test('needs a store', async () => {
    const { app } = await createApp({ after: (site, users) => site.post('/begin', (request) => request.loginUser(users.get('1') as never, { data })) })
    const why = 'needs the option store: without one, logins are kept in their cookies and are not listed. Pass one, such as new MemoryStore()'
    const { code, message } = (await app.inject({ method: 'POST', url: '/begin' })).json()
    assert.deepEqual([code, message], ['FST_LOGIN_STORE_REQUIRED', `The option data of loginUser ${why}`])
    assert.equal(app.login.store, null)
    await assert.rejects(app.login.loginData('x'), { code: 'FST_LOGIN_STORE_REQUIRED', message: `app.login.loginData ${why}` })
    await assert.rejects(app.login.changeLoginData('x', () => 1), { code: 'FST_LOGIN_STORE_REQUIRED', message: `app.login.changeLoginData ${why}` })
    await app.close()
  })
})

describe('the data of a login', () => {
  test('of another realm, or of an id of any bytes, is none', async () => {
    const { app, store } = await createStoredApp({
      after: (app) => app.register(async (scope) => {
        await scope.register(login, { realm: 'admin', loadUser: (id) => ({ id, email: 'a', permissions: [] }) })
        scope.get('/admin/data/:id', async (request) => await scope.login.loginData((request.params as { id: string }).id))
        scope.post('/admin/data/:id', async (request) => await scope.login.changeLoginData((request.params as { id: string }).id, () => 'changed'))
        scope.post('/mine', async (request) => await request.loginUser({ id: '1', email: 'a', permissions: [] }, { data: 'mine' }))
      })
    })
    const browser = new Browser(app)
    await browser.post('/login/1', { data: { kept: 'by a member' } })
    const { id } = (await browser.get('/whoami')).json().login
    assert.deepEqual(await app.login.loginData(id), { kept: 'by a member' })
    assert.equal((await browser.get(`/admin/data/${id}`)).json(), null)
    assert.equal((await browser.post(`/admin/data/${id}`)).json(), null)
    assert.deepEqual(await app.login.loginData(id), { kept: 'by a member' })
    store.reset()
    for (const hostile of ['', 'é', 'x'.repeat(100_000), `${id} `, '__proto__']) assert.equal(await app.login.loginData(hostile), null)
    assert.deepEqual(store.called, [], 'none of them reached the store')
  })
})
