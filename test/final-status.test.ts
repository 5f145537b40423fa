import assert from 'node:assert/strict'
import { Readable } from 'node:stream'
import { it, type TestContext } from 'node:test'
import type { FastifyInstance, FastifyReply, FastifyRequest, RouteShorthandOptions } from 'fastify'
import { Browser, setCookies } from './support/browser.ts'
import { cookieHeader, namesSet, transports, type Transport } from './support/transports.ts'
import { describeWays, ways, type Way } from './support/ways.ts'

/** What a later hook does to a response. */
type Late = (request: FastifyRequest, reply: FastifyReply, payload: unknown) => unknown

const turnsInto = (status: number): Record<string, Late> => ({
  'reply.code': (_request, reply, payload) => { reply.code(status); return payload },
  'reply.raw.statusCode': (_request, reply, payload) => { reply.raw.statusCode = status; return payload },
  'a Response': () => new Response('late', { status, headers: { 'cache-control': 'public' } }),
  'reply.raw.writeHead': takesOver((reply, cookies) => reply.raw.writeHead(status, { 'Cache-Control': 'public', 'Set-Cookie': cookies })),
  'reply.raw.writeHead with a list': takesOver((reply, cookies) => reply.raw.writeHead(status, [...cookies.flatMap((line) => ['Set-Cookie', line]), 'Cache-Control', 'public'])),
  'reply.raw.writeHead with a list of pairs': takesOver((reply, cookies) => reply.raw.writeHead(status, [...cookies.map((line) => ['set-cookie', line]), ['cache-control', 'public']] as unknown as string[]))
})

/** Sends the response by hand; who does so does not go on to the next hook. */
function takesOver (writeHead: (reply: FastifyReply, cookies: string[]) => unknown): Late {
  return async (_request, reply) => {
    const cookies = [reply.getHeader('set-cookie') ?? []].flat() as string[]
    reply.hijack()
    writeHead(reply, cookies)
    reply.raw.end('late')
    return await new Promise(() => {})
  }
}

const isLate = ({ headers }: FastifyRequest) => headers['x-late'] !== undefined

/** An application with a child scope, and a route, whose hooks run after the plugin's. */
async function open (t: TestContext, way: Way, transport: Pick<Transport, 'server'>, late: Late, where: 'scope' | 'route') {
  const test = await way.createApp({
    server: transport.server,
    after: (app, users) => {
      const onSend = async (request: FastifyRequest, reply: FastifyReply, payload: unknown) => isLate(request) ? await late(request, reply, payload) : payload
      const declare = (scope: FastifyInstance, options: RouteShorthandOptions) => {
        scope.post('/enter', options, async (request, reply) => {
          await request.loginUser(users.get('1')!, { remember: true })
          reply.setCookie('basket', 'full')
          return request.headers['x-stream'] === undefined ? { entered: true } : Readable.from(['entered'])
        })
        scope.post('/switch', options, async (request) => await request.loginUser(users.get('2')!))
        scope.post('/prove', options, async (request) => await request.confirmLogin())
        scope.post('/leave', options, async (request) => await request.logoutUser())
        scope.get('/page', options, () => 'a page')
      }
      if (where === 'route') declare(app, { onSend: onSend as never })
      else app.register(async (scope) => { scope.addHook('onSend', onSend as never); declare(scope, {}) })
    }
  })
  t.after(async () => { await test.app.close() })
  return test
}

const oursOf = (cookies: readonly string[]) => namesSet(cookies).filter((name) => name === 'login' || name === 'remember_token')

for (const way of ways) {
  for (const transport of transports) {
    for (const [what, late] of Object.entries(turnsInto(503))) {
      it(`a later hook that makes a 5xx of a login, by ${what}, over ${transport.name}, ${way.name}: no credential goes out, and none has changed`, async (t) => {
        for (const where of ['scope', 'route'] as const) {
          const { app, events } = await open(t, way, transport, late, where)
          for (const more of [{}, { 'x-stream': 'yes' }]) {
            const answer = await transport.send(app, { method: 'POST', url: '/enter', headers: { 'x-late': 'yes', ...more } })
            assert.deepEqual([answer.statusCode, oursOf(answer.cookies)], [503, []], where)
            assert.equal(answer.headers['cache-control'], 'no-store')
            assert.deepEqual(events, [])
          }
          const { cookies } = await transport.send(app, { method: 'POST', url: '/enter' })
          const cookie = cookieHeader(cookies)
          assert.deepEqual(namesSet(cookies).sort(), ['basket', 'login', 'remember_token'])
          for (const url of ['/switch', '/prove']) {
            const { statusCode, cookies } = await transport.send(app, { method: 'POST', url, headers: { cookie, 'x-late': 'yes' } })
            assert.deepEqual([statusCode, oursOf(cookies)], [503, []], url)
          }
          const { user, lapse } = JSON.parse((await transport.send(app, { method: 'GET', url: '/whoami', headers: { cookie } })).body)
          assert.deepEqual([user, lapse], ['1', null], 'the login that the request came with lives on')
        }
      })
    }

    it(`a later hook that lets caches keep a response with a login cookie does not succeed, over ${transport.name}, ${way.name}`, async (t) => {
      const loosen: Record<string, Late> = {
        headers: (_request, reply, payload) => {
          reply.removeHeader('vary').headers({ 'Cache-Control': 'public, s-maxage=60', 'CDN-Cache-Control': 'public', 'Surrogate-Control': 'max-age=60', expires: 'Fri, 01 Jan 2100 00:00:00 GMT' })
          return payload
        },
        raw: (_request, reply, payload) => { reply.raw.setHeader('cloudflare-cdn-cache-control', 'public'); reply.removeHeader('cache-control'); return payload },
        response: () => new Response('late', { headers: { 'cache-control': 'public', 'cdn-cache-control': 'max-age=60' } })
      }
      for (const late of Object.values(loosen)) {
        const { app } = await open(t, way, transport, late, 'scope')
        const { cookies } = await transport.send(app, { method: 'POST', url: '/enter' })
        const cookie = cookieHeader(cookies)
        for (const [url, carried] of [['/enter', ''], ['/leave', cookie]] as const) {
          const { headers, cookies } = await transport.send(app, { method: 'POST', url, headers: { 'x-late': 'yes', ...carried && { cookie: carried } } })
          assert.ok(cookies.some((line) => line.startsWith('login=')), url)
          assert.equal(headers['cache-control'], 'no-store', url)
          assert.deepEqual(Object.keys(headers).filter((name) => /cdn|surrogate/.test(name)), [], url)
        }
      }
    })
  }
}

