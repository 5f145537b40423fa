import assert from 'node:assert/strict'
import { once } from 'node:events'
import { connect } from 'node:http2'
import { test } from 'node:test'
import Fastify from 'fastify'
import login, { membersOnly, requireAnonymous, requireFreshLogin, requireFreshLoginWithin, requireLogin } from 'fastify-login'
import { createApp, key } from './support/app.ts'
import { Browser } from './support/browser.ts'
import type { FastifyInstance } from 'fastify'

const asPreflight = { origin: 'https://shop.example', 'access-control-request-method': 'POST' }

async function open (after: (app: FastifyInstance) => unknown): Promise<(url: string, headers?: Record<string, string>, method?: 'OPTIONS' | 'GET') => Promise<number>> {
  const { app } = await createApp({ after })
  return async (url, headers = asPreflight, method = 'OPTIONS') => (await app.inject({ method, url, headers })).statusCode
}

test('a CORS preflight passes where OPTIONS is the only method of the route', async () => {
  const ask = await open((app) => {
    app.options('/alone', { preHandler: requireLogin }, () => 'preflight')
    app.route({ method: ['OPTIONS'], url: '/listed', preHandler: requireFreshLogin, handler: () => 'preflight' })
    app.route({ method: 'options' as 'OPTIONS', url: '/lower-case', onRequest: requireFreshLoginWithin(60), handler: () => 'preflight' })
    app.route({ method: ['options'] as never, url: '/listed-lower-case', onRequest: requireLogin, handler: () => 'preflight' })
    app.options('/config', { config: { login: 'required' } }, () => 'preflight')
    app.options('/config/fresh', { config: { login: 'fresh' } }, () => 'preflight')
    app.register(async (scope) => { membersOnly(scope).options('/scope', () => 'preflight') })
  })
  for (const url of ['/alone', '/listed', '/lower-case', '/listed-lower-case', '/config', '/config/fresh', '/scope']) assert.equal(await ask(url), 200, url)
})

/** The methods that @fastify/http-proxy declares its one route with. */
const ofProxy = ['DELETE', 'GET', 'HEAD', 'PATCH', 'POST', 'PUT', 'OPTIONS'] as const

test('a forged preflight does not pass where the route has another method beside OPTIONS', async () => {
  const guards = { login: requireLogin, fresh: requireFreshLogin, within: requireFreshLoginWithin(60) }
  for (const [name, guard] of Object.entries(guards)) {
    for (const hook of ['onRequest', 'preValidation', 'preHandler'] as const) {
      const ask = await open((app) => {
        app.register(async (scope) => { scope.route({ method: [...ofProxy], url: '/*', [hook]: guard, handler: () => 'the page' }) }, { prefix: '/proxy' })
        app.route({ method: ['GET', 'OPTIONS'], url: '/get', [hook]: guard, handler: () => 'the page' })
        app.route({ method: ['OPTIONS', 'POST'], url: '/post', [hook]: guard, handler: () => 'the page' })
        app.route({ method: ['get', 'options'] as never, url: '/lower-case', [hook]: guard, handler: () => 'the page' })
      })
      for (const url of ['/proxy/', '/proxy/admin', '/get', '/post', '/lower-case']) assert.equal(await ask(url), 401, `${name} ${hook} ${url}`)
    }
  }
})

test('a forged preflight does not pass where the config of a route, its scope or the default asks for a login', async () => {
  const both = { method: [...ofProxy], handler: () => 'the page' }
  const { app } = await createApp({
    options: { defaultLogin: 'required' },
    after: (app) => {
      app.route({ ...both, url: '/required', config: { login: 'required' } })
      app.route({ ...both, url: '/fresh', config: { login: 'fresh' } })
      app.route({ ...both, url: '/silent' })
      app.register(async (scope) => { membersOnly(scope).route({ ...both, url: '/scope', config: { login: 'optional' } }) })
    }
  })
  for (const url of ['/required', '/fresh', '/silent', '/scope']) {
    assert.equal((await app.inject({ method: 'OPTIONS', url, headers: asPreflight })).statusCode, 401, url)
  }
})

