import assert from 'node:assert/strict'
import { after, before, test } from 'node:test'
import fc from 'fast-check'
import { Browser } from './support/browser.ts'
import { getRaw } from './support/raw.ts'
import { describeWays } from './support/ways.ts'
import type { FastifyInstance } from 'fastify'

/** Values that look like one of ours: base64url, a dot, base64url, of every length that the codec tells apart. */
const lookalike = fc.tuple(fc.uint8Array({ maxLength: 120 }), fc.oneof(fc.uint8Array({ minLength: 24, maxLength: 24 }), fc.uint8Array({ maxLength: 30 })))
  .map(([message, nonce]) => `${Buffer.from(message).toString('base64url')}.${Buffer.from(nonce).toString('base64url')}`)

const noise = fc.oneof(
  lookalike,
  fc.uint8Array({ maxLength: 200 }).map((bytes) => Buffer.from(bytes).toString('latin1')),
  fc.array(fc.constantFrom('.', ';', '=', '%', '%ff', '%00', '%E0%A4%A', '"', ',', ' ', '\\', '|', '__proto__', 'A', '-', '_', '+', '/', '\u00e9'), { maxLength: 40 })
    .map((parts) => parts.join(''))
)

describeWays('cookies of any bytes', (way) => {
  let app: FastifyInstance
  let genuine: { login: string, remember: string }

  before(async () => {
    ({ app } = await way.createApp({ options: { loginPath: '/login' } }))
    const browser = new Browser(app)
    await browser.post('/login/1', { remember: true })
    genuine = { login: browser.cookies.get('login')!.value, remember: browser.cookies.get('remember_token')!.value }
  })
  after(() => app.close())

  async function isAnonymous (cookie: string, name = 'x'): Promise<void> {
    const { statusCode, body } = await app.inject({ url: '/whoami', headers: { cookie } })
    assert.equal(statusCode, 200, name)
    assert.equal(JSON.parse(body).user, null, cookie)
  }

  test('never fail a request, and never log anybody in', async () => {
    await fc.assert(fc.asyncProperty(noise, noise, async (login, remember) => {
      await isAnonymous(`login=${login}; remember_token=${remember}`)
      await isAnonymous(login)
    }), { numRuns: 400 })
  })

  test('that were made of a genuine one are worth nothing', async () => {
    await fc.assert(fc.asyncProperty(fc.nat(), fc.constantFrom(...'AZaz09-_.+/=;%é'), fc.nat(2), async (at, character, how) => {
      for (const [name, value] of [['login', genuine.login], ['remember_token', genuine.remember]] as const) {
        const place = at % value.length
        const changed = value.slice(0, place) + character + value.slice(how === 0 ? place : place + how)
        if (changed !== value) await isAnonymous(`${name}=${changed}`)
      }
    }), { numRuns: 300 })
    for (const value of [genuine.login, genuine.remember]) {
      for (const changed of [value + '=', value + '.', '.' + value, value.replace('.', ';'), value.replace('.', '%3B'), value.toUpperCase(), value + value, `"${value}`]) {
        await isAnonymous(`login=${changed}; remember_token=${changed}`)
      }
    }
  })

  test('of one purpose are worth nothing for the other', async () => {
    await isAnonymous(`login=${genuine.remember}; remember_token=${genuine.login}`)
  })

  test('of 4 kB of noise, or hundreds at once, give an anonymous answer or a clear refusal', async () => {
    for (const cookie of [
      `login=${'A'.repeat(4096)}`, `login=${'A'.repeat(4000)}.${'A'.repeat(32)}`, `remember_token=${'%'.repeat(4096)}`, 'login='.repeat(600),
      Array.from({ length: 300 }, (_, index) => `login=${index}`).join('; '), ';'.repeat(4096), '='.repeat(4096)
    ]) {
      await isAnonymous(cookie)
      const { statusCode } = await getRaw(app, '/members', { Cookie: cookie })
      assert.equal(statusCode, 302)
    }
    assert.equal((await getRaw(app, '/members', { Cookie: 'x'.repeat(20_000) })).statusCode, 431)
  })

  test('named like a property of every object are names like others', async () => {
    for (const name of ['__proto__', 'constructor', 'toString', 'hasOwnProperty', '__proto__[login]', 'login[]', 'login.']) {
      await isAnonymous(`${name}=${genuine.login}`)
    }
  })

  test('in raw bytes, as of old Flask-Login tokens, do no harm over a socket', async () => {
    for (const value of ['1|\u00e9', '1|\u00c3\u00a9', '1|' + '0'.repeat(128), '\u0080\u0081', '%e9', '1|%C3%A9', '"1|x"']) {
      const { statusCode, headers, body } = await getRaw(app, '/whoami', { Cookie: `remember_token=${value}; login=${value}` })
      assert.equal(statusCode, 200)
      assert.match(body, /"user":null/)
      assert.match(headers.get('set-cookie') ?? '', /^remember_token=; Max-Age=0;/)
    }
  })

  test('beside a genuine one do not hide it, whichever comes first does not matter to what it proves', async () => {
    for (const cookie of [`x=${'A'.repeat(3000)}; login=${genuine.login}`, `remember_token=garbage; login=${genuine.login}`, `%=%; login=${genuine.login}`]) {
      assert.equal((await app.inject({ url: '/whoami', headers: { cookie, 'user-agent': 'Firefox' } })).json().user, '1')
    }
  })
})
