import assert from 'node:assert/strict'
import { it } from 'node:test'
import websocket from '@fastify/websocket'
import type { FastifyRequest } from 'fastify'
import { Barrier } from './support/barrier.ts'
import { Browser } from './support/browser.ts'
import { whoami } from './support/app.ts'
import { stopClock } from './support/clock.ts'
import type { User } from './support/user.ts'
import { describeWays, type Way } from './support/ways.ts'

async function createAppWithSocket (way: Way, options = {}) {
  const test = await way.createApp({
    options,
    before: (app) => app.register(websocket),
    after: (app, users) => {
      app.get('/socket', { websocket: true }, async (socket, request: FastifyRequest) => {
        const failure = async (run: () => Promise<unknown>) => await run().then(() => null, (error: { code: string }) => error.code)
        const user = users.get('1') as User
        socket.send(JSON.stringify({
          ...whoami(request),
          loginUser: await failure(() => request.loginUser(user)),
          confirmLogin: await failure(() => request.confirmLogin())
        }))
      })
    }
  })
  return { ...test, browser: new Browser(test.app) }
}

async function connect (browser: Browser): Promise<Record<string, unknown>> {
  const cookie = [...browser.cookies].map(([name, { value }]) => `${name}=${value}`).join('; ')
  return await new Promise((resolve, reject) => {
    const headers = { cookie, 'user-agent': browser.userAgent, ...cookie === '' ? { cookie: undefined } : {} } as Record<string, string>
    browser.app.injectWS('/socket', { headers }, {
      onInit: (socket) => {
        socket.on('message', (message: unknown) => { resolve(JSON.parse(String(message))); socket.terminate() })
        socket.on('error', reject)
      }
    }).catch(reject)
  })
}

describeWays('a WebSocket', (way) => {
  it('knows the user of the login cookie', async () => {
    const { browser } = await createAppWithSocket(way)
    await browser.post('/login/1')
    const seen = await connect(browser)
    assert.equal(seen['user'], '1')
  })

  it('knows the user of a remember cookie for its own connection only', async () => {
    const { browser, events } = await createAppWithSocket(way, { remember: { refreshEachRequest: true } })
    await browser.post('/login/1', { remember: true })
    browser.restart()
    const before = events.length
    const seen = await connect(browser)
    assert.deepEqual([seen['user'], seen['fresh'], seen['remembered']], ['1', false, true])
    assert.equal(events.length, before, 'nothing is told')
    assert.ok(!browser.cookies.has('login'))
    assert.equal(await browser.whoami(), '1', 'and the cookie is as good as before')
  })

  it('can log nobody in, because it cannot set a cookie', async () => {
    const { browser } = await createAppWithSocket(way)
    assert.equal((await connect(browser))['loginUser'], 'FST_LOGIN_CANNOT_SET_COOKIE')
    await browser.post('/login/1')
    const seen = await connect(browser)
    assert.equal(seen['loginUser'], 'FST_LOGIN_CANNOT_SET_COOKIE')
    assert.equal(seen['confirmLogin'], 'FST_LOGIN_CANNOT_SET_COOKIE')
    assert.equal(seen['user'], '1')
  })

  it('does not keep a login from its idle timeout by being opened', async (t) => {
    const clock = stopClock(t)
    const { browser } = await createAppWithSocket(way, { idleTimeout: 1000 })
    await browser.post('/login/1')
    clock.advance(600)
    assert.equal((await connect(browser))['user'], '1')
    clock.advance(400)
    assert.equal(await browser.whoami(), null)
  })
})

describeWays('an answer that sets no cookie any more', (way) => {
  it('(hijacked) logs nobody in, and a hijacked one changes no login after the fact', async () => {
    const codes: unknown[] = []
    const { app } = await way.createApp({
      after: (app, users) => {
        app.post('/hijacked', async (request, reply) => {
          reply.hijack()
          for (const run of [() => request.loginUser(users.get('1')!), () => request.confirmLogin()]) {
            codes.push(await run().catch((error: { code: string }) => error.code))
          }
          reply.raw.end('raw')
        })
      }
    })
    const browser = new Browser(app)
    await browser.post('/hijacked')
    assert.deepEqual(codes, ['FST_LOGIN_CANNOT_SET_COOKIE', false])
    await browser.post('/login/1', { fresh: false })
    await browser.post('/hijacked')
    assert.deepEqual(codes.slice(2), ['FST_LOGIN_CANNOT_SET_COOKIE', 'FST_LOGIN_CANNOT_SET_COOKIE'])
    assert.equal((await browser.get('/whoami')).json().fresh, false)
  })

  it('(hijacked) still logs out', async () => {
    const { app } = await way.createApp({
      after: (app) => app.post('/hijacked', async (request, reply) => {
        reply.hijack()
        await request.logoutUser()
        reply.raw.end('raw')
      })
    })
    const browser = new Browser(app)
    await browser.post('/login/1')
    await browser.post('/hijacked')
    assert.equal(await browser.whoami(), null)
  })

  it('(sent already) logs nobody in', async () => {
    let code: unknown
    const asked = new Barrier()
    const { app } = await way.createApp({
      after: (app, users) => app.post('/sent', async (request, reply) => {
        await reply.send('sent')
        code = await request.loginUser(users.get('1')!).catch((error: { code: string }) => error.code)
        asked.open()
        await asked.pass()
        return reply
      })
    })
    const browser = new Browser(app)
    await browser.post('/sent')
    await asked.reached
    assert.equal(code, 'FST_LOGIN_CANNOT_SET_COOKIE')
    assert.equal(await browser.whoami(), null)
  })
})
