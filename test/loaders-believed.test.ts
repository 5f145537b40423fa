import assert from 'node:assert/strict'
import { describe, test } from 'node:test'
import { asFresh, requireLogin, type LoginOptions } from 'fastify-login'
import { loginAs } from 'fastify-login/testing'
import { createApp } from './support/app.ts'
import { Browser, setCookies } from './support/browser.ts'
import { describeWays } from './support/ways.ts'
import type { User } from './support/user.ts'

const ada = { id: '1', name: 'Ada' }

/** What a loader without types may return by mistake, and what the sentence must say of it. */
const wrongShapes: ReadonlyArray<readonly [what: string, make: () => unknown, sentence: RegExp]> = [
  ['an empty object', () => ({}), /user whose id is undefined/],
  ['an empty array', () => [], /returned an array\b.*first item/],
  ['an array with the user in it', () => [ada], /returned an array\b.*first item/],
  ['the rows of a query', () => ({ rows: [ada] }), /user whose id is undefined/],
  ['an object that holds the user', () => ({ user: ada }), /user whose id is undefined/],
  ['a Response', () => Response.json(ada), /user whose id is undefined/],
  ['a Map', () => new Map([['id', '1']]), /user whose id is undefined/],
  ['a name', () => 'Ada', /returned a string/],
  ['a number', () => 1, /returned a number/],
  ['zero', () => 0, /returned a number/],
  ['true', () => true, /returned true/],
  ['a symbol', () => Symbol('1'), /returned a symbol/],
  ['a function', () => () => ada, /returned a function/],
  ['a user without an id', () => ({ id: null, name: 'Ada' }), /user whose id is null/],
  ['a user with an empty id', () => ({ id: '', name: 'Ada' }), /user whose id is empty/],
  ['a user whose id is a promise', () => ({ id: Promise.resolve('1') }), /user whose id is a promise/],
  ['a user whose id is an object', () => ({ id: { toString: () => '1' } }), /user whose id is an object/],
  ['a user whose id is beyond the safe integers', () => ({ id: 2 ** 53 }), /not a safe integer/],
  ['a user whose id is a fraction', () => ({ id: 1.5 }), /not a safe integer/],
  ['a user whose id is minus zero', () => ({ id: -0 }), /not a safe integer/],
  ['a user whose id is endless', () => ({ id: Infinity }), /not a safe integer/]
]

/** A promise of another library: an object with a `then` of its own. */
function foreign (run: (resolve: (value: unknown) => void, reject: (error: unknown) => void) => void): unknown {
  return { then: run }
}

const promised: ReadonlyArray<readonly [how: string, wrap: (value: unknown) => unknown]> = [
  ['at once', (value) => value],
  ['as a promise', async (value) => value],
  ['as a foreign thenable', (value) => foreign((resolve) => resolve(value))],
  ['as a foreign thenable that resolves twice', (value) => foreign((resolve) => { resolve(value); resolve(ada) })]
]

const nobodies = [null, undefined, false, '']

describe('what loadUserFromRequest returns', () => {
  const open = (load: () => unknown) => createApp({ options: { loadUserFromRequest: load as never } })

  for (const [what, make, sentence] of wrongShapes) {
    test(`is not believed where it is ${what}: an error that names the option, and nobody is let in`, async () => {
      for (const [how, wrap] of promised) {
        const { app, events } = await open(() => wrap(make()))
        const answer = await app.inject('/members')
        assert.deepEqual([answer.statusCode, answer.json().code], [500, 'FST_LOGIN_INVALID_USER'], how)
        assert.match(answer.json().message, /^fastify-login: the option loadUserFromRequest returned /)
        assert.match(answer.json().message, sentence)
        assert.deepEqual(events, [])
      }
      const { app } = await open(() => asFresh(make()))
      assert.equal((await app.inject('/vault')).json().code, 'FST_LOGIN_INVALID_USER')
    })
  }

  test('is not believed where asFresh marks a promise: the sentence says await', async () => {
    for (const promise of [Promise.resolve(ada), foreign((resolve) => resolve(ada)), asFresh(ada)]) {
      const { app } = await open(() => asFresh(promise))
      const answer = await app.inject('/vault')
      assert.equal(answer.json().code, 'FST_LOGIN_INVALID_USER')
      if (!(promise instanceof Promise)) continue
      assert.match(answer.json().message, /a promise.*await/)
    }
  })

  test('is nobody where it is null, undefined, false or an empty text', async () => {
    for (const nobody of nobodies) {
      for (const [, wrap] of promised.slice(0, 3)) {
        const { app } = await open(() => wrap(nobody))
        assert.equal((await app.inject('/members')).statusCode, 401)
        assert.equal((await (await open(() => asFresh(wrap(nobody) === nobody ? nobody : null))).app.inject('/members')).statusCode, 401)
      }
    }
  })
})

