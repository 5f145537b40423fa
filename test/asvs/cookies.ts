/** ASVS V3.3: how the cookies are set. */
import assert from 'node:assert/strict'
import type { LoginOptions } from 'fastify-login'
import { Browser, setCookies, type SetCookie } from '../support/browser.ts'
import type { TestApp, TestSetup } from '../support/app.ts'
import { eachWay, type Requirement } from './requirement.ts'

type CreateApp = (setup?: TestSetup) => Promise<TestApp>

/** The cookies of a login that is remembered, confirmed, restored and ended, as they are set in production. */
async function cookiesSet (createApp: CreateApp, options: Partial<LoginOptions> = {}): Promise<SetCookie[]> {
  const before = process.env['NODE_ENV']
  process.env['NODE_ENV'] = 'production'
  try {
    const browser = new Browser((await createApp({ options })).app)
    const answers = [await browser.post('/login/1', { remember: true }), await browser.post('/confirm')]
    browser.restart()
    answers.push(await browser.get('/whoami'), await browser.post('/logout'))
    const set = answers.flatMap(setCookies)
    assert.ok(set.length >= 6 && answers.every((answer) => setCookies(answer).length > 0))
    return set
  } finally {
    if (before === undefined) delete process.env['NODE_ENV']
    else process.env['NODE_ENV'] = before
  }
}

export const cookies: readonly Requirement[] = [
  {
    id: '3.3.1',
    level: 1,
    asks: 'Cookies are `Secure`, and named `__Secure-…` where not `__Host-…`',
    metBy: 'both',
    through: 'Under `NODE_ENV=production`, or with [`cookie.secure`](options.md#cookies); with a `domain` or another `path`, name them so in `cookieName`',
    async prove () {
      await eachWay(async (createApp) => {
        for (const { name, attributes } of await cookiesSet(createApp)) assert.deepEqual([name.slice(0, 7), attributes.has('secure')], ['__Host-', true])
        const shared = { cookie: { domain: 'example.org' }, cookieName: '__Secure-login', remember: { cookieName: '__Secure-remember' } }
        for (const { name, attributes } of await cookiesSet(createApp, shared)) assert.deepEqual([name.slice(0, 9), attributes.has('secure')], ['__Secure-', true])
      })
    }
  },
  {
    id: '3.3.2',
    level: 2,
    asks: '`SameSite` of each cookie is set as its purpose asks',
    metBy: 'the plugin',
    through: '`Lax`, or what [`cookie.sameSite`](options.md#cookies) says; [CSRF tokens](recipes/csrf.md) for what it leaves',
    async prove () {
      await eachWay(async (createApp) => {
        for (const { attributes } of await cookiesSet(createApp)) assert.equal(attributes.get('samesite'), 'Lax')
        for (const { attributes } of await cookiesSet(createApp, { cookie: { sameSite: 'strict' } })) assert.equal(attributes.get('samesite'), 'Strict')
      })
    }
  },
  {
    id: '3.3.3',
    level: 2,
    asks: 'Cookies are named `__Host-…` unless they are meant for several hosts',
    metBy: 'the plugin',
    through: 'Where `Secure`, `Path=/` and without a `domain`: the defaults in production',
    async prove () {
      await eachWay(async (createApp) => {
        const set = await cookiesSet(createApp)
        assert.deepEqual(new Set(set.map(({ name }) => name)), new Set(['__Host-login', '__Host-remember_token']))
        for (const { attributes } of set) assert.deepEqual([attributes.get('path'), attributes.has('domain')], ['/', false])
      })
    }
  },
  {
    id: '3.3.4',
    level: 2,
    asks: 'A session token is `HttpOnly`, and reaches the browser by `Set-Cookie` alone',
    metBy: 'the plugin',
    through: 'Always; neither `request.currentLogin` nor an event, an error or `app.login.logins` holds a secret',
    async prove () {
      await eachWay(async (createApp) => {
        for (const { attributes } of await cookiesSet(createApp)) assert.ok(attributes.has('httponly'))
        const { app, events } = await createApp()
        const browser = new Browser(app)
        const answers = [await browser.post('/login/1', { remember: true }), await browser.get('/whoami'), await browser.get('/vault')]
        const told = events.map(({ name, payload: { request: _request, ...facts } }) => JSON.stringify([name, facts]))
        for (const { value } of browser.cookies.values()) {
          for (const { body, headers: { 'set-cookie': _cookies, ...headers } } of answers) assert.equal((body + JSON.stringify(headers)).includes(value), false)
          assert.equal(told.join().includes(value), false)
        }
      })
    }
  },
  {
    id: '3.3.5',
    level: 3,
    asks: 'The name and value of a cookie are not over 4096 bytes',
    metBy: 'the plugin',
    through: 'Under 1 kB; a user id over 255 bytes is refused, and what would pass 1 kB is `FST_LOGIN_COOKIE_TOO_LARGE`',
    async prove () {
      await eachWay(async (createApp) => {
        const { app, users } = await createApp({
          after: (declared) => {
            declared.post<{ Body: { length: number } }>('/long', (request) => request.loginUser(users.get('x'.repeat(request.body.length))!, { remember: true }))
          }
        })
        for (const [length, status] of [[255, 200], [256, 500]] as const) {
          const id = 'x'.repeat(length)
          users.set(id, { id, name: id })
          const answer = await new Browser(app).post('/long', { length })
          assert.equal(answer.statusCode, status)
          assert.equal(setCookies(answer).length, status === 200 ? 2 : 0)
          for (const { name, value } of setCookies(answer)) assert.ok(name.length + value.length < 1000)
        }
      })
    }
  }
]
