import assert from 'node:assert/strict'
import { once } from 'node:events'
import { after, describe, test } from 'node:test'
import { loginAs } from 'fastify-login/testing'
import type { FastifyInstance } from 'fastify'
import { Browser, setCookies } from './support/browser.ts'
import { codeBlocks } from './support/documentation.ts'
import { ada, password, Programs } from './support/program.ts'

const programs = new Programs()
after(() => programs.close())

const recipe = async (name: string, position = 0) => await programs.run(codeBlocks(`docs/recipes/${name}.md`)[position]!)
const json = { accept: 'application/json' }
const form = (fields: Record<string, string>) => ({ payload: new URLSearchParams(fields).toString(), headers: { 'content-type': 'application/x-www-form-urlencoded' } })

describe('the recipe for a single-page application', () => {
  test('answers a script with codes, lets it log in, and asks again for the password', async () => {
    const { app } = await recipe('single-page-application')
    const browser = new Browser(app)
    assert.equal((await browser.get('/api/me')).json().code, 'FST_LOGIN_UNAUTHORIZED')
    assert.equal((await browser.post('/api/login', { name: 'Ada', password: 'wrong' })).statusCode, 401)
    assert.deepEqual((await browser.post('/api/login', { name: 'Ada', password })).json(), { name: 'Ada' })
    assert.deepEqual((await browser.get('/api/me')).json(), { name: 'Ada', fresh: true })
    browser.restart()
    const refused = await browser.request({ method: 'DELETE', url: '/api/account' })
    assert.equal(refused.json().code, 'FST_LOGIN_NEEDS_REFRESH')
    await browser.post('/api/confirm', { name: 'Ada', password })
    assert.deepEqual((await browser.request({ method: 'DELETE', url: '/api/account' })).json(), { deleted: '1' })
    assert.deepEqual((await browser.post('/api/logout')).json(), { loggedOut: true })
    assert.equal((await browser.get('/api/me')).statusCode, 401)
  })

  test('asks the visitor in between and then asks the API once more', async (t) => {
    const { exported } = await recipe('single-page-application', 1)
    const callApi = exported['callApi'] as (path: string) => Promise<Response>
    for (const [code, why] of [['FST_LOGIN_UNAUTHORIZED', 'login'], ['FST_LOGIN_NEEDS_REFRESH', 'confirm']] as const) {
      const asked: string[] = []
      Object.assign(globalThis, { askForPassword: async (reason: string) => { asked.push(reason) } })
      const answers = [new Response(JSON.stringify({ code }), { status: 401 }), new Response('yours')]
      const mocked = t.mock.method(globalThis, 'fetch', async () => answers.shift()!)
      assert.equal(await (await callApi('/me')).text(), 'yours')
      assert.deepEqual(asked, [why])
      mocked.mock.restore()
    }
    t.mock.method(globalThis, 'fetch', async () => new Response('{"code":"OTHER"}', { status: 403 }))
    assert.equal((await callApi('/me')).status, 403, 'other refusals are given back')
  })
})

describe('the recipe for CSRF tokens', () => {
  const tokenOf = (page: string) => /name="_csrf" value="([^"]+)"/.exec(page)?.[1] ?? assert.fail(page)

  test('refuses a form without the token, and takes one with it', async () => {
    const { app } = await recipe('csrf')
    const browser = new Browser(app)
    const login = async (fields: Record<string, string>) => await browser.request({ method: 'POST', url: '/login?next=%2F', ...form({ name: 'Ada', password, ...fields }) })
    const token = tokenOf((await browser.get('/login')).body)
    assert.equal((await login({})).statusCode, 403)
    assert.equal((await browser.get('/')).statusCode, 302)
    assert.equal((await login({ _csrf: token })).headers.location, '/')
    const page = await browser.get('/')
    const logout = async (_csrf: string) => await browser.request({ method: 'POST', url: '/logout', ...form({ _csrf }) })
    assert.equal((await logout(token)).statusCode, 403, 'a token from before the login is worth nothing after')
    assert.equal((await logout(tokenOf(page.body))).statusCode, 302)
    assert.equal((await browser.get('/')).headers.location, '/login?next=%2F')
  })

  test('answers a form to nowhere with 404', async () => {
    const { app } = await recipe('csrf')
    assert.equal((await app.inject({ method: 'POST', url: '/nowhere', ...form({}) })).statusCode, 404)
  })
})

