import assert from 'node:assert/strict'
import { Readable } from 'node:stream'
import { it } from 'node:test'
import type { FastifyInstance } from 'fastify'
import { requireLogin } from 'fastify-login'
import { Browser, setCookies } from './support/browser.ts'
import { describeWays, type Way } from './support/ways.ts'

/** What upstream servers say of their pages, for shared caches of all kinds. */
const forEveryCache = {
  'cache-control': 'public, s-maxage=600, max-age=60',
  'cdn-cache-control': 'public, max-age=600',
  'cloudflare-cdn-cache-control': 'max-age=600',
  'surrogate-control': 'max-age=600',
  'x-accel-expires': '600'
}
const targeted = ['cdn-cache-control', 'cloudflare-cdn-cache-control', 'surrogate-control', 'x-accel-expires']

/** A `Response` of another library, as Fastify knows it: by its tag. */
class ForeignResponse {
  readonly [Symbol.toStringTag] = 'Response'
  readonly status: number
  readonly headers = new Headers(forEveryCache)
  readonly body = Readable.from(['from elsewhere'])
  readonly bodyUsed = false

  constructor (status: number) {
    this.status = status
  }
}

/** Routes that log Ada in, or out, and then return a `Response` of the status and kind that the query names. */
async function open (way: Way, further: (app: FastifyInstance) => void = () => {}) {
  return await way.createApp({
    after: (app, users) => {
      app.all<{ Params: { act: string }, Querystring: { status?: string, kind?: string } }>('/act/:act', async (request) => {
        const { params: { act }, query: { status = '200', kind } } = request
        if (act === 'login') await request.loginUser(users.get('1')!, { remember: true })
        if (act === 'confirm') await request.confirmLogin()
        if (act === 'logout') await request.logoutUser()
        if (kind === 'foreign') return new ForeignResponse(Number(status))
        if (kind === 'error') return Response.error()
        if (kind === 'redirect') return Response.redirect('https://www.example.org/home', Number(status) as 303)
        const response = new Response(kind === 'empty' ? null : 'a page', { status: Number(status), headers: forEveryCache })
        if (kind === 'used') await response.text()
        response.headers.append('set-cookie', 'basket=full; Path=/')
        response.headers.append('set-cookie', 'theme=dark; Path=/')
        return response
      })
      further(app)
    }
  })
}

const ours = (answer: Parameters<typeof setCookies>[0]) => setCookies(answer).filter(({ name }) => ['login', 'remember_token'].includes(name))

