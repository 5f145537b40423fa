import assert from 'node:assert/strict'
import { test } from 'node:test'
import Fastify from 'fastify'
import login from 'fastify-login'
import { Browser } from './support/browser.ts'
import { createApp, key } from './support/app.ts'
import { getRaw } from './support/raw.ts'
import { describeWays } from './support/ways.ts'
import type { FastifyInstance } from 'fastify'
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

  test('the login pages are open, with every method', async () => {
    const browser = await open()
    assert.equal((await browser.get('/enter?next=%2Fsilent')).body, 'enter /silent')
    assert.equal((await browser.post('/enter')).body, 'enter /')
    assert.equal((await browser.get('/confirm-page')).body, 'confirm')
    assert.equal((await browser.request({ method: 'HEAD', url: '/enter' })).statusCode, 200)
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
