import assert from 'node:assert/strict'
import { describe, it } from 'node:test'
import type { LightMyRequestResponse } from 'fastify'
import { Barrier } from '../support/barrier.ts'
import { Browser, setCookies } from '../support/browser.ts'
import { stopClock } from '../support/clock.ts'
import { HeldLoader } from '../support/held-loader.ts'
import { createStoredApp, onlyRecord } from '../support/store.ts'

async function logIn (remember = false, setup: Parameters<typeof createStoredApp>[0] = {}) {
  const slow: { barrier: Barrier | null } = { barrier: null }
  const test = await createStoredApp({
    ...setup,
    after: (app) => {
      app.get('/slow', async (request) => {
        await slow.barrier?.pass()
        return request.currentLogin
      })
      app.post('/confirm/whom', async (request) => ({ user: (request.currentUser as { id: string } | null)?.id ?? null, ok: await request.confirmLogin() }))
    }
  })
  const browser = new Browser(test.app)
  await browser.post('/login/1', { remember })
  test.told()
  test.store.reset()
  return { ...test, test, browser, slow }
}

const users = (answers: LightMyRequestResponse[]) => answers.map((answer) => answer.json().user)

/** Sends so many requests side by side: each has found the login before any changes it. */
async function sideBySide (browser: Browser, store: { gather: (method: 'find', count: number, point: 'after') => void }, count: number, url = '/whoami') {
  store.gather('find', count, 'after')
  return await Promise.all(Array.from({ length: count }, () => browser.send({ url })))
}

describe('a restore whose user is loaded for long', () => {
  it('keeps its user, and has nothing to confirm, where another restore replaced its token meanwhile', async () => {
    const loader = new HeldLoader()
    const { browser } = await logIn(true, { options: { loadUser: loader.loadUser } as never })
    browser.restart()
    const slow = browser.copy()
    const barrier = loader.hold()
    const answering = slow.send({ method: 'POST', url: '/confirm/whom', payload: {} })
    await barrier.reached
    assert.equal(await browser.whoami(), '1')
    barrier.open()
    const answer = await answering
    assert.deepEqual([answer.json(), setCookies(answer)], [{ user: '1', ok: false }, []])
  })
})

describe('50 restores of one remember token, side by side', () => {
  it('give one rotation, 50 logged-in answers and no alarm', async () => {
    const { test, browser, store, told } = await logIn(true)
    browser.restart()
    const { id } = await onlyRecord(test)
    const answers = await sideBySide(browser, store, 50)
    assert.deepEqual(users(answers), Array.from({ length: 50 }, () => '1'))
    assert.deepEqual(store.writes, ['update'])
    assert.deepEqual(told(), ['userLoadedFromCookie'])
    const setting = answers.filter((answer) => setCookies(answer).length > 0)
    assert.equal(setting.length, 1, 'answers that set cookies')
    for (const answer of answers) browser.receive(answer)
    assert.equal((await browser.get('/whoami')).json().login.id, id)
    browser.restart()
    assert.equal(await browser.whoami(), '1')
    assert.ok(!told().includes('rememberTokenStolen'))
  })

  it('of which half come a moment later give one rotation, too', async () => {
    const { browser, store, told } = await logIn(true)
    browser.restart()
    const first = await sideBySide(browser, store, 25)
    const second = await sideBySide(browser, store, 25)
    assert.deepEqual(users([...first, ...second]), Array.from({ length: 50 }, () => '1'))
    assert.deepEqual(store.writes, ['update'])
    assert.ok(!told().includes('rememberTokenStolen'))
  })

  it('of which some come while the browser already uses the successor raise no alarm', async () => {
    const { browser, store, told } = await logIn(true)
    browser.restart()
    const older = browser.copy()
    await browser.whoami()
    await browser.whoami()
    assert.deepEqual(users(await sideBySide(older, store, 10)), Array.from({ length: 10 }, () => '1'))
    assert.ok(!told().includes('rememberTokenStolen'))
    assert.equal(await browser.whoami(), '1')
  })

  it('after the grace give one rotation again', async (t) => {
    const clock = stopClock(t)
    const { browser, store, told, test } = await logIn(true)
    browser.restart()
    await browser.send({ url: '/whoami' })
    clock.advance(60)
    store.reset()
    const answers = await sideBySide(browser, store, 50)
    assert.deepEqual(users(answers), Array.from({ length: 50 }, () => '1'))
    assert.deepEqual(store.writes, ['update'])
    assert.ok(!told().includes('rememberTokenStolen'))
    for (const answer of answers) browser.receive(answer)
    browser.restart()
    assert.equal(await browser.whoami(), '1')
    assert.equal((await test.records()).length, 1)
  })

  it('never yield two live successors', async (t) => {
    const clock = stopClock(t)
    const { browser, store } = await logIn(true)
    browser.restart()
    const answers = await sideBySide(browser, store, 10)
    const successors = answers.filter((answer) => setCookies(answer).some(({ name }) => name === 'remember_token')).map((answer) => {
      const successor = browser.copy()
      successor.receive(answer)
      successor.restart()
      return successor
    })
    clock.advance(3600)
    assert.equal(successors.length, 1)
    assert.equal(await successors[0]!.whoami(), '1')
  })
})

