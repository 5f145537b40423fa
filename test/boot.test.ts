import assert from 'node:assert/strict'
import { describe, test } from 'node:test'
import cookie from '@fastify/cookie'
import Fastify from 'fastify'
import login, { MemoryStore } from 'fastify-login'
import { key } from './support/app.ts'
import type { FastifyCookieOptions } from '@fastify/cookie'
import type { FastifyServerOptions } from 'fastify'
import type { LoginOptions } from 'fastify-login'

interface Line { level: number, msg: string }

const user = { id: '1', name: 'Ada' }

/** Boots an application, and what it logs. */
async function boot (options: Partial<LoginOptions> = {}, server: FastifyServerOptions = {}, environment?: string) {
  const lines: Line[] = []
  const before = process.env['NODE_ENV']
  if (environment !== undefined) process.env['NODE_ENV'] = environment
  try {
    const app = Fastify({ logger: { stream: { write: (line: string) => { lines.push(JSON.parse(line)) } } }, ...server })
    await app.register(login, { key, loadUser: () => user, ...options } as LoginOptions)
    app.register(async (inner) => { await inner.register(login, {}) })
    app.post('/login', async (request) => await request.loginUser(user, { remember: true }))
    await app.ready()
    return { app, lines }
  } finally {
    if (before === undefined) delete process.env['NODE_ENV']
    else process.env['NODE_ENV'] = before
  }
}

const about = (lines: Line[], pattern: RegExp) => lines.filter(({ msg }) => pattern.test(msg)).map(({ level }) => level)
const [info, warn] = [30, 40]

describe('the boot says', () => {
  test('once what logins without a store cannot do: as information, in production as a warning', async () => {
    const { lines } = await boot()
    assert.deepEqual(lines.map(({ level, msg }) => [level, msg]), [[info, 'fastify-login keeps logins without a store: a logout, a revocation or a stale mark holds ' +
      'in this process until it restarts, and no other process knows of it. The option store changes that']])
    assert.deepEqual(about((await boot({}, {}, 'production')).lines, /without a store: a logout/), [warn])
  })

  test('nothing of it with a store', async () => {
    assert.deepEqual((await boot({ store: new MemoryStore() })).lines, [])
  })

  test('that visitors are not brought back from another site without the origin of this one', async () => {
    const loginPath = 'https://login.example.net/'
    const { lines } = await boot({ loginPath, refreshPath: loginPath })
    for (const name of ['loginPath', 'refreshPath']) assert.deepEqual([...new Set(about(lines, new RegExp(`${name} is on another site and the option origin is not set`)))], [warn])
    assert.deepEqual(about((await boot({ loginPath, origin: 'https://www.example.org' })).lines, /another site/), [])
  })
})

describe('in production', () => {
  test('cookies are Secure and bound to the host, unless the option says otherwise', async () => {
    const { app } = await boot({}, {}, 'production')
    const lines = (await app.inject({ method: 'POST', url: '/login' })).headers['set-cookie'] as string[]
    assert.deepEqual(lines.map((line) => line.slice(0, line.indexOf('='))), ['__Host-login', '__Host-remember_token'])
    for (const line of lines) assert.match(line, /; Secure/)
    const { app: plain } = await boot({ cookie: { secure: false } }, {}, 'production')
    for (const line of (await plain.inject({ method: 'POST', url: '/login' })).headers['set-cookie'] as string[]) assert.doesNotMatch(line, /Secure|__Host-/)
  })

  test('a login over what looks like http warns once, and names trustProxy', async () => {
    const { app, lines } = await boot({}, {}, 'production')
    for (let times = 0; times < 3; times++) await app.inject({ method: 'POST', url: '/login' })
    assert.deepEqual(about(lines, /trustProxy/), [warn])
  })

  test('a login over https warns of nothing, also behind a proxy that is trusted', async () => {
    const { app, lines } = await boot({}, { trustProxy: true }, 'production')
    await app.inject({ method: 'POST', url: '/login', headers: { 'x-forwarded-proto': 'https' } })
    assert.deepEqual(about(lines, /trustProxy/), [])
  })

  test('a login without Secure cookies, or elsewhere than in production, warns of nothing', async () => {
    for (const { app, lines } of [await boot({ cookie: { secure: false } }, {}, 'production'), await boot({ cookie: { secure: true } }, {}, 'test')]) {
      await app.inject({ method: 'POST', url: '/login' })
      assert.deepEqual(about(lines, /trustProxy/), [])
    }
  })
})

describe("the application's own @fastify/cookie", () => {
  async function comesBack (options: FastifyCookieOptions): Promise<boolean> {
    const app = Fastify()
    await app.register(cookie, options)
    await app.register(login, { key, loadUser: () => user })
    app.post('/login', async (request) => await request.loginUser(user))
    app.get('/whoami', (request) => ({ user: request.currentUser?.id ?? null }))
    const { cookies } = await app.inject({ method: 'POST', url: '/login' })
    return (await app.inject({ url: '/whoami', cookies: Object.fromEntries(cookies.map(({ name, value }) => [name, value])) })).json().user === '1'
  }

  test('is used as it is, whatever it parses, signs and encodes, and whenever', async () => {
    for (const hook of ['onRequest', 'preParsing', 'preHandler', 'preValidation'] as const) {
      assert.equal(await comesBack({ secret: 'mine', hook, parseOptions: { signed: true, path: '/elsewhere', maxAge: 1, domain: 'example.net', encode: () => 'x' } }), true, hook)
    }
  })

  test('that writes no cookies stops the boot, or is done without', async () => {
    assert.equal(await comesBack({ hook: false }).catch(({ code }) => /^FST_LOGIN_/.test(code)), true)
  })
})
