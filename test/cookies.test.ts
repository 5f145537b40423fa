import assert from 'node:assert/strict'
import { it } from 'node:test'
import type { LoginOptions } from 'fastify-login'
import { createApp } from './support/app.ts'
import { Browser, setCookies } from './support/browser.ts'
import { describeWays, type Way } from './support/ways.ts'

/** What is the same for setting and clearing: all but how long it lasts. */
function lasting (answer: Parameters<typeof setCookies>[0]) {
  return setCookies(answer).map(({ name, attributes }) => {
    const { 'max-age': _maxAge, expires: _expires, ...rest } = Object.fromEntries(attributes)
    return { name, ...rest }
  }).sort((one, other) => one.name.localeCompare(other.name))
}

async function inProduction<Result> (run: () => Promise<Result>): Promise<Result> {
  const before = process.env['NODE_ENV']
  process.env['NODE_ENV'] = 'production'
  try {
    return await run()
  } finally {
    if (before === undefined) delete process.env['NODE_ENV']
    else process.env['NODE_ENV'] = before
  }
}

async function setAndCleared (way: Way, options: Partial<LoginOptions>, headers: Record<string, string> = {}) {
  const { app } = await way.createApp({ options, server: { trustProxy: true } })
  const browser = new Browser(app)
  const set = lasting(await browser.post('/login/1', { remember: true }, headers))
  const cleared = lasting(await browser.post('/logout', {}, headers))
  return { set, cleared }
}

describeWays('the cookies', (way) => {
  it('are HttpOnly, SameSite=Lax and for the whole site, and cleared as they were set', async () => {
    const { set, cleared } = await setAndCleared(way, {})
    assert.deepEqual(set, [
      { name: 'login', path: '/', httponly: '', samesite: 'Lax' },
      { name: 'remember_token', path: '/', httponly: '', samesite: 'Lax' }
    ])
    assert.deepEqual(cleared, set)
  })

  it('are Secure where the request came over https', async () => {
    const { set, cleared } = await setAndCleared(way, {}, { 'x-forwarded-proto': 'https' })
    assert.deepEqual(set.map((cookie) => [cookie.name, (cookie as { secure?: string }).secure]), [['login', ''], ['remember_token', '']])
    assert.deepEqual(cleared, set)
  })

  it('are Secure and named __Host- in production', async () => {
    await inProduction(async () => {
      const { set, cleared } = await setAndCleared(way, {})
      assert.deepEqual(set, [
        { name: '__Host-login', path: '/', httponly: '', secure: '', samesite: 'Lax' },
        { name: '__Host-remember_token', path: '/', httponly: '', secure: '', samesite: 'Lax' }
      ])
      assert.deepEqual(cleared, set)
    })
  })

  it('have no __Host- where a browser would refuse it: under a path, or for a domain', async () => {
    const cookie = { secure: true, path: '/app', domain: 'example.org', sameSite: 'none', partitioned: true } as const
    const { set, cleared } = await setAndCleared(way, { cookie, cookieName: 'mine', remember: { cookieName: 'ours', cookie: { sameSite: 'strict', path: '/' } } })
    assert.deepEqual(set, [
      { name: 'mine', path: '/app', domain: 'example.org', httponly: '', secure: '', samesite: 'None', partitioned: '' },
      { name: 'ours', path: '/', domain: 'example.org', httponly: '', secure: '', samesite: 'Strict', partitioned: '' }
    ])
    assert.deepEqual(cleared, set)
  })

  it('last as long as the browser, the remember cookie aside; a permanent session as long as the login', async () => {
    for (const permanentSession of [false, true]) {
      const { app } = await way.createApp({ options: { permanentSession, absoluteTimeout: 1000 } })
      const browser = new Browser(app)
      const [login, remember] = setCookies(await browser.post('/login/1', { remember: true }))
      assert.equal(login?.attributes.get('max-age'), permanentSession ? '1000' : undefined)
      assert.equal(remember?.attributes.get('max-age'), '2592000')
      browser.restart()
      assert.equal(browser.cookies.has('login'), permanentSession)
    }
  })

  it('take nothing from what the application sets for its own', async () => {
    const { default: cookie } = await import('@fastify/cookie')
    const { app } = await way.createApp({
      before: async (app) => await app.register(cookie, { secret: 'of the application', hook: 'preHandler', parseOptions: { path: '/app', domain: 'example.org', maxAge: 1, signed: true, priority: 'low', partitioned: true } })
    })
    const browser = new Browser(app)
    assert.deepEqual(lasting(await browser.post('/login/1')), [{ name: 'login', path: '/', httponly: '', samesite: 'Lax' }])
    assert.equal(await browser.whoami(), '1')
  })

  it('stay under 1 kB for the longest user ids', async () => {
    for (const id of ['x'.repeat(255), 'é'.repeat(127), '😀'.repeat(63)]) {
      const { app } = await way.createApp({
        options: { loadUser: (id: string) => ({ id, name: 'Long' }), authHash: () => 'stamp' } as Partial<LoginOptions>,
        after: (app) => app.post('/long', async (request) => await request.loginUser({ id, name: 'Long' }, { remember: true }))
      })
      const browser = new Browser(app)
      const answer = await browser.post('/long')
      for (const line of answer.headers['set-cookie'] as string[]) assert.ok(line.length <= 1100 && line.indexOf(';') < 1000, String(line.length))
      assert.equal(await browser.whoami(), id)
    }
  })

  it('are vouched for by no-store, over what the handler set', async () => {
    const { app } = await way.createApp({
      after: (app, users) => app.post('/cached', async (request, reply) => {
        reply.header('cache-control', 'public, max-age=60')
        return await request.loginUser(users.get('1')!)
      })
    })
    assert.equal((await new Browser(app).post('/cached')).headers['cache-control'], 'no-store')
  })
})

for (const [what, id, token] of [['token', '1', 't'.repeat(800)], ['user id', '\u0001'.repeat(255), 'short']] as const) {
  it(`A cookie that would pass 1 kB by its ${what} is refused, and nobody is logged in`, async () => {
    const { app } = await createApp({
      options: { remember: { getToken: () => token, loadUserByToken: () => null } },
      after: (app) => app.post('/long', async (request) => await request.loginUser({ id, name: 'Long' }, { remember: true }))
    })
    const browser = new Browser(app)
    const answer = await browser.post('/long')
    assert.equal(answer.json().code, 'FST_LOGIN_COOKIE_TOO_LARGE')
    assert.equal(browser.cookies.size, 0)
  })
}

it('In production a login over plain http is warned of once, with a word on trustProxy', async () => {
  await inProduction(async () => {
    const lines: string[] = []
    const { app } = await createApp({ server: { logger: { level: 'warn', stream: { write: (line: string) => { lines.push(line) } } } } })
    for (const id of ['1', '2']) await new Browser(app).post(`/login/${id}`)
    assert.deepEqual(lines.map((line) => JSON.parse(line).msg).filter((message) => message.includes('trustProxy')), [
      'fastify-login sets a Secure cookie on a request that came over http, and browsers drop it. ' +
      'Behind a proxy that ends TLS, set the option trustProxy of Fastify; without TLS, set cookie.secure to false'
    ])
  })
})
