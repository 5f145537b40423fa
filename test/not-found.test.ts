import assert from 'node:assert/strict'
import { describe, test } from 'node:test'
import Fastify, { type FastifyContextConfig, type FastifyInstance } from 'fastify'
import login, { requireLogin } from 'fastify-login'
import { loginAs } from 'fastify-login/testing'
import { createApp, key } from './support/app.ts'
import { Browser } from './support/browser.ts'
import { describeWays } from './support/ways.ts'

const json = { accept: 'application/json' }
const asPreflight = { origin: 'https://shop.example', 'access-control-request-method': 'POST' }

/** Sets the handler for pages that are not there: it serves the page of a single-page application. */
function servePage (app: FastifyInstance, login?: unknown): void {
  const config = (login === undefined ? {} : { login }) as FastifyContextConfig
  app.setNotFoundHandler({ config } as never, (request, reply) => reply.code(200).send(`page of ${(request.currentUser as { id: string } | null)?.id ?? 'nobody'}`))
}

/** Routes that hand a request over to that handler, as @fastify/static does for a file that it does not have. */
function handOver (app: FastifyInstance): void {
  app.get('/files/*', { config: { login: 'optional' } }, (_request, reply) => { reply.callNotFound() })
  app.get('/ignored/*', { config: { login: 'ignored' } }, (_request, reply) => { reply.callNotFound() })
  app.get('/failing', { config: { login: 'ignored' }, errorHandler: (_error, _request, reply) => { reply.callNotFound() } }, () => { throw new Error('on purpose') })
}

const reached = ['/missing', '/deep/missing', '/files/missing', '/ignored/missing', '/failing']

describeWays('config.login of the handler for pages that are not there', (way) => {
  for (const defaultLogin of ['optional', 'required'] as const) {
    test(`is honoured, also where a route hands the request over to it, with defaultLogin: '${defaultLogin}'`, async () => {
      const { app } = await way.createApp({
        options: { defaultLogin },
        after: (app) => { servePage(app, 'required'); handOver(app) }
      })
      for (const url of reached) {
        const refused = await app.inject({ url, headers: json })
        assert.deepEqual([refused.statusCode, refused.json().code], [401, 'FST_LOGIN_UNAUTHORIZED'], url)
        assert.equal((await app.inject({ url, ...await loginAs(app, { id: '1' } as never) })).body, 'page of 1', url)
      }
      for (const method of ['HEAD', 'POST', 'PUT', 'DELETE', 'OPTIONS', 'TRACE'] as const) {
        assert.equal((await app.inject({ method, url: '/missing', headers: asPreflight })).statusCode, 401, method)
      }
    })
  }

  test('sends a browser to log in, and back to the page that it asked for', async () => {
    const { app } = await way.createApp({
      options: { loginPath: '/login-page', defaultLogin: 'required' },
      after: (app) => { servePage(app, 'required'); handOver(app) }
    })
    for (const url of ['/reports?year=1843', '/files/missing']) {
      assert.equal((await new Browser(app).get(url)).headers.location, `/login-page?next=${encodeURIComponent(url)}`)
    }
  })

  test('may ask for a fresh login, for a visitor, or for nothing', async () => {
    for (const [word, visitor, remembered, fresh] of [
      ['fresh', 401, 403, 200], ['anonymous', 200, 403, 403], ['optional', 200, 200, 200], ['ignored', 200, 200, 200]
    ] as const) {
      const { app } = await way.createApp({ after: (app) => { servePage(app, word); handOver(app) } })
      for (const url of ['/missing', '/files/missing', '/ignored/missing']) {
        const codes = await Promise.all([null, { fresh: false }, { fresh: true }].map(async (how) => {
          const browser = new Browser(app)
          if (how !== null) await browser.post('/login/1', how)
          return (await browser.get(url, json)).statusCode
        }))
        assert.deepEqual(codes, [visitor, remembered, fresh], `${word} ${url}`)
      }
    }
  })

  test('is honoured in a scope with a prefix, and says nothing of the pages outside', async () => {
    const { app } = await way.createApp({
      after: (app) => {
        servePage(app)
        app.register(async (scope) => { servePage(scope, 'required'); handOver(scope) }, { prefix: '/club' })
      }
    })
    for (const url of reached) assert.equal((await app.inject({ url: `/club${url}`, headers: json })).statusCode, 401, url)
    assert.equal((await app.inject('/missing')).body, 'page of nobody')
  })

  test('fails the request where the user cannot be loaded', async () => {
    let broken = false
    const { app } = await way.createApp({
      options: { loadUser: (id: string) => { if (broken) throw new Error('on purpose'); return { id, name: 'Ada' } } },
      after: (app) => { servePage(app, 'required'); handOver(app) }
    })
    const ada = await loginAs(app, { id: '1' } as never)
    broken = true
    for (const url of ['/missing', '/files/missing', '/ignored/missing']) assert.equal((await app.inject({ url, ...ada })).statusCode, 500, url)
  })
})

