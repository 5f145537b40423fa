import assert from 'node:assert/strict'
import { once } from 'node:events'
import { connect } from 'node:http2'
import { describe, test } from 'node:test'
import Fastify, { type FastifyInstance, type FastifyReply, type FastifyRequest, type HookHandlerDoneFunction } from 'fastify'
import login, { membersOnly, requireAnonymous, requireFreshLogin, requireFreshLoginWithin, requireLogin, type Guard } from 'fastify-login'
import { createApp, type TestSetup } from './support/app.ts'
import { Browser } from './support/browser.ts'
import { unhandledRejection } from './support/rejections.ts'
import { describeWays } from './support/ways.ts'

const json = { accept: 'application/json' }
const hooks = ['onRequest', 'preValidation', 'preHandler'] as const

interface Line { level: number, msg: string, err?: { code?: string } }

/** An application whose log is kept, and what ran in it. */
function logged (): { lines: Line[], ran: string[], server: NonNullable<TestSetup['server']> } {
  const lines: Line[] = []
  return { lines, ran: [], server: { logger: { level: 'warn', stream: { write: (line: string) => { lines.push(JSON.parse(line)) } } } } }
}

/** As a session plugin with a store does: from here on an answer is not out as soon as it was sent. */
function answerLate (app: FastifyInstance): void {
  app.addHook('onSend', async (_request, _reply, payload) => {
    await new Promise((resolve) => setImmediate(resolve))
    return payload
  })
}

const guardsOf = (app: FastifyInstance): Record<string, Guard> => ({
  login: requireLogin,
  'login-decorated': app.requireLogin,
  fresh: requireFreshLogin,
  'fresh-decorated': app.requireFreshLogin,
  within: requireFreshLoginWithin(60),
  'within-decorated': app.requireFreshLoginWithin(60)
})

const refusals: ReadonlyArray<readonly [what: string, options: object, headers: Record<string, string>, status: number]> = [
  ['an error', {}, json, 401],
  ['a redirect', { loginPath: '/login-page' }, {}, 302],
  ["a handler's answer", { unauthorizedHandler: (_request: FastifyRequest, reply: FastifyReply) => reply.code(418).send('handler') }, json, 418],
  ["a handler's late answer", { unauthorizedHandler: async (_request: FastifyRequest, reply: FastifyReply) => reply.code(418).send('handler') }, json, 418],
  ["a handler's value", { unauthorizedHandler: () => 'value' }, json, 200],
  ["a handler's error", { unauthorizedHandler: () => { throw new Error('on purpose') } }, json, 500]
]