describe('the recipe for WebSockets', () => {
  async function connect (browser: Browser, headers: Record<string, string> = {}) {
    const cookie = [...browser.cookies].map(([name, { value }]) => `${name}=${value}`).join('; ')
    let said: Promise<unknown[]> | undefined
    const socket = await browser.app.injectWS('/live', { headers: { cookie, 'user-agent': browser.userAgent, host: 'example.org', ...headers } }, {
      onInit: (socket) => { said = once(socket, 'message') }
    })
    return { socket, said: String((await said!)[0]) }
  }

  // No network stands between the two ends here, so the server would wait half a minute for its peer to hang up.
  const hangUp = (app: FastifyInstance) => { for (const client of app.websocketServer.clients) client.terminate() }

  test('greets its user, refuses strangers and pages of other sites, and closes with the login', async () => {
    const { app } = await recipe('websockets')
    const browser = new Browser(app)
    await assert.rejects(connect(browser), /401/)
    await browser.post('/login', { name: 'Ada', password })
    await assert.rejects(connect(browser, { origin: 'https://evil.example' }), /403/)
    const { socket, said } = await connect(browser, { origin: 'https://example.org' })
    assert.equal(said, 'Hello Ada')
    const closed = once(socket, 'close')
    await browser.post('/logout')
    assert.equal((await closed)[0], 4401)
    hangUp(app)
  })

  test('closes every connection of a user whose logins all end, but for the one that is excepted', async () => {
    const { app } = await recipe('websockets')
    const [one, other] = [new Browser(app), new Browser(app)]
    for (const browser of [one, other]) await browser.post('/login', { name: 'Ada', password })
    const sockets = [await connect(one), await connect(other)]
    const closed = sockets.map(({ socket }) => once(socket, 'close'))
    const kept: unknown[] = []
    sockets[1]!.socket.on('close', () => kept.push('closed'))
    const ids: string[] = []
    app.login.once('userLoggedIn', ({ login }) => { ids.push(login.id) })
    await other.post('/login', { name: 'Ada', password })
    await app.login.endLogins('1', { except: ids[0]! })
    assert.equal((await closed[0]!)[0], 4401)
    assert.deepEqual(kept, [])
    hangUp(app)
  })
})

test('the recipe for templates greets the user, and tells a visitor why they were sent to log in', async () => {
  const { app } = await recipe('templates')
  const browser = new Browser(app)
  assert.match((await browser.get('/')).body, /Log in/)
  assert.equal((await browser.get('/account')).headers.location, '/login?next=%2Faccount')
  assert.match((await browser.get('/login')).body, /Please log in first\./)
  assert.doesNotMatch((await browser.get('/login')).body, /Please log in first\./, 'once')
  assert.equal((await browser.request({ method: 'POST', url: '/login?next=%2Faccount', ...form({ name: 'Ada', password }) })).headers.location, '/account')
  const page = await browser.get('/account')
  assert.match(page.body, /Hello Ada/)
  assert.match(String(page.headers['vary']), /Cookie/)
})

describe('the recipe for rate limiting', () => {
  const attempt = async (app: FastifyInstance, name: string, remoteAddress: string, secret = 'wrong') => {
    return (await app.inject({ method: 'POST', url: '/login', remoteAddress, payload: { name, password: secret } })).statusCode
  }

  test('answers the sixth attempt under a name with 429, from wherever it comes, and leaves other names alone', async () => {
    const { app } = await recipe('rate-limit')
    for (let address = 1; address <= 5; address++) assert.equal(await attempt(app, 'Ada', `192.0.2.${address}`), 401)
    assert.equal(await attempt(app, 'ADA', '192.0.2.6', password), 429)
    assert.equal(await attempt(app, 'Grace', '192.0.2.6', password), 302)
  })

  test('answers the twenty-first attempt from an address with 429, whatever the name', async () => {
    const { app } = await recipe('rate-limit')
    for (let count = 1; count <= 20; count++) assert.equal(await attempt(app, `name ${count}`, '192.0.2.1'), 401)
    assert.equal(await attempt(app, 'Grace', '192.0.2.1', password), 429)
    assert.equal(await attempt(app, 'Grace', '192.0.2.2', password), 302)
  })
})

test('the recipe for two kinds of users keeps a member and an employee of one id apart, in one browser', async () => {
  const { app } = await recipe('two-kinds-of-users')
  const browser = new Browser(app)
  assert.equal((await browser.post('/login', { name: 'Ada', password: 'analytical engine' })).statusCode, 302)
  assert.equal((await browser.get('/')).body, 'Hello Ada')
  assert.equal((await browser.get('/admin/')).headers.location, '/admin/login?next=%2Fadmin%2F')
  assert.equal((await browser.post('/admin/login', { name: 'Ada', password: 'analytical engine' })).statusCode, 401)
  await browser.post('/admin/login', { name: 'Grace', password: 'nanoseconds' })
  assert.deepEqual((await browser.get('/admin/')).json(), ['refund'])
  assert.equal((await browser.get('/')).body, 'Hello Ada')
})