for (const way of ways) {
  for (const transport of transports) {
    it(`a stream that says its status and headers only once it is read does not carry a login away, over ${transport.name}, ${way.name}`, async (t) => {
      const { app, events } = await way.createApp({
        server: transport.server,
        after: (app, users) => app.post<{ Querystring: { status: string } }>('/proxied', async (request, reply) => {
          await request.loginUser(users.get('1')!)
          // As one does who pipes the response of another server.
          return new Readable({
            read () {
              reply.raw.statusCode = Number(request.query.status)
              reply.raw.setHeader('cache-control', 'public, max-age=60')
              this.push('from elsewhere')
              this.push(null)
            }
          })
        })
      })
      t.after(async () => { await app.close() })
      for (const [status, names] of [[503, []], [404, []], [203, ['login']]] as const) {
        events.length = 0
        const answer = await transport.send(app, { method: 'POST', url: `/proxied?status=${status}` })
        assert.deepEqual([answer.statusCode, namesSet(answer.cookies), answer.body], [status, names, 'from elsewhere'])
        assert.equal(answer.headers['cache-control'], 'no-store')
        if (names.length === 0) assert.deepEqual(events, [])
      }
    })

    it(`a response with trailers, and one to HEAD, carry their login as any other, over ${transport.name}, ${way.name}`, async (t) => {
      const { app } = await way.createApp({
        server: transport.server,
        after: (app, users) => app.all('/trailing', async (request, reply) => {
          await request.loginUser(users.get('1')!)
          reply.trailer('etag', async () => 'w/1')
          return { trailing: true }
        })
      })
      t.after(async () => { await app.close() })
      for (const [method, body] of [['POST', '{"trailing":true}'], ['HEAD', '']] as const) {
        const answer = await transport.send(app, { method, url: '/trailing' })
        assert.deepEqual([answer.statusCode, namesSet(answer.cookies), answer.body, answer.headers.trailer], [200, ['login'], body, 'etag'])
      }
    })
  }
}

describeWays('a response whose status changes at the very end', (way) => {
  it('logs nobody in as a 4xx, and a restore by the same request stands', async (t) => {
    const { app, events } = await open(t, way, { server: {} }, turnsInto(413)['reply.code']!, 'scope')
    const browser = new Browser(app)
    const answer = await browser.post('/enter', {}, { 'x-late': 'yes' })
    assert.deepEqual([answer.statusCode, setCookies(answer).map(({ name }) => name)], [413, ['basket']])
    await browser.post('/enter')
    browser.restart()
    events.length = 0
    const restored = await browser.get('/page', { 'x-late': 'yes' })
    assert.deepEqual([restored.statusCode, setCookies(restored).some(({ name }) => name === 'login')], [413, true])
    assert.deepEqual(events.map(({ name }) => name), ['userLoadedFromCookie'])
  })

  it('still clears what was logged out', async (t) => {
    const { app } = await open(t, way, { server: {} }, turnsInto(500)['reply.code']!, 'route')
    const browser = new Browser(app)
    await browser.post('/enter')
    const answer = await browser.post('/leave', {}, { 'x-late': 'yes' })
    assert.deepEqual(setCookies(answer).map(({ name, value }) => [name, value]), [['login', ''], ['remember_token', '']])
    assert.equal(answer.headers['cache-control'], 'no-store')
  })

  it('carries no credential where Fastify passes over the hooks, because one before the plugin fails on the error, too', async () => {
    const { app, events } = await way.createApp({
      before: (app) => app.addHook('onSend', async (request, reply) => { if (isLate(request) && reply.statusCode >= 500) throw new Error('not again') }),
      after: (app) => app.addHook('onSend', async (request) => { if (isLate(request)) throw new Error('late') })
    })
    const browser = new Browser(app)
    const answer = await browser.post('/login/1', { remember: true }, { 'x-late': 'yes' })
    assert.deepEqual([answer.statusCode, setCookies(answer)], [500, []])
    assert.deepEqual(events, [])
    await browser.post('/login/1')
    await browser.post('/login/2', {}, { 'x-late': 'yes' })
    assert.equal(await browser.whoami(), '1')
  })

  it('has no login where its head was written before by hand, and says so in the log', async () => {
    const lines: string[] = []
    const { app, events } = await way.createApp({
      server: { logger: { level: 'warn', stream: { write: (line: string) => { lines.push(line) } } } },
      after: (app, users) => app.post('/early', async (request, reply) => {
        await request.loginUser(users.get('1')!)
        reply.raw.writeHead(200)
        return Readable.from(['sent'])
      })
    })
    const answer = await new Browser(app).post('/early')
    assert.deepEqual([answer.statusCode, setCookies(answer)], [200, []])
    assert.deepEqual(events, [])
    assert.ok(lines.some((line) => line.includes('loginUser has no effect with this response, because its headers were already sent')))
  })
})
