import assert from 'node:assert/strict'
import { Readable } from 'node:stream'
import { it } from 'node:test'
import login, { MemoryStore } from 'fastify-login'
import type { FastifyRequest } from 'fastify'
import { Browser, setCookies } from './support/browser.ts'
import { stopClock } from './support/clock.ts'
import type { User } from './support/user.ts'
import { describeWays, ways, type Way } from './support/ways.ts'

const late = { 'x-late': 'yes' }

interface Ending { Params: { act: string }, Querystring: { by?: string, status?: string } }

/** Routes that prepare a login, and then end as the query says. */
async function open (way: Way, options: object = {}) {
  const lines: string[] = []
  const seen: unknown[] = []
  const test = await way.createApp({
    options,
    server: { logger: { level: 'warn', stream: { write: (line: string) => { lines.push(line) } } } },
    after: (app, users) => {
      app.addHook('onSend', async (request) => {
        if (request.headers['x-late'] !== undefined) throw Object.assign(new Error('late'), { statusCode: 413 })
      })
      app.addHook('onResponse', async (request) => { seen.push([(request.currentUser as User | null)?.id ?? null, request.loginFresh, request.loginRemembered]) })
      app.post<Ending>('/end/:act', async (request, reply) => {
        const { params: { act }, query: { by = 'code', status = '401' } } = request
        if (act === 'confirm') await request.confirmLogin()
        else if (act === 'logout') await request.logoutUser()
        else if (act !== 'nothing') await request.loginUser(users.get(act)!, { remember: true })
        if (by === 'throw') throw Object.assign(new Error('no'), { statusCode: Number(status) })
        if (by === 'stream') return new Readable({ read () { this.destroy(Object.assign(new Error('gone'), { statusCode: Number(status) })) } })
        return await reply.code(Number(status)).send('no')
      })
    }
  })
  return { ...test, lines, seen }
}

const ours = (answer: Parameters<typeof setCookies>[0]) => setCookies(answer).map(({ name }) => name)