describe('a request that waits for its user', () => {
  async function wait () {
    const loader = new HeldLoader()
    const test = await logIn(true, { options: { loadUser: loader.loadUser } as never })
    const loading = loader.hold()
    const late = test.browser.send({ url: '/whoami' })
    await loading.reached
    const goOn = async () => {
      loading.open()
      return (await late).json().user
    }
    return { ...test, goOn }
  }

  it('finds nobody after a logout, although another was first to end the login, and waits for the answer of the store', async () => {
    const { browser, store, goOn } = await wait()
    const ended = store.hold('remove', 'after')
    const first = browser.send({ method: 'POST', url: '/logout', payload: {} })
    await ended.reached
    await browser.send({ method: 'POST', url: '/logout', payload: {} })
    assert.equal(await goOn(), null)
    ended.open()
    await first
  })

  it('finds nobody after a login as another user, although another server was first to end the login', async () => {
    const { browser, store, records, goOn } = await wait()
    const { app: another } = await createStoredApp({ store })
    const [login] = await records()
    const creating = store.hold('create')
    const switching = browser.send({ method: 'POST', url: '/login/2', payload: {} })
    await creating.reached
    await another.login.endLogin(login!.id)
    creating.open()
    await switching
    assert.equal(await goOn(), null)
  })
})

describe('a login as another user', () => {
  it('writes nothing where the old login was ended meanwhile', async () => {
    const { app, browser, store, test } = await logIn()
    const [login] = await app.login.logins('1')
    // The request itself asks once, and its answer asks again.
    const asking = store.hold('find', 'after')
    const late = browser.send({ method: 'POST', url: '/login/2', payload: {} })
    await asking.reached
    const again = store.hold('find')
    asking.open()
    await again.reached
    await app.login.endLogin(login!.id)
    again.open()
    const answer = await late
    assert.deepEqual([answer.statusCode, setCookies(answer)], [200, []])
    assert.deepEqual(await test.records('2'), [])
    assert.equal(await browser.whoami(), null)
  })

  it('writes nothing where the old login was proven meanwhile', async () => {
    const { browser, store, test } = await logIn()
    const asking = store.hold('find', 'after')
    const late = browser.send({ method: 'POST', url: '/login/2', payload: {} })
    await asking.reached
    const again = store.hold('find')
    asking.open()
    await again.reached
    await browser.post('/confirm')
    again.open()
    browser.receive(await late)
    assert.equal(await browser.whoami(), '1')
    assert.deepEqual(await test.records('2'), [])
  })

  it('side by side with another: the browser ends up with one of them, and the records with no dead weight', async () => {
    const { browser, store, test } = await logIn()
    store.gather('find', 2, 'after')
    const answers = await Promise.all([1, 2].map(() => browser.send({ method: 'POST', url: '/login/2', payload: {} })))
    for (const answer of answers) browser.receive(answer)
    assert.equal(await browser.whoami(), '2')
    assert.deepEqual(await test.records('1'), [])
  })
})

describe('a login that is made stale', () => {
  it('by many requests side by side is told once', async () => {
    const { browser, store, told } = await logIn()
    browser.userAgent = 'Chrome'
    await sideBySide(browser, store, 10)
    assert.deepEqual(told(), ['sessionProtected'])
    assert.equal((await browser.get('/whoami')).json().fresh, false)
  })

  it('while it is proven stays stale only if the proof came first', async () => {
    const { browser, store } = await logIn()
    const elsewhere = browser.copy()
    elsewhere.userAgent = 'Chrome'
    const held = store.hold('update')
    const proving = browser.send({ method: 'POST', url: '/confirm', payload: {} })
    await held.reached
    await elsewhere.get('/whoami')
    held.open()
    browser.receive(await proving)
    assert.equal((await browser.get('/whoami')).json().fresh, true)
  })
})