describeWays('a guard that an async hook awaits', (way) => {
  for (const late of [false, true]) {
    for (const [what, options, headers, status] of refusals) {
      test(`refuses a stranger with ${what}, and neither the hook nor the handler goes on${late ? ', also where answers take their time' : ''}`, async (t) => {
        const { lines, ran, server } = logged()
        const { app, users } = await way.createApp({
          server,
          options,
          ...late ? { before: answerLate } : {},
          after: (app) => {
            for (const hook of hooks) {
              for (const [name, guard] of Object.entries(guardsOf(app))) {
                app.get(`/${hook}/${name}`, {
                  [hook]: async (request: FastifyRequest, reply: FastifyReply) => {
                    await guard(request, reply)
                    ran.push('the rest of the hook')
                  }
                }, () => { ran.push('the handler'); return 'secret' })
              }
            }
          }
        })
        const unhandled = unhandledRejection(t)
        const browser = new Browser(app)
        for (const hook of hooks) {
          for (const name of Object.keys(guardsOf(app))) {
            const answer = await Promise.race([browser.get(`/${hook}/${name}`, headers), unhandled])
            assert.equal(answer.statusCode, status, `${hook} ${name}`)
            assert.notEqual(answer.body, 'secret')
          }
        }
        assert.deepEqual(ran, [])
        assert.deepEqual(lines.filter(({ msg }) => msg !== 'on purpose'), [], 'nothing is complained of in the log')
        assert.ok(users.has('1'))
      })
    }
  }

  test('answers with an error where the handler of the refused throws what is no error', async () => {
    const { app } = await way.createApp({
      // eslint-disable-next-line no-throw-literal
      options: { unauthorizedHandler: () => { throw 'nothing to show' } },
      after: (app) => { app.get('/awaited', { preHandler: async (request, reply) => { await requireLogin(request, reply) } }, () => 'secret') }
    })
    const answer = await app.inject('/awaited')
    assert.deepEqual([answer.statusCode, answer.json().code], [500, 'FST_LOGIN_EMPTY_FAILURE'])
    assert.doesNotMatch(answer.body, /nothing to show/)
  })

  test('lets users through, and turns away those whose login is not fresh', async () => {
    const { app } = await way.createApp({
      after: (app) => {
        for (const [name, guard] of Object.entries(guardsOf(app))) {
          app.get(`/${name}`, { preHandler: async (request, reply) => { assert.equal(await guard(request, reply), undefined) } }, () => 'secret')
        }
        app.get('/visitors-only', { preHandler: async (request, reply) => { await requireAnonymous(request, reply) } }, () => 'form')
        app.get('/visitors-only/decorated', { preHandler: async (request, reply) => { await app.requireAnonymous(request, reply) } }, () => 'form')
      }
    })
    const browser = new Browser(app)
    const ask = async () => await Promise.all([...Object.keys(guardsOf(app)), 'visitors-only', 'visitors-only/decorated'].map(async (name) => (await browser.get(`/${name}`, json)).statusCode))
    assert.deepEqual(await ask(), [401, 401, 401, 401, 401, 401, 200, 200])
    await browser.post('/login/1', { fresh: false })
    assert.deepEqual(await ask(), [200, 200, 403, 403, 403, 403, 403, 403])
    await browser.post('/login/1')
    assert.deepEqual(await ask(), [200, 200, 200, 200, 200, 200, 403, 403])
    assert.equal((await browser.get('/visitors-only')).statusCode, 302)
  })

  test('guards every route of an application or a scope from addHook', async () => {
    const { app } = await way.createApp({
      options: { loginPath: '/open' },
      after: (app) => app.register(async (scope) => {
        scope.addHook('onRequest', async (request, reply) => { await requireLogin(request, reply) })
        scope.get('/inside', () => 'secret')
      })
    })
    const browser = new Browser(app)
    assert.equal((await browser.get('/inside')).headers.location, '/open?next=%2Finside')
    await browser.post('/login/1')
    assert.equal((await browser.get('/inside')).body, 'secret')
  })

  test('refuses also where the hook forgets to await it', async (t) => {
    for (const [options, headers, status] of [[{}, json, 401], [{ loginPath: '/login-page' }, {}, 302]] as const) {
      const ran: string[] = []
      const { app } = await way.createApp({
        options,
        after: (app) => {
          for (const hook of hooks) {
            app.get(`/${hook}`, {
              [hook]: async (request: FastifyRequest, reply: FastifyReply) => { requireLogin(request, reply) }
            }, () => { ran.push(hook); return 'secret' })
          }
        }
      })
      for (const hook of hooks) {
        const answer = await Promise.race([new Browser(app).get(`/${hook}`, headers), unhandledRejection(t)])
        assert.equal(answer.statusCode, status)
      }
      assert.deepEqual(ran, [])
    }
  })

  test('fails with its own error where a user cannot be asked, or the plugin is not registered', async (t) => {
    const unhandled = unhandledRejection(t)
    const { app } = await way.createApp({
      options: { isActive: () => { throw new Error('on purpose') }, loadUserFromRequest: () => ({ id: '1', name: 'Ada' }) },
      after: (app) => app.get('/page', { preHandler: async (request, reply) => { await requireLogin(request, reply) } }, () => 'secret')
    })
    const failed = await Promise.race([app.inject('/page'), unhandled])
    assert.deepEqual([failed.statusCode, failed.json().message], [500, 'on purpose'])
    const bare = Fastify()
    bare.get('/page', { preHandler: async (request, reply) => { await requireLogin(request, reply) } }, () => 'secret')
    const missing = await Promise.race([bare.inject('/page'), unhandled])
    assert.equal(missing.json().code, 'FST_LOGIN_NOT_REGISTERED')
  })

  test('refuses over HTTP/2, too', async (t) => {
    const ran: string[] = []
    const app = Fastify({ http2: true })
    await app.register(login, { key: 'k'.repeat(32), loadUser: () => null, loginPath: '/login-page' })
    app.get('/page', { preHandler: async (request, reply) => { await requireLogin(request, reply); ran.push('hook') } }, async () => { ran.push('handler') })
    t.after(() => app.close())
    const session = connect(await app.listen({ port: 0, host: '127.0.0.1' }))
    t.after(() => session.close())
    for (const [accept, status] of [['text/html', 302], ['application/json', 401]] as const) {
      const stream = session.request({ ':path': '/page', accept })
      const [headers] = await once(stream, 'response') as [Record<string, unknown>]
      assert.equal(headers[':status'], status)
      stream.close()
    }
    assert.deepEqual(ran, [])
  })

  test('lets a preflight through where a guard that is a hook does', async () => {
    const { app } = await way.createApp({
      after: (app) => app.options('/page', { preHandler: async (request, reply) => { await requireLogin(request, reply) } }, () => 'preflight')
    })
    const headers = { origin: 'https://a.example', 'access-control-request-method': 'GET' }
    assert.equal((await app.inject({ method: 'OPTIONS', url: '/page', headers })).body, 'preflight')
    assert.equal((await app.inject({ method: 'OPTIONS', url: '/page' })).statusCode, 401)
  })
})

