import formbody from '@fastify/formbody'
import assert from 'node:assert/strict'
import { describe, it, test } from 'node:test'
import { identifyByNetworkAndUserAgent, MemoryStore } from 'fastify-login'
import { LruMap } from 'toad-cache'
import { EndedLogins } from '../lib/logins/ended-logins.ts'
import { safeNextUrl } from '../lib/next-url.ts'
import { createApp } from './support/app.ts'
import { Browser } from './support/browser.ts'
import { sessionOf, sessionPlugins } from './support/sessions.ts'
import { createStoredApp, onlyRecord } from './support/store.ts'
import { describeWays } from './support/ways.ts'
import { workOf } from './support/work.ts'

const million = 1_000_000
const origin = 'https://www.example.org'

/** Texts of a million characters that something may take long for: spaces, escapes, separators, wide characters. */
const units = [
  ' ', '%', '%20', '%2f', '\\', '/', '../', '?', '#', '&', '?#&', 'a b', '\t', '\0', '\u65e5', '\u{1f600}', '\ud800',
  '\u00a0', '@', ':', 'x'
]
const longTexts = units.map((unit) => unit.repeat(million / unit.length))

/** No longer than a target may be, with the origin before it. */
const longestWork = 2048 + origin.length

describe('a target to go on to of a million characters', () => {
  it('is refused before anything parses, encodes or matches it, whatever it is made of', () => {
    for (const text of longTexts) {
      for (const candidate of [text, `/${text}`, `/members?${text}`, `${origin}/${text}`]) {
        const { result, longest } = workOf(() => safeNextUrl(candidate, origin))
        assert.equal(result, null)
        assert.equal(longest, 0, JSON.stringify(candidate.slice(0, 30)))
      }
    }
  })

  it('is refused at one character too many, and read at the last one that is allowed', () => {
    assert.equal(safeNextUrl('/' + 'x'.repeat(2047))?.length, 2048)
    assert.equal(safeNextUrl(origin + '/' + 'x'.repeat(2047), origin)?.length, 2048)
    const { result, longest } = workOf(() => safeNextUrl('/' + ' '.repeat(2047)))
    assert.equal(result, null)
    assert.ok(longest > 0, 'nothing was seen to be read')
    assert.equal(workOf(() => safeNextUrl('/' + ' '.repeat(2048))).longest, 0)
    assert.equal(workOf(() => safeNextUrl(origin + '/' + ' '.repeat(2048), origin)).longest, 0)
  })

  it('leads to the fallback from the query, a form, JSON and the session, and is nowhere read', async (t) => {
    let longest = 0
    let kept: string | null = null
    const { app } = await createApp({
      options: { loginPath: '/login', nextIn: 'session', origin },
      before: async (app) => {
        await sessionPlugins[0]?.register(app)
        await app.register(formbody)
      },
      after: (app) => app.route({
        method: ['GET', 'POST'],
        url: '/next',
        handler (request) {
          sessionOf(request).set('next', kept ?? undefined)
          const work = workOf(() => request.nextUrl('/home'))
          longest = Math.max(longest, work.longest)
          return work.result
        }
      })
    })
    t.after(() => app.close())
    const targets = [' ', '%', '?#&', '\u65e5', '\u00a0'].map((unit) => `/${unit.repeat(50_000)}`)
    for (const next of targets) {
      const written = `next=${encodeURIComponent(next)}`
      const headers = { 'content-type': 'application/x-www-form-urlencoded' }
      assert.equal((await app.inject({ method: 'POST', url: '/next', payload: written, headers })).body, '/home')
      assert.equal((await app.inject(`/next?${written}`)).body, '/home')
    }
    for (const next of [...targets, targets, [targets], { next: targets[0] }, { length: million }]) {
      assert.equal((await app.inject({ method: 'POST', url: '/next', payload: { next } })).body, '/home')
    }
    kept = targets[0] ?? null
    assert.equal((await app.inject('/next')).body, '/home')
    assert.equal(longest, 0)
    assert.equal((await app.inject('/next?next=/members')).body, '/members')
    assert.ok(longest > 0 && longest <= longestWork)
  })

  it('is not put into the address of the login page', async (t) => {
    const { app } = await createApp({
      options: { loginPath: '/login' },
      after: (app) => app.get('/url', (request) => app.login.loginUrl(request, `/${' '.repeat(million)}`))
    })
    t.after(() => app.close())
    assert.equal((await app.inject('/url')).body, '/login')
    const refused = await app.inject({ url: `/members?${'%20'.repeat(million)}`, headers: { accept: 'text/html' } })
    assert.equal(refused.headers.location, '/login')
  })
})

