import assert from 'node:assert/strict'
import { describe, test } from 'node:test'
import login, { requireFreshLogin, requireLogin } from 'fastify-login'
import { Browser } from './support/browser.ts'
import { createApp } from './support/app.ts'
import type { FastifyReply } from 'fastify'
import type { LoginOptions, RefusalHandler } from 'fastify-login'

const html = 'text/html,application/xhtml+xml,application/xml;q=0.9,*/*;q=0.8'

describe('a refused visitor is sent to the login page where a browser asks for a page', () => {
  const asks: Array<[string, Record<string, string>, number]> = [
    ['a browser', { accept: html }, 302],
    ['a browser that says that it navigates', { accept: html, 'sec-fetch-mode': 'navigate' }, 302],
    ['a client that prefers HTML', { accept: 'application/json;q=0.5, text/html' }, 302],
    ['a client that takes any text', { accept: 'text/*' }, 302],
    ['a client that prefers JSON', { accept: 'text/html;q=0.5, application/json' }, 401],
    ['a client that takes both alike', { accept: 'application/json, text/html' }, 401],
    ['a client that takes anything', { accept: '*/*' }, 401],
    ['a client that says nothing', { accept: '' }, 401],
    ['a client that takes no HTML', { accept: 'text/html;q=0, image/png' }, 401],
    ['a client that takes pictures', { accept: 'image/avif,image/webp' }, 401],
    ['a script of a page', { accept: html, 'sec-fetch-mode': 'cors' }, 401],
    ['a picture in a page', { accept: html, 'sec-fetch-mode': 'no-cors' }, 401],
    ['a WebSocket', { accept: html, 'sec-fetch-mode': 'websocket' }, 401],
    ['a script of an old page', { accept: html, 'x-requested-with': 'XMLHttpRequest' }, 401]
  ]
  for (const [who, headers, statusCode] of asks) {
    test(`${who}: ${statusCode}`, async () => {
      const { app } = await createApp({ options: { loginPath: '/login', refreshPath: '/confirm-page' } })
      assert.equal((await app.inject({ url: '/members', headers })).statusCode, statusCode)
      const browser = new Browser(app)
      await browser.post('/login/1', { fresh: false })
      assert.equal((await browser.get('/vault', headers)).statusCode, statusCode === 302 ? 302 : 403)
    })
  }

  test('also to one on another site, whose path is that of the page', async () => {
    const { app } = await createApp({ options: { loginPath: 'https://login.example.net/members', origin: 'https://www.example.org' } })
    const { headers } = await new Browser(app).get('/members')
    assert.equal(headers.location, 'https://login.example.net/members?next=https%3A%2F%2Fwww.example.org%2Fmembers')
  })

  test('and gets an error where there is no such page', async () => {
    const { app } = await createApp()
    const { statusCode, body } = await new Browser(app).get('/members')
    assert.equal(statusCode, 401)
    assert.deepEqual(JSON.parse(body), { statusCode: 401, code: 'FST_LOGIN_UNAUTHORIZED', error: 'Unauthorized', message: 'Login required' })
    const browser = new Browser(app)
    await browser.post('/login/1', { fresh: false })
    assert.deepEqual((await browser.get('/vault')).json(), { statusCode: 403, code: 'FST_LOGIN_NEEDS_REFRESH', error: 'Forbidden', message: 'Fresh login required' })
  })

  test("and errors reach the application's own error handler", async () => {
    const { app } = await createApp({
      before: (app) => app.setErrorHandler((error: { code?: string, statusCode?: number }, _request, reply) => reply.code(error.statusCode ?? 500).send(`handled ${error.code}`))
    })
    assert.equal((await app.inject('/members')).body, 'handled FST_LOGIN_UNAUTHORIZED')
  })
})