describeWays('a guard that a handler awaits', (way) => {
  for (const late of [false, true]) {
    for (const [what, options, headers, status] of refusals) {
      test(`stops the handler, and the stranger gets ${what}${late ? ', also where answers take their time' : ''}`, async (t) => {
        const { lines, ran, server } = logged()
        const { app } = await way.createApp({
          server,
          options,
          ...late ? { before: answerLate } : {},
          after: (app) => app.get('/page', async (request, reply) => {
            try {
              await app.requireLogin(request, reply)
              ran.push('the rest of the handler')
              return 'secret'
            } finally {
              ran.push('finally')
            }
          })
        })
        const answer = await Promise.race([new Browser(app).get('/page', headers), unhandledRejection(t)])
        assert.equal(answer.statusCode, status)
        await new Promise((resolve) => setImmediate(resolve))
        assert.deepEqual(ran, ['finally'])
        assert.deepEqual(lines.filter(({ level, msg }) => level >= 50 && msg !== 'on purpose').map(({ msg, err }) => [msg, err?.code]),
          status === 500 ? [[lines.at(-1)?.msg, undefined]] : [['Promise errored, but reply.sent = true was set', 'FST_LOGIN_UNAUTHORIZED']])
      })
    }
  }

  test('lets users through', async () => {
    const { app } = await way.createApp({
      after: (app) => app.get('/page', async (request, reply) => { await requireLogin(request, reply); return 'secret' })
    })
    const browser = new Browser(app)
    await browser.post('/login/1')
    assert.equal((await browser.get('/page')).body, 'secret')
  })

  test('does not answer a second time where the answer is out already', async (t) => {
    const { lines, server } = logged()
    const codes: unknown[] = []
    const { app } = await way.createApp({
      server,
      options: { loginPath: '/login-page' },
      after: (app) => {
        app.get('/sent', async (request, reply) => {
          await reply.send('sent')
          await requireLogin(request, reply).catch((error: Error & { code: string }) => codes.push(error.code))
        })
        app.get('/late', { onResponse: requireLogin }, () => 'sent')
      }
    })
    const browser = new Browser(app)
    assert.equal((await Promise.race([browser.get('/sent'), unhandledRejection(t)])).body, 'sent')
    assert.deepEqual([codes, lines], [['FST_LOGIN_UNAUTHORIZED'], []])
    assert.equal((await browser.get('/late')).body, 'sent')
    await new Promise((resolve) => setImmediate(resolve))
    assert.deepEqual(lines.map(({ err }) => err?.code), ['FST_LOGIN_UNAUTHORIZED'], 'onResponse is too late, and the log says so')
  })
})