describe("the recipe for Okta's Users API", () => {
  type Load = (id: string) => Promise<{ id: string, name: string, isActive: boolean } | null>
  const answerOf = (id: string, status = 'ACTIVE') => new Response(JSON.stringify({ id, status, profile: { firstName: 'Ada', lastName: 'Lovelace' } }))

  test('asks once a minute for each user, and keeps no error', async (t) => {
    t.mock.timers.enable({ apis: ['Date'] })
    const load = (await recipe('okta-users-api')).exported['loadUser'] as Load
    const answers = [answerOf('one'), new Response('', { status: 500 }), answerOf('one', 'SUSPENDED'), new Response('', { status: 404 })]
    const { mock } = t.mock.method(globalThis, 'fetch', async () => answers.shift()!)
    assert.deepEqual(await load('one'), { id: 'one', name: 'Ada Lovelace', isActive: true })
    await load('one')
    assert.equal(mock.callCount(), 1)
    t.mock.timers.setTime(60_000)
    await assert.rejects(load('one'), /500/)
    assert.equal((await load('one'))?.isActive, false)
    t.mock.timers.setTime(120_000)
    assert.equal(await load('one'), null)
    assert.equal(mock.callCount(), 4)
  })
})

for (const [position, name] of ['Prisma', 'Drizzle'].entries()) {
  test(`the recipe for ${name} greets the user that it loads`, async () => {
    const { app } = await recipe('databases', position)
    const user = { ...ada, id: position === 0 ? 1 : '1' }
    assert.equal((await app.inject({ url: '/', ...await loginAs(app, user as never) })).body, 'Hello Ada')
    assert.equal((await app.inject({ url: '/', ...await loginAs(app, { ...user, id: 7 } as never) })).statusCode, 401)
  })
}

test('the recipe for a proxy makes cookies Secure where the proxy says https, and nobody else can', async () => {
  const { app } = await recipe('behind-a-proxy')
  const secure = async (remoteAddress: string) => {
    const answer = await app.inject({ method: 'POST', url: '/login', remoteAddress, headers: { 'x-forwarded-proto': 'https' }, payload: { name: 'Ada', password } })
    return setCookies(answer).every(({ attributes }) => attributes.has('secure'))
  }
  assert.deepEqual([await secure('127.0.0.1'), await secure('192.0.2.1')], [true, false])
})

test('the recipe for a new key goes through its three steps without a logout until the old key is gone', async (t) => {
  const { SECRET_KEYS: before } = process.env
  t.after(() => { process.env['SECRET_KEYS'] = before })
  const [old, fresh] = ['the-old-secret-thirty-two-bytes-or-more', 'the-new-secret-thirty-two-bytes-or-more']
  const codes: number[][] = []
  let cookies: Record<string, string> = {}
  for (const [step, keys] of [[old], [old, fresh], [fresh, old], [fresh]].entries()) {
    process.env['SECRET_KEYS'] = keys.join(' ')
    const { app } = await recipe('key-rotation')
    if (step === 0) {
      const answer = await app.inject({ method: 'POST', url: '/login', payload: { name: 'Ada', password } })
      cookies = Object.fromEntries(setCookies(answer).map(({ name, value }) => [name, value]))
    }
    const { login, remember_token: remember } = cookies as { login: string, remember_token: string }
    const seen = [{ login }, { remember_token: remember }].map(async (cookies) => (await app.inject({ url: '/', cookies, headers: json })).statusCode)
    codes.push(await Promise.all(seen))
  }
  assert.deepEqual(codes, [[200, 200], [200, 200], [200, 200], [401, 401]])
})

describe('the recipe for deny by default', () => {
  test('is held to its list of open pages by its own test', async () => {
    const { app } = await recipe('deny-by-default')
    await programs.run(codeBlocks('docs/recipes/deny-by-default.md')[3]!, app)
  })

  test('shows the page of a single-page application to users only, and the login page to everybody', async () => {
    const { app } = await recipe('deny-by-default', 2)
    assert.equal((await app.inject({ url: '/inbox', headers: json })).statusCode, 401)
    assert.equal((await app.inject('/login')).body, 'the form')
    assert.match((await app.inject({ url: '/inbox', ...await loginAs(app, ada) })).body, /app\.js/)
  })

  test('greets strangers and users on an open page, and sends strangers who want a closed one to log in', async () => {
    const { app } = await recipe('deny-by-default')
    const browser = new Browser(app)
    assert.equal((await browser.get('/')).body, 'Hello stranger')
    assert.equal((await browser.get('/reports')).headers.location, '/login?next=%2Freports')
    assert.equal((await browser.post('/login', { name: 'Ada', password })).statusCode, 302)
    assert.equal((await browser.get('/')).body, 'Hello Ada')
    assert.equal((await browser.get('/reports')).body, 'for members')
  })
})
