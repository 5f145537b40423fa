import assert from 'node:assert/strict'
import { describe, it } from 'node:test'
import type { LightMyRequestResponse } from 'fastify'
import type { LoginOptions } from 'fastify-login'
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

describe('a logout', () => {
  it('against a slow request: its late answer brings nothing back', async (t) => {
    const clock = stopClock(t)
    for (const restart of [false, true]) {
      const { browser, slow, test } = await logIn(true)
      if (restart) browser.restart()
      clock.advance(60)
      const stolen = browser.copy()
      slow.barrier = new Barrier()
      const late = browser.send({ url: '/slow' })
      await slow.barrier.reached
      await browser.post('/logout')
      slow.barrier.open()
      const answer = await late
      assert.deepEqual(setCookies(answer), [], restart ? 'remembered' : 'logged in')
      browser.receive(answer)
      assert.deepEqual(await test.records(), [])
      for (const one of [browser, stolen]) {
        assert.equal(await one.whoami(), null)
        one.restart()
        assert.equal(await one.whoami(), null)
      }
    }
  })

  it('against a write that is on its way: the record does not come back', async (t) => {
    const clock = stopClock(t)
    const acts = [['/confirm', 'POST', false], ['/login/1', 'POST', false], ['/whoami', 'GET', true], ['/members', 'GET', false]] as const
    for (const [url, method, restart] of acts) {
      const { browser, store, test, told } = await logIn(true)
      if (restart) browser.restart()
      clock.advance(60)
      const held = store.hold('update')
      const late = browser.send(method === 'GET' ? { method, url } : { method, url, payload: {} })
      await held.reached
      await browser.copy().post('/logout')
      told()
      held.open()
      assert.deepEqual(setCookies(await late), [], url)
      assert.deepEqual(await test.records(), [], url)
      assert.deepEqual(told(), [], url)
      assert.equal(await browser.whoami(), null, url)
    }
  })

  it('side by side with another: both answer, and it is told at least once that the login ended', async () => {
    const { browser, store, told } = await logIn(true)
    store.gather('find', 2, 'after')
    const answers = await Promise.all([1, 2].map(() => browser.send({ method: 'POST', url: '/logout', payload: {} })))
    assert.deepEqual(answers.map(({ statusCode }) => statusCode), [200, 200])
    assert.ok(told().includes('loginEnded'))
    assert.equal(await browser.whoami(), null)
  })
})