describe('a guard that is called with done', () => {
  test('calls it once, or answers and never calls it', async () => {
    const throwing = (_request: FastifyRequest, reply: FastifyReply) => { reply.code(418).send('handler'); throw new Error('on purpose') }
    for (const [options, accept, expected] of [
      [{}, 'application/json', 1],
      [{ loginPath: '/login-page' }, 'text/html', 0],
      [{ unauthorizedHandler: () => 'value' }, 'text/html', 0],
      [{ unauthorizedHandler: async () => {} }, 'text/html', 1],
      [{ unauthorizedHandler: throwing }, 'text/html', 1],
      [{ unauthorizedHandler: async (request: FastifyRequest, reply: FastifyReply) => throwing(request, reply) }, 'text/html', 1]
    ] as const) {
      let calls = 0
      const { app } = await createApp({
        options: options as object,
        after: (app) => app.get('/page', {
          preHandler: (request, reply, done) => {
            const returned = requireLogin(request, reply, ((error?: Error) => { calls++; done(error) }) as HookHandlerDoneFunction)
            assert.equal(returned, undefined)
          }
        }, () => 'secret')
      })
      const answer = await app.inject({ url: '/page', headers: { accept } })
      assert.notEqual(answer.body, 'secret')
      await new Promise((resolve) => setImmediate(resolve))
      assert.equal(calls, expected, Object.keys(options).join())
    }
  })

  /** As @fastify/auth combines functions: each is called with `done`, or gives a promise. */
  type Verify = (request: FastifyRequest, reply: FastifyReply, done: (error?: Error) => void) => void | Promise<unknown>
  function combine (relation: 'and' | 'or', verifies: Verify[]): Verify {
    return (request, reply, done) => {
      let position = 0
      const next = (error?: Error) => {
        if (relation === 'or' ? error === undefined || error === null : error instanceof Error) return done(error)
        const verify = verifies[position++]
        if (verify === undefined) return done(error)
        const given = verify(request, reply, next)
        if (given instanceof Promise) given.then(() => next(), next)
      }
      next(relation === 'or' ? new Error('nothing was asked') : undefined)
    }
  }

  const byKey: Verify = (request, _reply, done) => done(request.headers['x-key'] === 'good' ? undefined : new Error('wrong key'))

  test('is one of several that @fastify/auth combines, any of them or all', async () => {
    const { app } = await createApp({
      after: (app) => {
        app.get('/or', { preHandler: combine('or', [requireLogin as Verify, byKey]) }, () => 'secret')
        app.get('/or/last', { preHandler: combine('or', [byKey, requireFreshLogin as Verify]) }, () => 'secret')
        app.get('/and', { preHandler: combine('and', [requireLogin as Verify, byKey]) }, () => 'secret')
      }
    })
    const browser = new Browser(app)
    const ask = async (headers: Record<string, string> = {}) => await Promise.all(['/or', '/or/last', '/and'].map(async (url) => (await browser.get(url, { ...json, ...headers })).statusCode))
    assert.deepEqual(await ask(), [500, 401, 401])
    assert.deepEqual(await ask({ 'x-key': 'good' }), [200, 200, 401])
    await browser.post('/login/1')
    assert.deepEqual(await ask(), [200, 200, 500])
    assert.deepEqual(await ask({ 'x-key': 'good' }), [200, 200, 200])
  })

  test('works as preParsing, and is a mistake that is named once the handler has run', async () => {
    const streaming = (_request: FastifyRequest, reply: FastifyReply) => reply.send(new Blob(['secret']).stream())
    const { app } = await createApp({
      options: { loginPath: '/login-page' },
      after: (app) => {
        app.post('/parsing', { preParsing: requireLogin as never }, (request) => request.body)
        for (const hook of ['preSerialization', 'onSend', 'onError']) {
          app.get(`/${hook}`, { [hook]: requireLogin }, () => hook === 'onError' ? Promise.reject(new Error('secret')) : { secret: true })
          app.get(`/${hook}/stream`, { [hook]: requireLogin }, streaming)
        }
      }
    })
    const browser = new Browser(app)
    assert.equal((await browser.post('/parsing', { a: 1 })).headers.location, '/login-page?next=%2Fparsing')
    assert.equal((await browser.post('/parsing', { a: 1 }, json)).json().code, 'FST_LOGIN_UNAUTHORIZED')
    for (const headers of [json, { accept: 'text/html' }]) {
      for (const url of ['/preSerialization', '/onSend', '/onSend/stream']) {
        const answer = await browser.get(url, headers)
        assert.equal(answer.statusCode, 500)
        assert.match(answer.body, /fastify-login: requireLogin ran after the handler/, url)
        assert.doesNotMatch(answer.body, /"secret"/)
      }
    }
    assert.equal((await browser.get('/onError')).statusCode, 500)
    await browser.post('/login/1')
    assert.deepEqual((await browser.post('/parsing', { a: 1 })).json(), { a: 1 })
  })
})

