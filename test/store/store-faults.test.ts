import assert from 'node:assert/strict'
import { describe, it } from 'node:test'
import type { LoginRecord } from 'fastify-login'
import { Browser, setCookies } from '../support/browser.ts'
import { stopClock } from '../support/clock.ts'
import { createStoredApp, onlyRecord, type Method } from '../support/store.ts'

async function logIn (remember = false, setup: Parameters<typeof createStoredApp>[0] = {}) {
  const test = await createStoredApp(setup)
  const browser = new Browser(test.app)
  await browser.post('/login/1', { remember })
  test.told()
  test.store.reset()
  return { ...test, test, browser }
}

type Logged = Awaited<ReturnType<typeof logIn>>

/** What records say. Their versions rise also where a change is taken back. */
const facts = (records: readonly LoginRecord[]) => records.map(({ version, ...said }) => said)

/** Sends a request that must answer 503, without a cookie, an event or a change of any record. */
async function refused ({ test, told }: Pick<Logged, 'test' | 'told'>, browser: Browser, method: 'GET' | 'POST', url: string, payload = {}) {
  const before = await test.records()
  const answer = await browser.request(method === 'GET' ? { method, url } : { method, url, payload })
  assert.equal(answer.statusCode, 503, `${method} ${url}`)
  assert.equal(answer.json().code, 'FST_LOGIN_STORE_UNAVAILABLE')
  assert.deepEqual(setCookies(answer), [], `${method} ${url}`)
  assert.deepEqual(facts(await test.records()), facts(before), `${method} ${url}`)
  assert.deepEqual(told(), [], `${method} ${url}`)
}

describe('a store that cannot be reached', () => {
  it('fails the requests that need it, with nothing written, and logs nobody out', async () => {
    const logged = await logIn(true)
    const { browser, store, app } = logged
    const remembered = new Browser(app)
    await remembered.post('/login/1', { remember: true })
    remembered.restart()
    store.reset()
    logged.told()
    store.fail()
    for (const one of [browser, remembered]) {
      for (const url of ['/', '/whoami', '/members', '/vault']) await refused(logged, one, 'GET', url)
      for (const url of ['/login/1', '/login/2', '/confirm', '/logout']) await refused(logged, one, 'POST', url)
    }
    await refused(logged, new Browser(app), 'POST', '/login/1', { remember: true })
    store.heal()
    assert.equal(await browser.whoami(), '1')
    assert.equal((await browser.get('/whoami')).json().fresh, true)
    assert.equal(await remembered.whoami(), '1')
    browser.restart()
    assert.equal(await browser.whoami(), '1')
  })

  it('is no matter to anonymous visitors, to cookies that are none of ours, nor to routes that ignore logins', async () => {
    const { app, store, browser } = await logIn(false, { after: (app) => app.get('/asset', { config: { login: 'ignored' } }, () => 'asset') })
    store.fail()
    const visitor = new Browser(app)
    assert.equal((await visitor.get('/')).statusCode, 200)
    assert.deepEqual((await visitor.get('/whoami')).json().user, null)
    assert.equal((await visitor.get('/members')).statusCode, 401)
    visitor.cookies.set('login', { value: 'forged.forged', persistent: false })
    assert.equal((await visitor.get('/')).statusCode, 200)
    assert.equal((await browser.get('/asset')).statusCode, 200)
    assert.deepEqual(store.called, [])
  })

  it('fails what asks it by name: lists and revocations', async () => {
    const { app, store, told } = await logIn()
    store.fail()
    const calls = [
      () => app.login.logins('1'), () => app.login.endLogins('1'), () => app.login.endEveryLogin(),
      () => app.login.endLogin('A'.repeat(33)), () => app.login.endLogin('A'.repeat(33), { userId: '1' })
    ]
    for (const call of calls) await assert.rejects(call, { code: 'FST_LOGIN_STORE_UNAVAILABLE', statusCode: 503, cause: new Error('connection lost') })
    assert.deepEqual(told(), [])
  })

  it('is told to the application, with its own error, and not to the visitor', async () => {
    const seen: Array<{ code?: string, cause?: unknown }> = []
    const { browser, store } = await logIn(false, {
      after: (app) => app.setErrorHandler(async (error, _request, reply) => { seen.push(error as object); return await reply.code(503).send('later') })
    })
    store.fail()
    assert.equal((await browser.get('/members')).statusCode, 503)
    assert.deepEqual([seen.length, seen[0]!.code, (seen[0]!.cause as Error).message], [1, 'FST_LOGIN_STORE_UNAVAILABLE', 'connection lost'])
  })

  it('says nothing of itself to the visitor', async () => {
    const { browser, store } = await logIn()
    store.fail()
    assert.doesNotMatch((await browser.get('/members')).body, /connection lost/)
  })

  it('lets nobody in by what it cannot say', async () => {
    const { browser, store, app } = await logIn(true)
    await app.login.endLogins('1')
    store.fail()
    for (const restart of [false, true]) {
      if (restart) browser.restart()
      assert.equal((await browser.send({ url: '/members' })).statusCode, 503)
    }
    store.heal()
    assert.equal(await browser.whoami(), null)
  })
})