describe('a handler of the scope answers instead', () => {
  const handlers: Array<[string, RefusalHandler, number, string]> = [
    ['with the value it returns', () => ({ please: 'log in' }), 200, '{"please":"log in"}'],
    ['with the value it promises', async () => 'later', 200, 'later'],
    ['with null', () => null, 200, ''],
    ['with a status and a value', (_request, reply) => { reply.code(418); return 'teapot' }, 418, 'teapot'],
    ['by replying itself', (_request, reply) => { reply.code(418).send('mine') }, 418, 'mine'],
    ['by returning the reply', (_request, reply) => reply.code(418).send('mine'), 418, 'mine'],
    ['by replying later and returning the reply', (_request, reply) => { setImmediate(() => { reply.code(418).send('late') }); return reply }, 418, 'late'],
    ['by replying and promising nothing', async (_request, reply) => { reply.code(418).send('mine') }, 418, 'mine'],
    ['by redirecting', async (_request, reply) => await reply.redirect('/elsewhere', 303), 303, ''],
    ['with the error, where it returns nothing', () => {}, 401, 'FST_LOGIN_UNAUTHORIZED'],
    ['with the error, where it promises nothing', async () => {}, 401, 'FST_LOGIN_UNAUTHORIZED'],
    ['with its own error', () => { throw Object.assign(new Error('no'), { statusCode: 402, code: 'MINE' }) }, 402, 'MINE'],
    ['with its own error, promised', async () => { throw Object.assign(new Error('no'), { statusCode: 402, code: 'MINE' }) }, 402, 'MINE']
  ]
  for (const [how, handler, statusCode, body] of handlers) {
    test(how, async () => {
      const { app } = await createApp({ options: { loginPath: '/login', unauthorizedHandler: handler, needsRefreshHandler: handler } })
      const response = await new Browser(app).get('/members')
      assert.equal(response.statusCode, statusCode)
      assert.ok(response.body.includes(body), response.body)
      const browser = new Browser(app)
      await browser.post('/login/1', { fresh: false })
      const stale = await browser.get('/vault')
      assert.equal(stale.statusCode, statusCode === 401 ? 403 : statusCode)
    })
  }

  test('once: what it returns after it has replied itself is not sent, nor complained of', async () => {
    const lines: string[] = []
    const handler: RefusalHandler = (_request, reply) => { reply.code(418).send('mine'); return 'twice' }
    const { app } = await createApp({
      options: { unauthorizedHandler: handler },
      server: { logger: { level: 'warn', stream: { write: (line: string) => { lines.push(line) } } } }
    })
    assert.equal((await new Browser(app).get('/members')).body, 'mine')
    assert.deepEqual(lines.filter((line) => !line.includes('without a store')), [])
  })

  test('and the handler of the page never runs', async () => {
    let ran = 0
    const page = () => { ran++; return 'page' }
    const handler = (_request: unknown, reply: FastifyReply) => { reply.code(418).send('mine') }
    const { app } = await createApp({
      options: { unauthorizedHandler: handler },
      after: (app) => { for (const hook of ['onRequest', 'preValidation', 'preHandler']) app.get(`/${hook}`, { [hook]: requireLogin }, page) }
    })
    for (const hook of ['onRequest', 'preValidation', 'preHandler']) assert.equal((await app.inject(`/${hook}`)).body, 'mine')
    assert.equal(ran, 0)
  })

  test('for that scope and those inside, and for no other', async () => {
    const options: LoginOptions = { unauthorizedHandler: () => 'inner visitor', needsRefreshHandler: () => 'inner stale' }
    const { app } = await createApp({
      options: { unauthorizedHandler: () => 'outer visitor' },
      after: (app) => app.register(async (inner) => {
        await inner.register(login, options)
        inner.get('/inner', { preHandler: requireLogin }, () => 'page')
        inner.get('/inner/vault', { preHandler: requireFreshLogin }, () => 'page')
      })
    })
    const browser = new Browser(app)
    assert.equal((await browser.get('/inner')).body, 'inner visitor')
    assert.equal((await browser.get('/members')).body, 'outer visitor')
    await browser.post('/login/1', { fresh: false })
    assert.equal((await browser.get('/inner/vault')).body, 'inner stale')
    assert.equal((await browser.get('/vault')).statusCode, 403)
  })
})