test('an Accept header that is longer than any browser sends is a program\'s, and is not read', async (t) => {
  const { app } = await createApp({ options: { loginPath: '/login' } })
  t.after(() => app.close())
  const asked = async (accept: string) => (await app.inject({ url: '/members', headers: { accept } })).statusCode
  assert.equal(await asked('text/html'), 302)
  assert.equal(await asked(`text/html${',a/b'.repeat(200)}`), 302)
  for (const unit of [',', ',a/b', ';', ' ', '"', ';q="', ',";']) {
    assert.equal(await asked(`text/html${unit.repeat(million / unit.length)}`), 401)
  }
})

describe('the address and User-Agent that a login is kept with', () => {
  async function seenFrom (headers: Record<string, string>): Promise<{ ip: string, userAgent: string }> {
    const options = { identifyBrowser: identifyByNetworkAndUserAgent }
    const test = await createStoredApp({ server: { trustProxy: true }, options })
    assert.equal((await test.app.inject({ method: 'POST', url: '/login/1', headers })).statusCode, 200)
    const { ip, userAgent } = await onlyRecord(test)
    await test.app.close()
    return { ip, userAgent }
  }

  it('are an address, whatever a proxy that is trusted passes on, or none', async () => {
    const longest = '2001:0db8:0000:0000:0000:ffff:192.168.100.228'
    for (const ip of ['192.0.2.1', '2001:db8::1', '::ffff:192.0.2.1', 'fe80::1%eth0', longest]) {
      assert.equal((await seenFrom({ 'x-forwarded-for': ip })).ip, ip)
    }
    const long = ['x', '.', '1:', '::', '1.'].map((unit) => unit.repeat(million / unit.length))
    const zones = ['a', '::'].map((unit) => `::1%${unit.repeat(million)}`)
    for (const text of ['<script>alert(1)</script>', 'unknown', '192.0.2.1:4711', '1.2.3', ...long, ...zones]) {
      assert.equal((await seenFrom({ 'x-forwarded-for': text })).ip, '', text.slice(0, 30))
    }
  })

  it('are kept in no memory of the process where they are long', async (t) => {
    const set = t.mock.method(LruMap.prototype, 'set')
    const { app } = await createApp({ server: { trustProxy: true } })
    t.after(() => app.close())
    const [long, short] = ['x'.repeat(million), 'x']
    for (const [ip, userAgent] of [[short, short], [long, short], [short, long], [long, long]] as const) {
      const headers = { 'x-forwarded-for': ip, 'user-agent': userAgent }
      assert.equal((await app.inject({ method: 'POST', url: '/login/1', headers })).statusCode, 200)
    }
    const keys = set.mock.calls.map(({ arguments: [key] }) => String(key))
    assert.ok(keys.length > 0)
    assert.ok(Math.max(...keys.map(({ length }) => length)) < 1024)
  })

  it('are 256 characters of the User-Agent', async () => {
    assert.equal((await seenFrom({ 'user-agent': 'a'.repeat(256) })).userAgent, 'a'.repeat(256))
    assert.equal((await seenFrom({ 'user-agent': '\u00ff'.repeat(million) })).userAgent, '\u00ff'.repeat(256))
  })
})

describeWays('ids that no user can have', ({ name, createApp }) => {
  const impossible = ['', 'x'.repeat(256), 'x'.repeat(million), '\u00e9'.repeat(128), '\ud800', `1${'\0'.repeat(million)}`]

  it('end nothing, list nothing and are kept nowhere', async (t) => {
    const { app, events } = await createApp()
    t.after(() => app.close())
    const browser = new Browser(app)
    await browser.post('/login/1')
    const { id } = (await browser.get('/whoami')).json().login
    const asked = [
      t.mock.method(EndedLogins.prototype, 'endAll'),
      t.mock.method(MemoryStore.prototype, 'removeAll'),
      t.mock.method(MemoryStore.prototype, 'list')
    ]
    events.length = 0
    for (const userId of impossible) {
      await app.login.endLogins(userId)
      assert.equal(await app.login.endLogin(id, { userId }), false)
      if (name !== 'without a store') assert.deepEqual(await app.login.logins(userId), [])
    }
    assert.deepEqual(asked.map(({ mock }) => mock.callCount()), [0, 0, 0])
    assert.deepEqual(events, [])
    assert.equal(await browser.whoami(), '1')
  })

  it('are no reason to refuse the longest that a user can have', async (t) => {
    const id = 'x'.repeat(255)
    const { app, users } = await createApp({ server: { routerOptions: { maxParamLength: id.length } } })
    t.after(() => app.close())
    users.set(id, { id, name: 'Long' })
    const browser = new Browser(app)
    assert.equal((await browser.post(`/login/${id}`)).json().ok, true)
    await app.login.endLogins(id)
    assert.equal(await browser.whoami(), null)
  })

  it('are refused as ids of logins, too', async (t) => {
    const { app } = await createApp()
    t.after(() => app.close())
    for (const id of [...longTexts, 'x'.repeat(34)]) assert.equal(await app.login.endLogin(id), false)
    if (name !== 'without a store') assert.equal(await app.login.loginData('x'.repeat(million)), null)
  })
})