/** Loaders that log in as asked for, until a test says what they return instead. */
async function openTampered (way: { createApp: typeof createApp }, further: Partial<LoginOptions> = {}) {
  const box: { returns: ((user: User | undefined) => unknown) | null } = { returns: null }
  const users = new Map<string, User>([['1', ada], ['2', { id: '2', name: 'Grace' }]])
  const load = (id: string) => box.returns === null ? users.get(id) : box.returns(users.get(id))
  const test = await way.createApp({
    options: {
      loadUser: load,
      ...further.remember === undefined
        ? {}
        : { remember: { getToken: (user: User) => user.id, loadUserByToken: load } }
    } as Partial<LoginOptions>,
    after: (app) => {
      app.get('/plain', { preHandler: requireLogin }, () => 'for members')
      app.post('/confirm/late', async (request) => {
        box.returns = returnsLater
        return { ok: await request.confirmLogin() }
      })
    }
  })
  let returnsLater: typeof box.returns = null
  return { ...test, box, later: (returns: typeof box.returns) => { returnsLater = returns }, browser: new Browser(test.app) }
}

const withTokens = { remember: {} } as Partial<LoginOptions>

describeWays('what loadUser returns for a cookie', (way) => {
  const wrong: ReadonlyArray<readonly [string, () => unknown, RegExp]> = [
    ...wrongShapes, ['the user of another id', () => ({ id: '2', name: 'Grace' }), /another id/]
  ]
  for (const [what, make, sentence] of wrong) {
    test(`is not believed where it is ${what}: a coded error, nothing is written, and the login goes on`, async () => {
      for (const [kind, further] of [['login', {}], ['remember', {}], ['token', withTokens]] as const) {
        const { browser, box, events } = await openTampered(way, further)
        await browser.post('/login/1', { remember: true })
        if (kind !== 'login') browser.restart()
        events.length = 0
        for (const [how, wrap] of promised) {
          box.returns = () => wrap(make())
          for (const url of ['/members', '/whoami']) {
            const answer = await browser.send({ url })
            assert.deepEqual([answer.statusCode, answer.json().code], [500, 'FST_LOGIN_INVALID_USER'], `${kind} ${how}`)
            const option = kind === 'token' ? 'remember.loadUserByToken' : 'loadUser'
            assert.ok(answer.json().message.startsWith(`fastify-login: the option ${option} returned `), answer.json().message)
            assert.match(answer.json().message, sentence)
            assert.deepEqual(setCookies(answer), [])
          }
        }
        assert.deepEqual(events, [])
        box.returns = null
        assert.equal(await browser.whoami(), '1', kind)
      }
    })

    test(`does not confirm a login where it is ${what}`, async () => {
      const { browser, later, box } = await openTampered(way)
      await browser.post('/login/1', { fresh: false })
      later(make)
      const answer = await browser.send({ method: 'POST', url: '/confirm/late' })
      assert.deepEqual([answer.json().code, setCookies(answer)], ['FST_LOGIN_INVALID_USER', []])
      assert.match(answer.json().message, sentence)
      box.returns = null
      assert.equal((await browser.get('/whoami')).json().fresh, false)
    })
  }

  test('is nobody where it is null, undefined, false or an empty text', async () => {
    for (const nobody of nobodies) {
      for (const restart of [false, true]) {
        const { browser, box } = await openTampered(way)
        await browser.post('/login/1', { remember: true })
        if (restart) browser.restart()
        box.returns = () => nobody
        const seen = (await browser.get('/whoami')).json()
        assert.deepEqual([seen.user, seen.lapse], [null, 'user-gone'])
      }
    }
  })

  test('is the user of the cookie whatever the object and the id are made of', async () => {
    class Account {
      readonly #id: string
      constructor (id: string) { this.#id = id }
      getId () { return this.#id }
    }
    const users: Array<(id: string) => unknown> = [
      (id) => ({ id: Number(id) }),
      (id) => ({ id: BigInt(id) }),
      (id) => Object.assign(Object.create(null), { id }),
      (id) => new Account(id),
      (id) => new Proxy({ id }, {}),
      (id) => ({ get id () { return id } }),
      (id) => Object.create({ id })
    ]
    for (const make of users) {
      const { browser, box } = await openTampered(way)
      await browser.post('/login/1', { remember: true })
      box.returns = () => make('1')
      assert.equal((await browser.get('/plain')).body, 'for members')
      browser.restart()
      assert.equal((await browser.get('/plain')).body, 'for members')
    }
  })

  test('names the option getId where that finds no id', async () => {
    const { app } = await way.createApp({ options: { getId: (user: { email?: string }) => user.email } as never })
    const { message } = (await app.inject({ method: 'POST', url: '/login/1' })).json()
    assert.match(message, /option getId/)
  })
})

describeWays('who is logged in or confirmed by the application', (way) => {
  const mistakes: ReadonlyArray<readonly [what: string, user: () => unknown, sentence: RegExp]> = [
    ['a promise', () => Promise.resolve(ada), /was given a promise.*await/],
    ['a foreign thenable', () => foreign((resolve) => resolve(ada)), /was given a promise.*await/],
    ['an array', () => [ada], /was given an array.*first item/],
    ['a name', () => 'Ada', /was given a string/],
    ['a function', () => () => ada, /was given a function/]
  ]
  for (const [what, user, sentence] of mistakes) {
    test(`must be a user, and not ${what}`, async () => {
      const { app } = await way.createApp({
        after: (app) => {
          app.post('/enter', async (request) => await request.loginUser(user() as never))
          app.post('/confirm/as', async (request) => await request.confirmLogin(user() as never))
        }
      })
      const browser = new Browser(app)
      await browser.post('/login/1', { fresh: false })
      for (const [url, call] of [['/enter', 'loginUser'], ['/confirm/as', 'confirmLogin']] as const) {
        const answer = await browser.post(url)
        assert.deepEqual([answer.json().code, setCookies(answer)], ['FST_LOGIN_INVALID_ARGUMENT', []])
        assert.ok(answer.json().message.startsWith(`fastify-login: ${call} `), answer.json().message)
        assert.match(answer.json().message, sentence)
      }
      assert.equal((await browser.get('/whoami')).json().fresh, false)
      await assert.rejects(loginAs(app, user() as never), (error: Error & { code: string }) =>
        error.code === 'FST_LOGIN_INVALID_ARGUMENT' && sentence.test(error.message) && error.message.includes('loginAs'))
    })
  }

  test('must have an id that no other user could have after rounding', async () => {
    for (const id of [2 ** 53, -(2 ** 53), 0.1, -0, Infinity, Number.NaN]) {
      const { app } = await way.createApp({
        after: (app) => app.post('/enter', async (request) => await request.loginUser({ id, name: 'x' } as never))
      })
      const answer = await new Browser(app).post('/enter')
      assert.deepEqual([answer.json().code, setCookies(answer)], ['FST_LOGIN_INVALID_USER_ID', []])
      assert.match(answer.json().message, /safe integer/)
      for (const call of [() => app.login.endLogins(id), () => app.login.logins(id), () => app.login.endLogin('x', { userId: id })]) {
        await assert.rejects(call, { code: 'FST_LOGIN_INVALID_ARGUMENT', message: /safe integer/ })
      }
    }
  })
})

describeWays('isActive', (way) => {
  const notBooleans: ReadonlyArray<readonly [what: string, answer: () => unknown, hint: RegExp]> = [
    ['a promise', () => Promise.resolve(true), /a promise.*loadUser/],
    ['a foreign thenable', () => foreign((resolve) => resolve(false)), /a promise.*loadUser/],
    ['a Buffer', () => Buffer.from([0]), /a Buffer/],
    ['1', () => 1, /a number.*isActive: \(user\) => user\.active === 1/],
    ['0', () => 0, /a number/],
    ['a text', () => 'false', /a string/],
    ['an empty text', () => '', /an empty string/],
    ['null', () => null, /null/],
    ['an object', () => ({}), /an object/]
  ]
  for (const [what, answer, hint] of notBooleans) {
    test(`must return true or false, and not ${what}: nobody is let in or logged in by it`, async () => {
      for (const how of ['option', 'property', 'method']) {
        const user = { ...ada, ...how === 'property' ? { isActive: answer() } : how === 'method' ? { isActive: answer } : {} }
        const { app } = await way.createApp({
          options: { loadUser: () => user as never, ...how === 'option' ? { isActive: answer as never } : {} },
          after: (app) => app.post('/enter', async (request) => await request.loginUser(user as never))
        })
        const browser = new Browser(app)
        const entered = await browser.post('/enter')
        assert.deepEqual([entered.json().code, setCookies(entered)], ['FST_LOGIN_INVALID_ARGUMENT', []])
        assert.match(entered.json().message, /^fastify-login: the option isActive .*must return true or false/)
        assert.match(entered.json().message, hint)
        await browser.post('/login/1', { force: true })
        for (const url of ['/members', '/vault', '/vault/minute', '/visitors', '/whoami']) {
          const answer = await browser.get(url)
          if (url === '/whoami') continue
          assert.deepEqual([answer.statusCode, answer.json().code], [500, 'FST_LOGIN_INVALID_ARGUMENT'], url)
        }
      }
    })
  }

  test('of a user that says nothing is true, and an option that says nothing is a mistake', async () => {
    for (const [user, options, status] of [
      [ada, {}, 200], [{ ...ada, isActive: undefined }, {}, 200], [ada, { isActive: () => undefined }, 500], [{ ...ada, isActive: () => undefined }, {}, 500]
    ] as const) {
      const { app } = await way.createApp({ options: { loadUser: () => user as never, ...options as object } })
      const browser = new Browser(app)
      await browser.post('/login/1', { force: true })
      assert.equal((await browser.get('/members')).statusCode, status)
    }
  })
})

describeWays('what another function of the options returns', (way) => {
  const thenable = () => foreign((resolve) => resolve('text'))
  const wrong: ReadonlyArray<readonly [what: string, answer: () => unknown]> = [
    ['undefined', () => undefined], ['a promise', async () => 'text'], ['a promise', thenable], ['a number', () => 7], ['an object', () => ({})]
  ]

  test('must be a text where browsers are told apart', async () => {
    for (const [what, answer] of wrong) {
      let good = true
      const { app } = await way.createApp({ options: { identifyBrowser: (() => good ? 'browser' : answer()) as never } })
      const browser = new Browser(app)
      await browser.post('/login/1')
      good = false
      for (const request of [{ url: '/members' }, { method: 'POST' as const, url: '/login/1' }]) {
        const refused = await browser.send(request)
        assert.deepEqual([refused.statusCode, refused.json().code, setCookies(refused)], [500, 'FST_LOGIN_INVALID_ARGUMENT', []], what)
        assert.equal(refused.json().message, `fastify-login: the option identifyBrowser must return a string at once, and returned ${what}`)
      }
      good = true
      assert.equal(await browser.whoami(), '1')
    }
  })

  test('must be a text or nothing where a password is stamped, and a text where a token is made', async () => {
    for (const [what, answer] of wrong) {
      for (const options of [{ authHash: answer }, { remember: { getToken: answer, loadUserByToken: () => null } }]) {
        if ('authHash' in options && what === 'undefined') continue
        const { app } = await way.createApp({ options: options as never })
        const refused = await new Browser(app).post('/login/1', { remember: true })
        assert.deepEqual([refused.json().code, setCookies(refused)], ['FST_LOGIN_INVALID_ARGUMENT', []], what)
        assert.match(refused.json().message, new RegExp(`^fastify-login: the option (authHash|remember.getToken) must return .*returned ${what}$`))
      }
    }
  })

  test('must be somebody who is not authenticated where it stands in for nobody', async () => {
    for (const [answer, status] of [
      [async () => ({}), 500], [thenable, 500], [() => ({ isAuthenticated: true }), 500], [() => ({ isAuthenticated: () => true }), 500],
      [() => ({ isAuthenticated: false }), 200], [() => ({ isAuthenticated: () => false }), 200], [() => ({ name: 'guest' }), 200], [() => null, 200]
    ] as const) {
      const { app } = await way.createApp({ options: { anonymousUser: answer as never } })
      const seen = await app.inject('/whoami')
      assert.equal(seen.statusCode, status, String(answer))
      if (status === 500) assert.match(seen.json().message, /^fastify-login: the option anonymousUser /)
      assert.equal((await app.inject('/members')).statusCode, 401)
    }
  })

  test('must be a text where a message is translated', async () => {
    for (const [what, answer] of wrong) {
      const { app } = await way.createApp({
        before: (app) => {
          app.decorateRequest('flash', (() => 0) as never)
          app.decorateRequest('session')
          app.addHook('onRequest', async (request) => { Object.assign(request, { session: { get () {}, set () {}, regenerate () {} } }) })
        },
        options: { loginPath: '/login', localize: answer as never }
      })
      const answered = await new Browser(app).get('/members')
      assert.deepEqual([answered.statusCode, answered.json().code], [500, 'FST_LOGIN_INVALID_ARGUMENT'], what)
      assert.match(answered.json().message, /^fastify-login: the option localize must return a string at once/)
    }
  })
})