test('a forged preflight of a user does not pass a page for visitors', async () => {
  const { app } = await createApp({
    after: (app) => {
      app.route({ method: ['GET', 'OPTIONS'], url: '/hook', preHandler: requireAnonymous, handler: () => 'the page' })
      app.route({ method: ['GET', 'OPTIONS'], url: '/config', config: { login: 'anonymous' }, handler: () => 'the page' })
      app.options('/alone', { preHandler: requireAnonymous }, () => 'preflight')
    }
  })
  const browser = new Browser(app)
  await browser.post('/login/1')
  const ask = async (url: string) => (await browser.request({ method: 'OPTIONS', url, headers: { ...asPreflight, accept: 'application/json' } })).statusCode
  assert.deepEqual([await ask('/hook'), await ask('/config'), await ask('/alone')], [403, 403, 200])
})

test('a forged preflight does not pass over HTTP/2', async (t) => {
  const app = Fastify({ http2: true })
  await app.register(login, { key, loadUser: () => null })
  app.route({ method: ['GET', 'OPTIONS'], url: '/both', preHandler: requireLogin, handler: async () => 'the page' })
  app.options('/alone', { preHandler: requireLogin }, async () => 'preflight')
  t.after(() => app.close())
  const session = connect(await app.listen({ port: 0, host: '127.0.0.1' }))
  t.after(() => session.close())
  const ask = async (path: string) => {
    const stream = session.request({ ':method': 'OPTIONS', ':path': path, ...asPreflight })
    const [headers] = await once(stream, 'response') as [Record<string, unknown>]
    stream.close()
    return headers[':status']
  }
  assert.deepEqual([await ask('/both'), await ask('/alone')], [401, 200])
})

test('a forged preflight does not pass the handler for pages that are not there', async () => {
  const ask = await open((app) => app.setNotFoundHandler({ preHandler: requireLogin }, () => 'the page'))
  assert.equal(await ask('/missing'), 401)
})

test('a CORS preflight does not pass where the route came from app.all', async () => {
  const ask = await open((app) => app.all('/all', { preHandler: requireLogin }, () => 'the page'))
  assert.equal(await ask('/all'), 401)
  assert.equal(await ask('/all', {}), 401)
})

test('an OPTIONS request that is no preflight does not pass', async () => {
  const ask = await open((app) => app.options('/alone', { preHandler: requireLogin }, () => 'the page'))
  assert.equal(await ask('/alone', {}), 401)
  assert.equal(await ask('/alone', { origin: 'https://shop.example' }), 401)
  assert.equal(await ask('/alone', { 'access-control-request-method': 'POST' }), 401)
})

test('another method with the headers of a preflight does not pass', async () => {
  const ask = await open((app) => app.route({ method: ['GET', 'OPTIONS'], url: '/both', preHandler: requireLogin, handler: () => 'the page' }))
  assert.equal(await ask('/both', asPreflight, 'GET'), 401)
})

test('a preflight passes the default that denies, where the route lists OPTIONS', async () => {
  const { app } = await createApp({
    options: { defaultLogin: 'required' },
    after: (app) => {
      app.options('/alone', () => 'preflight')
      app.all('/all', () => 'the page')
    }
  })
  assert.equal((await app.inject({ method: 'OPTIONS', url: '/alone', headers: asPreflight })).statusCode, 200)
  assert.equal((await app.inject({ method: 'OPTIONS', url: '/all', headers: asPreflight })).statusCode, 401)
})

test('a route from app.all does not open where the application adds a method later', async () => {
  const ask = await open((app) => {
    app.all('/all', { preHandler: requireLogin }, () => 'the page')
    app.addHttpMethod('PROPFIND')
  })
  assert.equal(await ask('/all'), 401)
})