describe('a confirmation', () => {
  it('that races with the writing down of a use is not lost', async (t) => {
    const clock = stopClock(t)
    const { browser, store, test } = await logIn()
    clock.advance(60)
    const confirming = browser.copy()
    const held = store.hold('update')
    const late = confirming.request({ method: 'POST', url: '/confirm', payload: {} })
    await held.reached
    await browser.get('/members')
    held.open()
    assert.equal((await late).json().ok, true)
    const { login, fresh } = (await confirming.get('/whoami')).json()
    assert.deepEqual([fresh, login.provenAt], [true, Date.now() / 1000])
    assert.equal((await onlyRecord(test)).seenAt, Date.now() / 1000)
  })

  it('that races with write after write is not lost either', async () => {
    const { browser, store, test } = await logIn()
    const { secret } = await onlyRecord(test)
    const update = store.update.bind(store)
    let writes = 10
    store.update = async (login, expectedVersion) => {
      const present = await store.memory.find(login.id)
      if (login.secret !== secret && present !== null && writes-- > 0) {
        await store.memory.update({ ...present, version: present.version + 1, seenAt: present.seenAt + 1 }, present.version)
      }
      return await update(login, expectedVersion)
    }
    const answer = await browser.post('/confirm')
    assert.equal(answer.json().ok, true)
    assert.deepEqual(setCookies(answer).map(({ name }) => name), ['login'])
  })

  it('side by side with another: one wins, and nobody is out', async (t) => {
    const clock = stopClock(t)
    const { browser, store, test, told } = await logIn(true)
    store.gather('find', 2, 'after')
    const copies = [browser.copy(), browser.copy()]
    const answers = await Promise.all(copies.map((copy) => copy.request({ method: 'POST', url: '/confirm', payload: {} })))
    assert.deepEqual(answers.map((answer) => setCookies(answer).length).sort(), [0, 1])
    assert.deepEqual(told(), ['userLoginConfirmed'])
    assert.deepEqual(users(await Promise.all(copies.map((copy) => copy.get('/whoami')))), ['1', '1'])
    for (const answer of answers) browser.receive(answer)
    clock.advance(10)
    assert.equal((await browser.get('/whoami')).json().fresh, true)
    assert.equal((await test.records()).length, 1)
  })

  it('of a remembered login that another request restores meanwhile loses nobody their login', async () => {
    const { browser, store, told } = await logIn(true)
    browser.restart()
    const held = store.hold('update')
    const late = browser.send({ method: 'POST', url: '/confirm', payload: {} })
    await held.reached
    await browser.whoami()
    held.open()
    browser.receive(await late)
    assert.equal(await browser.whoami(), '1')
    assert.ok(!told().includes('rememberTokenStolen'))
  })

  it('is not undone by a restore that was found before it, and comes after', async () => {
    const { browser, store } = await logIn(true)
    browser.restart()
    const held = store.hold('update')
    const late = browser.send({ url: '/whoami' })
    await held.reached
    await browser.post('/confirm')
    held.open()
    browser.receive(await late)
    assert.equal((await browser.get('/whoami')).json().fresh, true)
  })

  it('is not undone by a restore at another server that was found before it, and comes after', async () => {
    const { browser, store } = await logIn(true)
    const { app: another, told } = await createStoredApp({ store })
    const restoring = browser.copy(another)
    restoring.restart()
    const held = store.hold('update')
    const late = restoring.send({ url: '/whoami' })
    await held.reached
    await browser.post('/confirm')
    told()
    held.open()
    const answer = await late
    assert.deepEqual([answer.json().user, setCookies(answer), told()], ['1', [], []])
    const { fresh, remembered } = (await browser.get('/whoami')).json()
    assert.deepEqual([fresh, remembered], [true, true])
  })

  it('is not undone by a request from before it that waits for its user at another server', async (t) => {
    const clock = stopClock(t)
    const { browser, store } = await logIn(true)
    const loader = new HeldLoader()
    const { app: another } = await createStoredApp({ store, options: { loadUser: loader.loadUser } as never })
    const loading = loader.hold()
    const late = browser.copy(another).send({ url: '/whoami' })
    await loading.reached
    clock.advance(1)
    await browser.post('/confirm')
    // That server looks at the record again.
    await another.login.endLogins('1', { except: (await browser.get('/whoami')).json().login.id })
    clock.advance(10)
    loading.open()
    const answer = await late
    assert.deepEqual([answer.json().user, setCookies(answer)], ['1', []])
    assert.equal((await browser.get('/whoami')).json().fresh, true)
  })

  it('is not undone by a use that was found before it', async (t) => {
    const clock = stopClock(t)
    const { browser, store } = await logIn()
    clock.advance(60)
    const held = store.hold('update')
    const late = browser.send({ url: '/members' })
    await held.reached
    await browser.post('/confirm')
    held.open()
    browser.receive(await late)
    assert.equal((await browser.get('/whoami')).json().fresh, true)
  })
})

describe('an older secret in its grace', () => {
  it('changes nothing of the record, whatever is asked of it: logging in again begins another login', async () => {
    const { browser, store, test } = await logIn(true)
    const older = browser.copy()
    await browser.post('/confirm')
    const before = await onlyRecord(test)
    store.reset()
    for (const url of ['/whoami', '/members', '/vault']) assert.deepEqual(setCookies(await older.send({ url })), [], url)
    assert.deepEqual((await older.post('/confirm')).json(), { ok: false })
    assert.deepEqual(store.writes, [])
    for (const payload of [{}, { remember: true }]) {
      const proven = older.copy()
      assert.deepEqual((await proven.post('/login/1', payload)).json(), { ok: true })
      assert.deepEqual(await store.find(before.id), before)
      const { user, fresh, login } = (await proven.get('/whoami')).json()
      assert.deepEqual([user, fresh, login.id === before.id], ['1', true, false])
    }
  })
})