describe('a store in which somebody else is always first', () => {
  it('is asked fifty times for one change, which then is not made', async () => {
    const { test, browser, store } = await logIn()
    const before = await onlyRecord(test)
    let asked = 0
    store.update = async () => {
      asked++
      return false
    }
    const answer = await browser.post('/confirm')
    assert.deepEqual([answer.statusCode, setCookies(answer), asked], [200, [], 50])
    assert.deepEqual(await onlyRecord(test), before)
  })
})

describe('a store that answers an error once', () => {
  const cases: ReadonlyArray<readonly [method: Method, remembered: boolean, url: string]> = [
    ['find', false, '/login/1'], ['find', false, '/confirm'], ['find', false, '/logout'], ['find', true, '/confirm'],
    ['update', false, '/login/1'], ['update', false, '/confirm'], ['update', true, '/confirm'], ['update', true, '/whoami'],
    ['remove', false, '/logout'], ['remove', true, '/logout'], ['create', false, '/login/2'], ['create', true, '/login/2']
  ]
  for (const [method, remembered, url] of cases) {
    it(`(${method}) fails ${url}${remembered ? ' of one who comes back remembered' : ''} and nothing else: the same request works again`, async () => {
      const logged = await logIn(remembered)
      const { browser, store, told } = logged
      if (remembered) browser.restart()
      store.failOnce(method)
      await refused(logged, browser, url === '/whoami' ? 'GET' : 'POST', url)
      assert.equal((await browser.copy().get('/whoami')).json().user, '1')
      if (remembered) told()
      const again = await (url === '/whoami' ? browser.get(url) : browser.post(url))
      assert.equal(again.statusCode, 200)
      assert.equal(await browser.whoami(), url === '/logout' ? null : url === '/login/2' ? '2' : '1')
    })
  }

  it('while a use is written down does not fail the request, and is logged: the next one writes it', async (t) => {
    const clock = stopClock(t)
    const lines: string[] = []
    const { test, browser, store } = await logIn(false, { server: { logger: { level: 'warn', stream: { write: (line: string) => { lines.push(line) } } } } })
    clock.advance(60)
    store.failOnce('update')
    const answer = await browser.get('/members')
    assert.deepEqual([answer.statusCode, setCookies(answer)], [200, []])
    assert.deepEqual(store.writes, [])
    assert.deepEqual(lines.map((line) => JSON.parse(line)).map(({ msg, err }) => [msg, err.code]), [
      ['fastify-login could not write down that a login was used', 'FST_LOGIN_STORE_UNAVAILABLE']
    ])
    await browser.get('/members')
    assert.deepEqual(store.writes, ['update'])
    assert.equal((await onlyRecord(test)).seenAt, Date.now() / 1000)
  })

  it('while the browser changed fails the request, and the login is made stale by the next', async () => {
    const { browser, store, told } = await logIn()
    browser.userAgent = 'Chrome'
    store.failOnce('update')
    assert.equal((await browser.get('/whoami')).statusCode, 503)
    assert.deepEqual(told(), [])
    assert.equal((await browser.get('/whoami')).json().fresh, false)
    assert.deepEqual(told(), ['sessionProtected'])
  })

  it('while a login ends by strong protection fails the request, and the next one ends it', async () => {
    const { browser, store, told } = await logIn(false, { options: { sessionProtection: 'strong' } })
    browser.userAgent = 'Chrome'
    store.failOnce('remove')
    const answer = await browser.send({ url: '/whoami' })
    assert.deepEqual([answer.statusCode, setCookies(answer), told()], [503, [], []])
    assert.equal(await browser.whoami(), null)
    assert.deepEqual(told(), ['sessionProtected', 'loginEnded'])
  })

  it('while the login of a user who is gone ends sets no cookie', async () => {
    const { browser, store, users } = await logIn()
    const user = users.get('1')!
    users.delete('1')
    store.failOnce('remove')
    const answer = await browser.request({ url: '/whoami' })
    assert.deepEqual([answer.statusCode, setCookies(answer)], [503, []])
    users.set('1', user)
    assert.equal(await browser.whoami(), '1')
  })

  it('while a stolen token ends its login raises the alarm at the next request', async (t) => {
    const clock = stopClock(t)
    const { browser, store, told } = await logIn(true)
    browser.restart()
    const thief = browser.copy()
    await browser.whoami()
    await browser.whoami()
    clock.advance(60)
    told()
    store.failOnce('remove')
    const answer = await thief.send({ url: '/whoami' })
    assert.deepEqual([answer.statusCode, setCookies(answer), told()], [503, [], []])
    assert.equal((await thief.get('/whoami')).json().lapse, 'stolen')
    assert.deepEqual(told(), ['rememberTokenStolen', 'loginEnded'])
    assert.equal(await browser.whoami(), null)
  })
})