describe('a guard that is called by mistake', () => {
  const sentence = (name: string) => new RegExp(`^fastify-login: ${name} is a hook.*without parentheses.*preHandler: ${name}`)

  test('says what it wants: without a request, with something else, or in place of the function that makes it', async () => {
    const { app } = await createApp()
    for (const [name, guard] of Object.entries({ requireLogin, requireFreshLogin, requireAnonymous })) {
      for (const given of [[], [undefined], [null, null], [60], ['60'], [{}], [{}, {}], [{}, {}, undefined], [app, {}], [{ name: 'Ada' }, () => {}], [{}, {}, () => {}]]) {
        assert.throws(() => (guard as unknown as (...given: unknown[]) => unknown)(...given), { code: 'FST_LOGIN_INVALID_ARGUMENT', message: sentence(name) })
      }
    }
    assert.throws(() => (requireFreshLogin as unknown as (seconds: number) => unknown)(60), { message: /requireFreshLoginWithin\(60\)/ })
    assert.throws(() => (requireFreshLoginWithin(60) as unknown as () => unknown)(), { message: sentence('requireFreshLoginWithin\\(60\\)') })
  })

  test('stops the boot where it was called in the options of a route', () => {
    const app = Fastify()
    assert.throws(() => app.get('/', { preHandler: (requireLogin as unknown as () => never)() }, () => 'secret'), { code: 'FST_LOGIN_INVALID_ARGUMENT' })
  })

  test('refuses everybody where the function that makes guards, or membersOnly, is a hook itself', async () => {
    const { app } = await createApp({
      after: (app) => {
        app.get('/within', { preHandler: requireFreshLoginWithin as never }, () => 'secret')
        app.get('/members-only', { preHandler: membersOnly as never }, () => 'secret')
        app.get('/made', { preHandler: async () => { requireFreshLoginWithin(60) } }, () => 'a guard that nobody calls guards nothing')
      }
    })
    for (const [url, message] of [
      ['/within', /^fastify-login: requireFreshLoginWithin makes a guard.*was given an object.*preHandler: requireFreshLoginWithin\(60\)/],
      ['/members-only', /^fastify-login: membersOnly guards a scope.*membersOnly\(scope\)/]
    ] as const) {
      const answer = await app.inject(url)
      assert.deepEqual([answer.statusCode, answer.json().code], [500, 'FST_LOGIN_INVALID_ARGUMENT'])
      assert.match(answer.json().message, message)
    }
  })

  test('refuses as middleware of Express, which calls it with the raw request', async () => {
    const { app } = await createApp({
      after: (app) => app.addHook('onRequest', (request, reply, done) => {
        (requireLogin as unknown as (...given: unknown[]) => void)(request.raw, reply.raw, done)
      })
    })
    assert.match((await app.inject('/')).json().message, sentence('requireLogin'))
  })

  test('is refused where it is awaited before the plugin has looked at the request', async (t) => {
    const app = Fastify()
    app.addHook('onRequest', async (request, reply) => { await requireLogin(request, reply) })
    await app.register(login, { key: 'k'.repeat(32), loadUser: () => null })
    app.get('/', () => 'secret')
    assert.equal((await Promise.race([app.inject('/'), unhandledRejection(t)])).json().code, 'FST_LOGIN_NOT_REGISTERED')
  })
})
