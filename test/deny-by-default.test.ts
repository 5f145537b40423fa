import assert from 'node:assert/strict'
import { test } from 'node:test'
import websocket from '@fastify/websocket'
import Fastify from 'fastify'
import login from 'fastify-login'
import { Browser } from './support/browser.ts'
import { createApp, key } from './support/app.ts'
import { getRaw } from './support/raw.ts'
import { describeWays } from './support/ways.ts'
import type { FastifyInstance, FastifyServerOptions } from 'fastify'
import type { LoginOptions } from 'fastify-login'

const options: Partial<LoginOptions> = { defaultLogin: 'required', loginPath: '/enter', refreshPath: '/confirm-page?x=1' }

function declarePages (app: FastifyInstance): void {
  app.get('/silent', () => 'silent')
  app.get('/open', { config: { login: 'optional' } }, () => 'open')
  app.get('/static', { config: { login: 'ignored' } }, () => 'static')
  app.route({ method: ['GET', 'POST'], url: '/enter', config: {}, handler: (request) => `enter ${request.nextUrl('/')}` })
  app.get('/confirm-page', () => 'confirm')
}

describeWays('where every route needs a login by default', (way) => {
  async function open (): Promise<Browser> {
    const { app } = await way.createApp({ options, after: declarePages })
    return new Browser(app)
  }

  test('a page that says nothing is closed to visitors', async () => {
    const browser = await open()
    assert.equal((await browser.get('/silent')).headers.location, '/enter?next=%2Fsilent')
    assert.equal((await browser.get('/silent', { accept: 'application/json' })).statusCode, 401)
    assert.equal((await browser.get('/')).statusCode, 302)
  })

  test('a page that says so is open', async () => {
    const browser = await open()
    assert.equal((await browser.get('/open')).body, 'open')
    assert.equal((await browser.get('/static')).body, 'static')
  })

  test('the login page is open, with every method', async () => {
    const browser = await open()
    assert.equal((await browser.get('/enter?next=%2Fsilent')).body, 'enter /silent')
    assert.equal((await browser.post('/enter')).body, 'enter /')
    assert.equal((await browser.request({ method: 'HEAD', url: '/enter' })).statusCode, 200)
  })

  test('the page to prove who one is again is closed to visitors, and open to users whose login is not fresh', async () => {
    const { app } = await way.createApp({
      options,
      after: (app, users) => {
        declarePages(app)
        app.post('/confirm-page', () => 'confirmed')
        app.post('/in', { config: { login: 'optional' } }, async (request) => await request.loginUser(users.get('1')!, { fresh: false }))
        app.get('/fresh', { config: { login: 'fresh' } }, () => 'fresh')
      }
    })
    const browser = new Browser(app)
    assert.equal((await browser.get('/confirm-page?x=1')).headers.location, '/enter')
    assert.equal((await browser.get('/confirm-page', { accept: 'application/json' })).statusCode, 401)
    assert.equal((await browser.post('/confirm-page', {}, { accept: 'application/json' })).statusCode, 401)
    await browser.post('/in')
    assert.equal((await browser.get('/fresh')).headers.location, '/confirm-page?x=1&next=%2Ffresh')
    assert.equal((await browser.get('/confirm-page?x=1&next=%2Ffresh')).body, 'confirm')
    assert.equal((await browser.post('/confirm-page')).body, 'confirmed')
  })

  test('one page for both is open to visitors', async () => {
    const { app } = await way.createApp({ options: { ...options, refreshPath: '/enter' }, after: declarePages })
    assert.equal((await app.inject('/enter')).body, 'enter /')
  })

  test('a page that does not exist is answered as such', async () => {
    const browser = await open()
    assert.equal((await browser.get('/missing')).statusCode, 404)
    assert.equal((await browser.post('/silent')).statusCode, 404)
  })

  test('HEAD is answered as GET is', async () => {
    const browser = await open()
    for (const [url, statusCode] of [['/silent', 302], ['/open', 200], ['/static', 200]] as const) {
      assert.equal((await browser.request({ method: 'HEAD', url })).statusCode, statusCode, url)
    }
  })

  test('a route of another method at the address of an open page stays closed', async () => {
    const { app } = await way.createApp({
      options,
      after: (app) => {
        declarePages(app)
        app.delete('/open', () => 'deleted')
      }
    })
    assert.equal((await app.inject({ method: 'DELETE', url: '/open' })).statusCode, 401)
  })

  test('who is logged in gets in everywhere', async () => {
    const { app, users } = await way.createApp({
      options,
      after: (app, users) => {
        declarePages(app)
        app.post('/in', { config: { login: 'optional' } }, async (request) => await request.loginUser(users.get('1')!))
      }
    })
    assert.ok(users.has('1'))
    const browser = new Browser(app)
    await browser.post('/in')
    assert.equal((await browser.get('/silent')).body, 'silent')
  })
})