describe('the handler for pages that are not there', () => {
  test('without config.login answers 404 to everybody, whatever routes need by default', async () => {
    for (const handle of [() => {}, (app: FastifyInstance) => app.setNotFoundHandler((_request, reply) => reply.code(404).send('not here'))]) {
      const { app } = await createApp({ options: { defaultLogin: 'required', loginPath: '/login' }, after: (app) => { handle(app); handOver(app) } })
      const browser = new Browser(app)
      for (const url of reached) assert.equal((await browser.get(url)).statusCode, 404, url)
      assert.equal((await browser.post('/missing')).statusCode, 404)
    }
  })

  test('with a misspelt config.login is refused, and says whose config it is', async () => {
    for (const url of ['/missing', '/files/missing']) {
      const { app } = await createApp({ after: (app) => { servePage(app, 'requried'); handOver(app) } })
      const answer = await app.inject(url)
      assert.deepEqual([answer.statusCode, answer.json().code], [500, 'FST_LOGIN_INVALID_ROUTE_CONFIG'])
      assert.match(answer.json().message, /not-found handler/)
    }
  })

  test('that is set before the plugin is registered is guarded too', async () => {
    const app = Fastify()
    servePage(app, 'required')
    handOver(app)
    await app.register(login, { key, loadUser: () => null })
    for (const url of reached) assert.equal((await app.inject(url)).statusCode, 401, url)
  })

  test('takes no user of one kind for another, where a route of another realm hands the request over', async () => {
    for (const guarded of [{ config: { login: 'required' } }, { preHandler: requireLogin }, { config: { login: 'fresh' } }]) {
      const { app } = await createApp({
        after: (app) => {
          app.setNotFoundHandler(guarded as never, (_request, reply) => reply.code(200).send('page'))
          app.register(async (scope) => {
            await scope.register(login, { realm: 'admin', loadUser: (id) => ({ id, email: 'a@example.org', permissions: [] }) })
            scope.get('/admin/*', (_request, reply) => { reply.callNotFound() })
          })
        }
      })
      const admin = await loginAs(app, { id: '1' } as never, { realm: 'admin' })
      assert.equal((await app.inject({ url: '/admin/missing', ...admin })).statusCode, 401)
      const member = await loginAs(app, { id: '1' } as never)
      assert.equal((await app.inject({ url: '/missing', ...member })).body, 'page')
    }
  })
})

/** What @fastify/middie does: decorates the instance with `use`, and runs its middleware in an `onRequest` hook. */
function addMiddleware (app: FastifyInstance): void {
  app.decorate('use' as never, (() => {}) as never)
  app.addHook('onRequest', async (request, reply) => {
    if (!request.url.startsWith('/express')) return
    reply.hijack()
    reply.raw.end('from middleware')
  })
}

describe('middleware, where every route needs a login by default,', () => {
  const open = (handler?: (app: FastifyInstance) => void) => createApp({
    options: { defaultLogin: 'required', loginPath: '/express/login' },
    after: (app) => { addMiddleware(app); handler?.(app); app.get('/page', () => 'page') }
  })

  test('does not answer strangers where no route does, but for the login page', async () => {
    const { app } = await open()
    for (const url of ['/express', '/express/admin', '/missing', '/express/login/../admin', '/express//login', '/express/LOGIN', '/express/login;x']) {
      assert.equal((await app.inject({ url, headers: json })).statusCode, 401, url)
    }
    assert.equal((await app.inject({ url: '/express/login?next=%2F' })).body, 'from middleware')
    const ada = await loginAs(app, { id: '1' } as never)
    assert.equal((await app.inject({ url: '/express/admin', ...ada })).body, 'from middleware')
    assert.equal((await app.inject({ url: '/missing', ...ada })).statusCode, 404)
  })

  test('answers everybody where the handler for pages that are not there says so', async () => {
    const { app } = await open((app) => app.setNotFoundHandler({ config: { login: 'optional' } } as never, (_request, reply) => reply.code(404).send('not here')))
    assert.equal((await app.inject('/express/admin')).body, 'from middleware')
    assert.equal((await app.inject('/missing')).statusCode, 404)
  })

  test('that runs before the plugin is told of when the application starts', async () => {
    for (const [defaultLogin, before, warns] of [['required', true, true], ['required', false, false], ['optional', true, false]] as const) {
      const lines: string[] = []
      await createApp({
        server: { logger: { level: 'warn', stream: { write: (line: string) => { lines.push(line) } } } },
        options: { defaultLogin },
        ...before ? { before: addMiddleware } : { after: addMiddleware }
      })
      assert.equal(lines.some((line) => /middleware.*register it after fastify-login/i.test(line)), warns, `${defaultLogin} ${before}`)
    }
  })
})