describe('a store that fails at the second of two calls', () => {
  it('leaves neither login of two users half-written', async () => {
    const logged = await logIn()
    const { browser, store, test } = logged
    const before = await test.records('1')
    store.failOnce('update')
    const answer = await browser.request({ method: 'POST', url: '/login/2', payload: {} })
    assert.deepEqual([answer.statusCode, setCookies(answer)], [503, []])
    assert.deepEqual(await test.records('1'), before)
    assert.deepEqual(await test.records('2'), [], 'the login that nobody can use is gone')
    assert.equal((await browser.get('/whoami')).json().fresh, true)
  })

  it('leaves a login that was to be proven as it was', async () => {
    const { app, store, test } = await logIn()
    // A browser that holds the login of one user, and the remember cookie of another.
    const [browser, other] = [new Browser(app), new Browser(app)]
    await browser.post('/login/2')
    await other.post('/login/1', { remember: true })
    browser.cookies.set('remember_token', other.cookies.get('remember_token')!)
    const before = await onlyRecord(test, '2')
    // The first update proves the login; the second, which fails, ends the other user's.
    const held = store.hold('update', 'after')
    const answering = browser.request({ method: 'POST', url: '/login/2', payload: {} })
    await held.reached
    store.failOnce('update')
    held.open()
    const answer = await answering
    assert.deepEqual([answer.statusCode, setCookies(answer)], [503, []])
    assert.equal((await onlyRecord(test, '2')).secret, before.secret)
    assert.equal((await browser.get('/whoami')).json().fresh, true)
  })

  for (const method of ['list', 'update'] as const) {
    it(`(${method}) begins no login beyond the limit of its user, and ends none`, async (t) => {
      const clock = stopClock(t)
      const { browser, store, test, app } = await logIn(false, { options: { maxLogins: 1 } })
      const before = await test.records()
      clock.advance(1)
      store.failOnce(method)
      const answer = await new Browser(app).post('/login/1')
      assert.deepEqual([answer.statusCode, setCookies(answer)], [503, []])
      assert.deepEqual(await test.records(), before)
      assert.equal(await browser.whoami(), '1')
    })
  }

  it('ends no login of the new user where the one before cannot be ended', async (t) => {
    const clock = stopClock(t)
    const { browser, store, test, app } = await logIn(false, { options: { maxLogins: 1 } })
    const elsewhere = new Browser(app)
    await elsewhere.post('/login/2')
    clock.advance(1)
    // The first update ends the login of user 1; the second, which fails, what is beyond the limit.
    const held = store.hold('update', 'after')
    const answering = browser.request({ method: 'POST', url: '/login/2', payload: {} })
    await held.reached
    store.failOnce('update')
    held.open()
    const answer = await answering
    assert.deepEqual([answer.statusCode, setCookies(answer)], [503, []])
    assert.equal(await browser.whoami(), '1')
    assert.equal(await elsewhere.whoami(), '2')
    assert.equal((await test.records('2')).length, 1)
  })
})