describeWays('a handler that returns a Response', (way) => {
  for (const kind of ['plain', 'foreign']) {
    it(`of 5xx logs nobody in (${kind})`, async () => {
      const { app, events } = await open(way)
      const browser = new Browser(app)
      const answer = await browser.post(`/act/login?status=503&kind=${kind}`)
      assert.deepEqual([answer.statusCode, ours(answer)], [503, []])
      assert.equal(await browser.whoami(), null)
      assert.deepEqual(events, [])
    })

    it(`of 4xx logs nobody in (${kind})`, async () => {
      const { app, events } = await open(way)
      const browser = new Browser(app)
      const answer = await browser.post(`/act/login?status=403&kind=${kind}`)
      assert.deepEqual([answer.statusCode, ours(answer)], [403, []])
      assert.deepEqual(events, [])
    })

    it(`logs in where its status says so, and no cache may keep the response, whatever its headers say (${kind})`, async () => {
      const { app } = await open(way)
      const browser = new Browser(app)
      const answer = await browser.post(`/act/login?status=201&kind=${kind}`)
      assert.equal(answer.statusCode, 201)
      assert.deepEqual(ours(answer).map(({ name }) => name), ['login', 'remember_token'])
      assert.equal(answer.headers['cache-control'], 'no-store')
      assert.deepEqual(targeted.filter((name) => answer.headers[name] !== undefined), [])
      assert.equal(await browser.whoami(), '1')
    })
  }

  it('may be kept by no cache where it logs out, either', async () => {
    const { app } = await open(way)
    const browser = new Browser(app)
    await browser.post('/login/1', { remember: true })
    const answer = await browser.post('/act/logout')
    assert.deepEqual(ours(answer).map(({ value }) => value), ['', ''])
    assert.equal(answer.headers['cache-control'], 'no-store')
    assert.deepEqual(targeted.filter((name) => answer.headers[name] !== undefined), [])
  })

  it('keeps its status, headers, cookies and body', async () => {
    const { app } = await open(way)
    const answer = await new Browser(app).post('/act/login?status=203')
    assert.deepEqual([answer.statusCode, answer.body, answer.headers['content-type']], [203, 'a page', 'text/plain;charset=UTF-8'])
    assert.deepEqual(setCookies(answer).map(({ name }) => name), ['basket', 'theme', 'login', 'remember_token'])
  })

  it('sets its cookies once where nobody logs in, and its own caching stands', async () => {
    const { app } = await open(way)
    const browser = new Browser(app)
    await browser.post('/login/1')
    const answer = await browser.get('/act/nothing')
    assert.deepEqual(setCookies(answer).map(({ name }) => name), ['basket', 'theme'])
    assert.equal(answer.headers['cache-control'], forEveryCache['cache-control'])
  })

  it('may be a redirect, or have no body', async () => {
    const { app } = await open(way)
    const browser = new Browser(app)
    const redirect = await browser.post('/act/login?status=303&kind=redirect')
    assert.deepEqual([redirect.statusCode, redirect.headers.location, redirect.body], [303, 'https://www.example.org/home', ''])
    for (const status of [204, 304]) {
      const answer = await browser.post(`/act/confirm?status=${status}&kind=empty`)
      assert.deepEqual([answer.statusCode, answer.body, ours(answer).length], [status, '', 1])
    }
    assert.equal((await browser.get('/whoami')).json().fresh, true)
  })

  it('answers HEAD as it answers GET', async () => {
    const { app } = await open(way, (app) => {
      app.get('/page', { preHandler: requireLogin }, () => new Response('a page', { status: 203 }))
      app.get('/moved', { preHandler: requireLogin }, () => Response.redirect('https://www.example.org/', 302))
    })
    const browser = new Browser(app)
    await browser.post('/login/1')
    for (const [url, status] of [['/page', 203], ['/moved', 302], ['/act/nothing?status=203', 203]] as const) {
      const answer = await browser.request({ method: 'HEAD', url })
      assert.deepEqual([answer.statusCode, answer.body], [status, ''], url)
    }
  })

  for (const kind of ['used', 'error']) {
    it(`that Fastify cannot send is a 500, and logs nobody in (${kind})`, async () => {
      const { app, events } = await open(way)
      const browser = new Browser(app)
      const answer = await browser.post(`/act/login?kind=${kind}`)
      assert.deepEqual([answer.statusCode, ours(answer)], [500, []])
      assert.equal(await browser.whoami(), null)
      assert.deepEqual(events, [])
    })
  }

  it('of 5xx restores nobody, and the remember cookie is still good', async () => {
    const { app, events } = await open(way)
    const browser = new Browser(app)
    await browser.post('/login/1', { remember: true })
    browser.restart()
    events.length = 0
    assert.deepEqual(ours(await browser.get('/act/nothing?status=500')), [])
    assert.deepEqual(events, [])
    assert.equal(await browser.whoami(), '1')
  })

  it('of 4xx restores who is remembered, and no cache may keep the response', async () => {
    const { app } = await open(way)
    const browser = new Browser(app)
    await browser.post('/login/1', { remember: true })
    browser.restart()
    const answer = await browser.get('/act/nothing?status=404')
    assert.ok(ours(answer).some(({ name }) => name === 'login'))
    assert.equal(answer.headers['cache-control'], 'no-store')
  })

  it('is heard as well where an error handler returns it, and where no route was found', async () => {
    const { app } = await way.createApp({
      after: (app, users) => {
        const respond = (status: string | undefined) => new Response('a page', { status: Number(status), headers: forEveryCache })
        app.post('/fail', async (request) => {
          await request.loginUser(users.get('1')!)
          throw new Error('too bad')
        })
        app.setErrorHandler(async (_error, request) => respond(request.headers['x-status'] as string))
        app.setNotFoundHandler(async (request) => {
          await request.loginUser(users.get('1')!)
          return respond(request.headers['x-status'] as string)
        })
      }
    })
    for (const url of ['/fail', '/nowhere']) {
      for (const [status, names] of [['500', []], ['401', []], ['200', ['login']]] as const) {
        const answer = await new Browser(app).post(url, {}, { 'x-status': status })
        assert.deepEqual([answer.statusCode, setCookies(answer).map(({ name }) => name)], [Number(status), names], `${url} ${status}`)
        if (names.length > 0) assert.equal(answer.headers['cache-control'], 'no-store')
      }
    }
  })

  it('of 200 that a later hook makes a 500, after it took all cookies off, sets none', async () => {
    const { app } = await way.createApp({
      after: (app, users) => {
        app.register(async (scope) => {
          scope.addHook('onSend', async (_request, reply, payload) => {
            reply.removeHeader('set-cookie').code(500)
            return payload
          })
          scope.post('/late', async (request) => ({ ok: await request.loginUser(users.get('1')!) }))
        })
      }
    })
    const answer = await new Browser(app).post('/late')
    assert.deepEqual([answer.statusCode, setCookies(answer)], [500, []])
  })

  it('behind a guard varies by cookie beside what it names itself, and is not kept unless it says so', async () => {
    const { app } = await open(way, (app) => {
      app.get('/guarded', { preHandler: requireLogin }, () => new Response('for Ada', { headers: { vary: 'Accept-Encoding' } }))
      app.get('/guarded/own', { preHandler: requireLogin }, () => new Response('for Ada', { headers: { 'cache-control': 'private, max-age=60' } }))
    })
    const browser = new Browser(app)
    await browser.post('/login/1')
    const { headers } = await browser.get('/guarded')
    assert.deepEqual([headers['cache-control'], headers.vary], ['no-store', 'Accept-Encoding, Cookie'])
    const own = await browser.get('/guarded/own')
    assert.deepEqual([own.headers['cache-control'], own.headers.vary], ['private, max-age=60', 'Cookie'])
  })
})
