import assert from 'node:assert/strict'
import { after, before, describe, test } from 'node:test'
import fc from 'fast-check'
import { identifyByNetworkAndUserAgent } from 'fastify-login'
import { createApp } from './support/app.ts'
import { getRaw, sendRaw } from './support/raw.ts'
import type { FastifyInstance } from 'fastify'

const hostileNames = ['accept', 'user-agent', 'sec-fetch-mode', 'x-requested-with', 'x-forwarded-for', 'x-forwarded-proto', 'x-forwarded-host',
  'host', 'origin', 'access-control-request-method', 'referer', 'cookie', 'upgrade', 'x-fastify-login-ticket']

const headerValue = fc.oneof(
  fc.string({ unit: fc.integer({ min: 0x20, max: 0x7e }).map((code) => String.fromCharCode(code)), maxLength: 60 }),
  fc.string({ unit: fc.integer({ min: 0x80, max: 0xff }).map((code) => String.fromCharCode(code)), maxLength: 20 }),
  fc.constantFrom('text/html', '*/*;q=0', 'text/html;q=x', 'navigate', 'XMLHttpRequest', 'websocket', '::1', '::', '1.2.3.4, ::ffff:1.2.3.4', 'https, http', 'a'.repeat(3000))
)

describe('headers and queries of any bytes', () => {
  let app: FastifyInstance

  before(async () => {
    const made = await createApp({
      options: { loginPath: '/login', identifyBrowser: identifyByNetworkAndUserAgent },
      server: { trustProxy: true },
      after: (app) => app.get('/next', (request) => request.nextUrl('/home'))
    })
    app = made.app
  })
  after(() => app.close())

  test('give an anonymous request or a clear refusal, never a failure', async () => {
    const headers = fc.dictionary(fc.constantFrom(...hostileNames), headerValue)
    await fc.assert(fc.asyncProperty(headers, fc.constantFrom('/whoami', '/members', '/vault', '/visitors', '/missing'), async (headers, url) => {
      const { statusCode, body } = await app.inject({ url, headers })
      assert.ok(statusCode < 500, `${statusCode} ${body}`)
      if (url === '/whoami') assert.equal(JSON.parse(body).user, null)
      if (url === '/members' || url === '/vault') assert.ok(statusCode === 401 || statusCode === 302)
    }), { numRuns: 400 })
  })

  test('let anybody log in from whatever browser they pretend to have', async () => {
    await fc.assert(fc.asyncProperty(fc.dictionary(fc.constantFrom('user-agent', 'x-forwarded-for', 'x-forwarded-proto', 'accept'), headerValue), async (headers) => {
      const { statusCode, body } = await app.inject({ method: 'POST', url: '/login/1', headers })
      assert.equal(statusCode, 200, body)
    }), { numRuns: 200 })
  })

  test('let a login succeed or be refused where the client asks for an upgrade that nobody offers', async () => {
    for (const headers of ['Upgrade: websocket\r\n', 'Upgrade: WebSocket\r\nConnection: close, Upgrade\r\n']) {
      const { statusCode } = await sendRaw(app, `POST /login/1 HTTP/1.1\r\nHost: localhost\r\n${headers}Content-Length: 0\r\nConnection: close\r\n\r\n`)
      assert.ok(statusCode < 500, headers)
    }
  })

  test('in a query lead nowhere but to this site', async () => {
    await fc.assert(fc.asyncProperty(fc.string({ unit: 'binary', maxLength: 40 }), async (text) => {
      const query = Buffer.from(text).toString('latin1').replace(/[^\u0021-\u007e]/g, '%')
      const { statusCode, body } = await app.inject({ url: `/next?next=${query}&next[__proto__]=x&__proto__=y` })
      assert.ok(statusCode < 500)
      if (statusCode === 200) assert.equal(new URL(body, 'http://localhost').origin, 'http://localhost')
    }), { numRuns: 200 })
  })

  test('in the request line give a page, a redirect or a 4xx', async () => {
    for (const target of ['/members?%', '/members?next=%ff%fe', '/%', '/%ff', '/%00', '/members#x', '*', 'x', '/members?' + 'a=b&'.repeat(3000)]) {
      const { statusCode } = await getRaw(app, target)
      assert.ok(statusCode >= 200 && statusCode < 500, `${target} ${statusCode}`)
    }
  })

  test('of several headers of one name log nobody in', async () => {
    const { statusCode, body } = await sendRaw(app, 'GET /whoami HTTP/1.1\r\nHost: localhost\r\nCookie: login=a\r\nCookie: login=b\r\n' +
      'User-Agent: a\r\nUser-Agent: b\r\nSec-Fetch-Mode: navigate\r\nSec-Fetch-Mode: cors\r\nConnection: close\r\n\r\n')
    assert.equal(statusCode, 200)
    assert.match(body, /"user":null/)
  })
})

test('a body of any shape leads nowhere but to this site', async () => {
  const { app } = await createApp({ after: (app) => app.post('/next', (request) => ({ next: request.nextUrl('/home') })) })
  await fc.assert(fc.asyncProperty(fc.json(), async (payload) => {
    const { statusCode, body } = await app.inject({ method: 'POST', url: '/next', headers: { 'content-type': 'application/json' }, payload })
    assert.ok(statusCode === 400 || JSON.parse(body).next === '/home', body)
  }), { numRuns: 200 })
  assert.equal((await app.inject({ method: 'POST', url: '/next', headers: { 'content-type': 'application/json' }, payload: '{"__proto__":{"next":"/x"}}' })).statusCode, 400)
})