describe('a store that loses a record', () => {
  it('logs its browser out, and says that the login ended', async () => {
    const { browser, store, test } = await logIn(true)
    await store.lose((await onlyRecord(test)).id)
    const answer = await browser.get('/whoami')
    assert.deepEqual([answer.statusCode, answer.json().user, answer.json().lapse], [200, null, 'ended'])
    browser.restart()
    assert.equal(await browser.whoami(), null)
  })

  it('clears a remember cookie that is worth nothing any more, and raises no alarm', async () => {
    const { browser, store, test, told } = await logIn(true)
    await store.lose((await onlyRecord(test)).id)
    browser.restart()
    assert.equal((await browser.get('/whoami')).json().lapse, 'ended')
    assert.equal(browser.cookies.size, 0)
    assert.deepEqual(told(), [])
  })

  it('while a request is under way: nothing is written, no cookie goes out', async () => {
    for (const [url, restart] of [['/confirm', false], ['/confirm', true], ['/login/1', false], ['/whoami', true]] as const) {
      const { browser, store, test } = await logIn(true)
      if (restart) browser.restart()
      const { id } = await onlyRecord(test)
      const held = store.hold('update')
      const late = browser.send(url === '/whoami' ? { url } : { method: 'POST', url, payload: {} })
      await held.reached
      await store.lose(id)
      held.open()
      assert.deepEqual(setCookies(await late), [], url)
      assert.deepEqual(await test.records(), [])
      assert.equal(await browser.whoami(), null)
    }
  })

  it('that knows a record of before it was remembered: the remember cookie is worth nothing, the login goes on', async () => {
    const { browser, store, test } = await logIn()
    const login = browser.cookies.get('login')!
    const before = await onlyRecord(test)
    await browser.post('/login/1', { remember: true })
    await store.lose(before.id)
    await store.memory.create(before)
    const copy = browser.copy()
    copy.restart()
    const answer = await copy.get('/whoami')
    assert.deepEqual([answer.json().user, answer.json().lapse, copy.cookies.size], [null, 'ended', 0])
    browser.cookies.set('login', login)
    const { user, remembered } = (await browser.get('/whoami')).json()
    assert.deepEqual([user, remembered], ['1', false])
  })

  it('that forgets a remember token while its cookie comes back: the login goes on, and its use is written down', async (t) => {
    const clock = stopClock(t)
    const { browser, store, test } = await logIn(true)
    browser.restart()
    await browser.whoami()
    const record = await onlyRecord(test)
    clock.advance(60)
    const held = store.hold('update')
    const late = browser.send({ url: '/whoami' })
    await held.reached
    await store.memory.update({ ...record, version: record.version + 1, remember: null }, record.version)
    held.open()
    assert.equal((await late).json().user, '1')
    const { seenAt, remember } = await onlyRecord(test)
    assert.deepEqual([seenAt, remember], [Date.now() / 1000, null])
  })

  it('is no hindrance to log in again', async () => {
    const { browser, store, test } = await logIn(true)
    await store.lose((await onlyRecord(test)).id)
    await browser.post('/login/1')
    assert.equal(await browser.whoami(), '1')
  })
})

describe('a store that answers slowly', () => {
  it('makes its own requests wait, and no others', async () => {
    const { app, browser, store } = await logIn()
    const held = store.hold('find')
    const slow = browser.send({ url: '/whoami' })
    await held.reached
    assert.equal((await new Browser(app).get('/')).statusCode, 200)
    assert.equal((await new Browser(app).post('/login/1')).statusCode, 200)
    held.open()
    assert.equal((await slow).json().user, '1')
  })

  it('changes nothing of what a browser sees', async () => {
    const { browser, store } = await logIn(true)
    store.turns = 20
    assert.equal(await browser.whoami(), '1')
    await browser.post('/confirm')
    browser.restart()
    const answers = await Promise.all(Array.from({ length: 5 }, () => browser.request({ url: '/whoami' })))
    assert.deepEqual(answers.map((answer) => answer.json().user), ['1', '1', '1', '1', '1'])
    assert.equal(await browser.whoami(), '1')
    await browser.post('/logout')
    assert.equal(await browser.whoami(), null)
  })

  it('and then fails: the request that waited fails, too', async () => {
    const { browser, store } = await logIn()
    const held = store.hold('find')
    const slow = browser.send({ url: '/members' })
    await held.reached
    store.fail()
    held.open()
    assert.equal((await slow).statusCode, 503)
    store.heal()
    assert.equal(await browser.whoami(), '1')
  })
})

describe('a store with a mistake of its own', () => {
  it('that throws at once instead of rejecting answers 503 as well', async () => {
    const { store, browser } = await logIn()
    store.find = () => { throw new TypeError('a bug of the store') }
    const answer = await browser.get('/members')
    assert.deepEqual([answer.statusCode, answer.json().code], [503, 'FST_LOGIN_STORE_UNAVAILABLE'])
  })

  it('that never lets a change through ends in an answer, not in a loop', async () => {
    const { store, browser } = await logIn()
    store.update = async () => false
    const answer = await browser.post('/confirm')
    assert.deepEqual(setCookies(answer), [])
    assert.equal(await browser.whoami(), '1')
  })

  it('or none at all stops the boot, and names what is missing', async () => {
    const incomplete = { find: async () => null } as never
    const message = 'The option store of fastify-login may be a LoginStore, such as new MemoryStore(): this one has no create, no update, no remove, no removeAll, no list'
    await assert.rejects(createStoredApp({ store: incomplete }), { code: 'FST_LOGIN_INVALID_OPTION', message })
  })
})