test('routes that are declared before the plugin, and those of plugins inside, are closed too', async () => {
  const app = Fastify()
  app.get('/early', () => 'early')
  await app.register(login, { key, loadUser: () => null, defaultLogin: 'required' })
  app.register(async (scope) => { scope.get('/inner', () => 'inner') }, { prefix: '/a' })
  for (const url of ['/early', '/a/inner']) assert.equal((await app.inject(url)).statusCode, 401)
  assert.equal((await app.inject('/a/missing')).statusCode, 404)
})

test('a scope may open what is closed around it, and close what is open', async () => {
  const app = Fastify()
  await app.register(login, { key, loadUser: () => null, defaultLogin: 'required' })
  app.register(async (scope) => {
    await scope.register(login, { defaultLogin: 'optional' })
    scope.get('/open', () => 'open')
    scope.register(async (inner) => {
      await inner.register(login, { defaultLogin: 'required' })
      inner.get('/closed', () => 'closed')
    })
  })
  app.get('/outer', () => 'outer')
  const codes = await Promise.all(['/open', '/closed', '/outer'].map(async (url) => (await app.inject(url)).statusCode))
  assert.deepEqual(codes, [200, 401, 401])
})

test('a login page under a prefix is open by the address that browsers ask for', async () => {
  const app = Fastify()
  await app.register(login, { key, loadUser: () => null, defaultLogin: 'required', loginPath: '/site/login' })
  app.register(async (scope) => {
    scope.get('/login', () => 'the form')
    scope.get('/login/help', () => 'help')
  }, { prefix: '/site' })
  assert.equal((await app.inject('/site/login')).body, 'the form')
  assert.equal((await app.inject('/site/login/help')).statusCode, 401)
})

test('a login page that a route with a parameter serves can be seen, and nothing else of that route', async () => {
  const app = Fastify()
  await app.register(login, { key, loadUser: () => null, defaultLogin: 'required', loginPath: '/login' })
  app.get('/:page', (request) => (request.params as { page: string }).page)
  const accept = { accept: 'text/html' }
  assert.equal((await app.inject({ url: '/settings', headers: accept })).statusCode, 302)
  assert.equal((await app.inject({ url: '/login', headers: accept })).body, 'login')
})

test('a path that a browser would take for the login page, and the router does not, is closed', async (t) => {
  const { app } = await createApp({
    options,
    after: (app) => {
      declarePages(app)
      app.get('/files/*', () => 'secret')
    }
  })
  t.after(() => app.close())
  for (const target of ['/files/../enter', '/files/%2e%2e/enter', '/files/x/..%2f../enter', '/files/..\\enter', 'http://localhost/files/../enter']) {
    const answer = await getRaw(app, target)
    assert.ok([302, 401].includes(answer.statusCode) && answer.body !== 'secret', target)
  }
  assert.equal((await getRaw(app, '/%65nter')).statusCode, 200)
})

test('an address that is rewritten to another route is not the login page, and one that is rewritten to the login page is', async () => {
  const rewritten: Record<string, string> = { '/login': '/secret', '/login?next=%2F': '/secret', '/files/1': '/login', '/deep': '/wild/login', '/wild': '/login/../secret' }
  const { app } = await createApp({
    server: { rewriteUrl: ({ url = '/' }) => rewritten[url] ?? url },
    options: { defaultLogin: 'required', loginPath: '/login' },
    after: (app) => {
      app.get('/login', () => 'the form')
      app.get('/secret', () => 'secret')
      app.get('/:page/*', () => 'secret')
    }
  })
  for (const url of ['/login', '/login?next=%2F', '/deep', '/wild', '/secret']) {
    const answer = await app.inject({ url, headers: { accept: 'text/html' } })
    assert.ok([302, 401].includes(answer.statusCode), `${url} ${answer.body}`)
  }
  assert.equal((await app.inject({ url: '/login', headers: { accept: 'text/html' } })).statusCode, 401, 'no circle')
  assert.equal((await app.inject('/files/1')).body, 'the form')
})

/** Request targets that somebody may take for the login page, whose route is a wildcard. */
const disguises = [
  '//login', '/login/', '/login//', '/LOGIN', '/login/../secret', '/./login', '/%6cogin', '/login%00', '/login%2f', '/login%3f', '/login;x', '/login%23',
  '/login#/../secret', '/login\\..\\secret', '/login%2f..%2fsecret', 'http://localhost/login', 'http://localhost/login/../secret', '/secret?/login', '/secret#/login'
]