describe('a request that waits for its user', () => {
  async function logInLoaded (options: Partial<LoginOptions> = {}) {
    const loader = new HeldLoader()
    const test = await logIn(true, { options: { ...options, loadUser: loader.loadUser } as never })
    const wait = async () => {
      const loading = loader.hold()
      const late = test.browser.send({ url: '/whoami' })
      await loading.reached
      return async () => {
        loading.open()
        const answer = await late
        test.browser.receive(answer)
        return answer.json()
      }
    }
    return { ...test, wait }
  }

  it('finds nobody after a logout, although another logout was first, and still waits for the store', async () => {
    const { browser, store, wait } = await logInLoaded()
    const goOn = await wait()
    const ended = store.hold('remove', 'after')
    const first = browser.send({ method: 'POST', url: '/logout', payload: {} })
    await ended.reached
    await browser.send({ method: 'POST', url: '/logout', payload: {} })
    assert.equal((await goOn()).user, null)
    ended.open()
    await first
  })

  it('finds nobody after an end of its login that was under way when it looked', async () => {
    const { app, store, records, wait } = await logInLoaded()
    const [login] = await records()
    const removing = store.hold('remove')
    const ending = app.login.endLogin(login!.id)
    await removing.reached
    const goOn = await wait()
    removing.open()
    await ending
    assert.equal((await goOn()).user, null)
  })

  it('finds nobody after its user has logged in elsewhere, beyond the number of logins that is allowed', async () => {
    const { app, wait } = await logInLoaded({ maxLogins: 1, onMaxLogins: 'end-oldest' } as Partial<LoginOptions>)
    const goOn = await wait()
    await new Browser(app).post('/login/1')
    assert.equal((await goOn()).user, null)
  })

  it('asks the store once where the login was merely used meanwhile', async (t) => {
    const clock = stopClock(t)
    const { browser, store, wait } = await logInLoaded()
    store.reset()
    const goOn = await wait()
    clock.advance(60)
    await browser.get('/whoami')
    assert.deepEqual(store.writes, ['update'])
    store.reset()
    assert.equal((await goOn()).user, '1')
    assert.deepEqual(store.called.filter((method) => method === 'find'), [])
  })

  it('takes no cookie from its browser where its remember token was replaced twice meanwhile', async (t) => {
    const clock = stopClock(t)
    const { browser, wait, told } = await logInLoaded()
    browser.restart()
    const goOn = await wait()
    for (const seconds of [1, 61]) {
      clock.advance(seconds)
      browser.restart()
      for (const visit of ['restores', 'sees']) assert.equal(await browser.whoami(), '1', visit)
    }
    const { user, lapse } = await goOn()
    assert.deepEqual([user, lapse], [null, 'superseded'])
    browser.restart()
    assert.equal(await browser.whoami(), '1')
    assert.ok(!told().includes('rememberTokenStolen'))
  })

  it('finds nobody after a login as another user, although another server was first to end the login', async () => {
    const { browser, store, records, wait } = await logInLoaded()
    const goOn = await wait()
    const { app: another } = await createStoredApp({ store })
    const [login] = await records()
    const creating = store.hold('create')
    const switching = browser.send({ method: 'POST', url: '/login/2', payload: {} })
    await creating.reached
    await another.login.endLogin(login!.id)
    creating.open()
    await switching
    assert.equal((await goOn()).user, null)
  })
})

describe('a login as another user', () => {
  it('writes nothing where the old login was ended meanwhile', async () => {
    const { app, browser, store, test } = await logIn()
    const [login] = await app.login.logins('1')
    const ending = store.hold('update')
    const late = browser.send({ method: 'POST', url: '/login/2', payload: {} })
    await ending.reached
    await app.login.endLogin(login!.id)
    ending.open()
    const answer = await late
    assert.deepEqual([answer.statusCode, setCookies(answer)], [200, []])
    assert.deepEqual(await test.records('2'), [])
    assert.equal(await browser.whoami(), null)
  })

  it('writes nothing where the old login was proven meanwhile', async () => {
    const { browser, store, test } = await logIn()
    const ending = store.hold('update')
    const late = browser.send({ method: 'POST', url: '/login/2', payload: {} })
    await ending.reached
    await browser.post('/confirm')
    ending.open()
    browser.receive(await late)
    assert.equal(await browser.whoami(), '1')
    assert.deepEqual(await test.records('2'), [])
  })

  it('leaves the old login as it was where the new one cannot be kept', async () => {
    const { app, browser, store, test, told } = await logIn(true)
    const before = await onlyRecord(test)
    store.failOnce('create')
    assert.equal((await browser.post('/login/2')).statusCode, 503)
    assert.deepEqual({ ...await onlyRecord(test), version: 0 }, { ...before, version: 0 })
    const creating = store.hold('create')
    const late = browser.send({ method: 'POST', url: '/login/2', payload: {} })
    await creating.reached
    await app.login.endLogins('2')
    told()
    creating.open()
    assert.deepEqual([setCookies(await late), told()], [[], []], 'it began before all logins of its user were ended')
    assert.equal(await browser.whoami(), '1')
    browser.restart()
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
    assert.equal((await test.records('2')).length, 1)
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