describeWays('a response of 4xx', (way) => {
  for (const by of ['code', 'throw', 'stream']) {
    it(`logs nobody in, although the handler called loginUser (${by})`, async () => {
      const { app, events, lines } = await open(way)
      const browser = new Browser(app)
      const answer = await browser.post(`/end/1?by=${by}`)
      assert.deepEqual([answer.statusCode, ours(answer)], [401, []])
      assert.deepEqual(events, [])
      assert.equal(await browser.whoami(), null)
      const warning = lines.find((line) => line.includes('loginUser has no effect with this response, because it has the status 401'))
      assert.match(warning ?? '', /whose status is below 400: call loginUser after everything else was checked/)
    })

    it(`confirms nothing, and the login that the request came with goes on as it was (${by})`, async () => {
      const { app, events, lines } = await open(way)
      const browser = new Browser(app)
      await browser.post('/login/1', { fresh: false })
      events.length = 0
      const answer = await browser.post(`/end/confirm?by=${by}`)
      assert.deepEqual([answer.statusCode, ours(answer)], [401, []])
      assert.deepEqual(events, [])
      assert.ok(lines.some((line) => line.includes('confirmLogin has no effect')))
      const { user, fresh, lapse } = (await browser.get('/whoami')).json()
      assert.deepEqual([user, fresh, lapse], ['1', false, null])
      assert.equal((await browser.post('/confirm')).json().ok, true, 'it is not an older generation of itself')
    })

    it(`leaves the login of the first user, where another was to log in (${by})`, async () => {
      const { app, events } = await open(way)
      const browser = new Browser(app)
      await browser.post('/login/1', { remember: true })
      events.length = 0
      await browser.post(`/end/2?by=${by}`)
      assert.deepEqual(events, [])
      assert.deepEqual([(await browser.get('/whoami')).json().user, (await browser.get('/whoami')).json().fresh], ['1', true])
      browser.restart()
      assert.equal(await browser.whoami(), '1', 'by the remember cookie')
    })

    it(`restores who is remembered, and no more (${by})`, async () => {
      const { app, events } = await open(way)
      for (const act of ['1', '2', 'confirm', 'nothing']) {
        const browser = new Browser(app)
        await browser.post('/login/1', { remember: true })
        browser.restart()
        events.length = 0
        const answer = await browser.post(`/end/${act}?by=${by}`)
        assert.ok(ours(answer).includes('login'), act)
        assert.deepEqual(events.map(({ name }) => name), ['userLoadedFromCookie'], act)
        const { user, fresh, login } = (await browser.get('/whoami')).json()
        assert.deepEqual([user, fresh, login.remembered], ['1', false, true], act)
        browser.restart()
        assert.equal(await browser.whoami(), '1', act)
      }
    })

    it(`writes down that the login was used (${by})`, async (t) => {
      const clock = stopClock(t)
      const { app } = await open(way, { idleTimeout: 600 })
      for (const act of ['1', '2', 'confirm', 'nothing']) {
        const browser = new Browser(app)
        await browser.post('/login/1')
        clock.advance(500)
        await browser.post(`/end/${act}?by=${by}`)
        clock.advance(500)
        assert.equal(await browser.whoami(), '1', act)
      }
    })

    it(`renews a remember cookie that is renewed by each request (${by})`, async (t) => {
      const clock = stopClock(t)
      const { app } = await open(way, { remember: { duration: 1000, refreshEachRequest: true } })
      const browser = new Browser(app)
      await browser.post('/login/1', { remember: true })
      clock.advance(900)
      await browser.post(`/end/confirm?by=${by}`)
      clock.advance(900)
      browser.restart()
      assert.equal(await browser.whoami(), '1')
    })
  }

  it('of a hook that runs later takes back what the handler prepared, and restores who is remembered', async () => {
    const { app, events } = await open(way)
    const browser = new Browser(app)
    for (const [url, user] of [['/login/1', null], ['/login/2', '1'], ['/confirm', '1']] as const) {
      await browser.post('/logout')
      if (user !== null) await browser.post('/login/1', { remember: true })
      browser.restart()
      events.length = 0
      const answer = await browser.post(url, {}, late)
      assert.deepEqual([answer.statusCode, ours(answer).includes('login')], [413, user !== null], url)
      assert.deepEqual(events.map(({ name }) => name), user === null ? [] : ['userLoadedFromCookie'], url)
      assert.deepEqual([(await browser.get('/whoami')).json().user, (await browser.get('/whoami')).json().fresh], [user, false], url)
    }
  })

  it('of a hook that runs later leaves a login alone that was not remembered', async () => {
    const { app } = await open(way)
    const browser = new Browser(app)
    await browser.post('/login/1', { fresh: false })
    for (const url of ['/login/1', '/login/2', '/confirm']) {
      const answer = await browser.post(url, {}, late)
      assert.deepEqual([answer.statusCode, ours(answer)], [413, []], url)
      const { user, fresh, lapse } = (await browser.get('/whoami')).json()
      assert.deepEqual([user, fresh, lapse], ['1', false, null], url)
    }
  })

  it('is that of a page that is not found, too, and of a handler that calls for it', async () => {
    const { app, events } = await way.createApp({
      after: (app, users) => app.post('/hand-over', async (request, reply) => {
        await request.loginUser(users.get('1')!)
        reply.callNotFound()
        return reply
      })
    })
    const answer = await new Browser(app).post('/hand-over')
    assert.deepEqual([answer.statusCode, ours(answer), events], [404, [], []])
  })

  it('does not undo a logout', async () => {
    const { app } = await open(way)
    const browser = new Browser(app)
    await browser.post('/login/1', { remember: true })
    const copy = browser.copy()
    assert.deepEqual(ours(await browser.post('/end/logout')), ['login', 'remember_token'])
    assert.equal(browser.cookies.size, 0)
    assert.equal(await copy.whoami(), null)
    copy.restart()
    assert.equal(await copy.whoami(), null)
  })

  it('shows hooks that run after it who was logged in before', async () => {
    const { app, seen } = await open(way)
    const browser = new Browser(app)
    await browser.post('/end/1')
    await browser.post('/login/1', { fresh: false })
    seen.length = 0
    for (const act of ['1', '2', 'confirm']) await browser.post(`/end/${act}`)
    assert.deepEqual(seen, [['1', false, false], ['1', false, false], ['1', false, false]])
  })

  it('is what the error handler makes of the error: below 400 it logs in, above it does not', async () => {
    const { app } = await way.createApp({
      after: (app, users) => {
        app.setErrorHandler(async (error: Error & { statusCode?: number }, _request, reply) =>
          error.statusCode === 401 ? reply.redirect('/second-step', 302) : reply.code(422).send('no'))
        app.post<{ Querystring: { status: string } }>('/fail', async (request) => {
          await request.loginUser(users.get('1')!)
          throw Object.assign(new Error('no'), { statusCode: Number(request.query.status) })
        })
      }
    })
    for (const [thrown, sent, names] of [[401, 302, ['login']], [302, 422, []], [500, 422, []]] as const) {
      const answer = await new Browser(app).post(`/fail?status=${thrown}`)
      assert.deepEqual([answer.statusCode, ours(answer)], [sent, names])
    }
  })

  it('is not meant by one that cannot be serialized, or whose request was not valid: nobody is logged in by them either', async () => {
    const { app, events } = await way.createApp({
      after: (app, users) => {
        const enter = async (request: FastifyRequest) => { await request.loginUser(users.get('1')!); return { name: 'Ada' } }
        const needs = { type: 'object', required: ['missing'], properties: { missing: { type: 'string' } } }
        app.post('/response', { schema: { response: { 200: needs } } }, enter)
        app.post('/request', { schema: { body: needs } }, enter as never)
        app.post('/serializer', async (request, reply) => { await enter(request); return reply.serializer(() => { throw new Error('no') }).send({}) })
      }
    })
    for (const [url, status] of [['/response', 500], ['/request', 400], ['/serializer', 500]] as const) {
      const answer = await new Browser(app).post(url)
      assert.deepEqual([answer.statusCode, ours(answer)], [status, []], url)
    }
    assert.deepEqual(events, [])
  })

  it('logs nobody in to another realm either', async () => {
    const admins = new Map([['9', { id: '9' }]])
    const { app } = await way.createApp({
      after: (app) => app.register(async (scope) => {
        await scope.register(login, { realm: 'admin', loadUser: (id: string) => admins.get(id) } as never)
        scope.post<{ Params: { status: string } }>('/admin/login/:status', async (request, reply) => {
          await request.loginUser(admins.get('9') as never, { remember: true })
          return await reply.code(Number(request.params.status)).send('done')
        })
      })
    })
    const browser = new Browser(app)
    assert.deepEqual(ours(await browser.post('/admin/login/403')), [])
    assert.deepEqual(ours(await browser.post('/admin/login/200')), ['login-admin', 'remember_token-admin'])
  })
})

it('a response of 4xx keeps no record, keeps no data, and ends no login for the limit', async () => {
  const { app } = await open(ways[0] as Way, { store: new MemoryStore(), maxLogins: 1 })
  const browser = new Browser(app)
  await browser.post('/login/1')
  const [before] = await app.login.logins('1')
  for (const by of ['code', 'throw', 'stream']) await new Browser(app).post(`/end/1?by=${by}`)
  assert.deepEqual(await app.login.logins('1'), [before])
  assert.equal(await browser.whoami(), '1')
})