test('a wildcard route opens at the very address of the login page alone, and not at what looks like it', async (t) => {
  for (const routerOptions of [{}, { caseSensitive: false }, { ignoreTrailingSlash: true }, { ignoreDuplicateSlashes: true }, { useSemicolonDelimiter: true }]) {
    for (const pattern of ['/*', '/:page', '/:page/*', '*', '/:page(^.*$)']) {
      const { app } = await createApp({
        server: { routerOptions } as FastifyServerOptions, options: { defaultLogin: 'required', loginPath: '/login' }, after: (app) => app.get(pattern, () => 'page')
      })
      t.after(() => app.close())
      for (const target of disguises) {
        const answer = await getRaw(app, target, { Accept: 'application/json' })
        assert.ok([401, 404].includes(answer.statusCode), `${JSON.stringify(routerOptions)} ${pattern} ${target}: ${answer.statusCode}`)
      }
      if (pattern !== '/:page/*') assert.equal((await getRaw(app, '/login?next=%2F')).body, 'page', pattern)
    }
  }
})

test('a login page that the router finds in another case, with another slash or an optional part is open', async () => {
  for (const [routerOptions, url, loginPath, asked] of [
    [{ caseSensitive: false }, '/login', '/login', '/LogIn'],
    [{ caseSensitive: false }, '/Login', '/login', '/login'],
    [{ ignoreTrailingSlash: true }, '/login/', '/login', '/login'],
    [{ ignoreTrailingSlash: true }, '/login', '/login', '/login/'],
    [{ ignoreDuplicateSlashes: true }, '/auth/login', '/auth/login', '/auth//login'],
    [{ useSemicolonDelimiter: true }, '/login', '/login', '/login;jsessionid=1'],
    [{}, '/login', '/login', '/%6cogin'],
    [{}, '/caf\u00e9', '/caf%C3%A9', '/caf%C3%A9'],
    [{}, '/login/:step?', '/login', '/login']
  ] as const) {
    const { app } = await createApp({
      server: { routerOptions } as FastifyServerOptions, options: { defaultLogin: 'required', loginPath }, after: (app) => app.get(url, () => 'the form')
    })
    assert.equal((await app.inject(asked)).body, 'the form', `${url} ${asked}`)
  }
})

test('a proxy for everything else stays closed at the address of the login page, which has a route of its own', async () => {
  const { app } = await createApp({
    options: { defaultLogin: 'required', loginPath: '/login' },
    after: (app) => {
      app.get('/login', () => 'the form')
      app.all('/*', () => 'proxy')
    }
  })
  assert.equal((await app.inject('/login')).body, 'the form')
  assert.equal((await app.inject({ method: 'HEAD', url: '/login' })).statusCode, 200)
  for (const method of ['POST', 'PUT', 'DELETE', 'PATCH', 'OPTIONS'] as const) {
    const answer = await app.inject({ method, url: '/login', headers: { 'x-original-url': '/admin', origin: 'https://a.example', 'access-control-request-method': 'GET' } })
    assert.deepEqual([answer.statusCode, answer.json().code], [401, 'FST_LOGIN_UNAUTHORIZED'], method)
  }
})

test('what else answers is closed too: other versions and hosts, preflights aside OPTIONS, and WebSockets', async (t) => {
  const app = Fastify()
  await app.register(websocket)
  await app.register(login, { key, loadUser: () => null, defaultLogin: 'required', loginPath: '/login' })
  app.register(async (scope) => {
    scope.get('/version', { constraints: { version: '2.0.0' } }, () => 'version')
    scope.get('/host', { constraints: { host: 'admin.example' } }, () => 'host')
    // As @fastify/cors declares its route.
    scope.options('*', (_request, reply) => reply.code(204).send())
    scope.get('/socket', { websocket: true }, (socket) => socket.close())
  })
  t.after(() => app.close())
  await app.ready()
  assert.equal((await app.inject({ url: '/version', headers: { 'accept-version': '2.x' } })).statusCode, 401)
  assert.equal((await app.inject({ url: '/host', headers: { host: 'admin.example' } })).statusCode, 401)
  assert.equal((await app.inject({ method: 'OPTIONS', url: '/anything' })).statusCode, 401)
  assert.equal((await app.inject({ method: 'OPTIONS', url: '/anything', headers: { origin: 'https://a.example', 'access-control-request-method': 'GET' } })).statusCode, 204)
  await assert.rejects(app.injectWS('/socket'), /401/)
})
