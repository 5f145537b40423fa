/** The list of devices of the quickstart example. */
import assert from 'node:assert/strict'
import { mkdtemp, rm } from 'node:fs/promises'
import { tmpdir } from 'node:os'
import { join } from 'node:path'
import { after, before, describe, test } from 'node:test'
import type { FastifyInstance } from 'fastify'
import { startPostgres, skipPostgres } from '../support/postgres.ts'
import { startRedis, skipRedis } from '../support/redis.ts'
import { openQuickstart } from './open-quickstart.ts'
import { Visitor } from './visitor.ts'

const password = 'correct horse'

async function register (app: FastifyInstance, name: string): Promise<Visitor> {
  const visitor = new Visitor(app)
  const answer = await visitor.submit('/register', { name, password, repeated: password })
  assert.equal(answer.headers.location, '/dashboard', answer.body)
  return visitor
}

async function logIn (app: FastifyInstance, name: string, fields: Record<string, string> = {}): Promise<Visitor> {
  const visitor = new Visitor(app)
  assert.equal((await visitor.submit('/login', { name, password, ...fields })).statusCode, 302)
  return visitor
}

async function isLoggedIn (visitor: Visitor): Promise<boolean> {
  return (await visitor.open('/dashboard')).statusCode === 200
}

/** The ids of the logins that a page offers to end. */
function idsIn (page: string): string[] {
  return Array.from(page.matchAll(/name="id" value="([^"]*)"/g), ([, id]) => id!)
}

describe('the devices of the quickstart', () => {
  let app: FastifyInstance
  before(async () => { ({ app } = await openQuickstart()) })
  after(() => app.close())

  test('are for who is logged in, and one click away', async () => {
    assert.equal((await new Visitor(app).open('/devices')).headers.location, '/login?next=%2Fdevices')
    const visitor = await register(app, 'Ada')
    assert.match((await visitor.open('/dashboard')).body, /<li><a href="\/devices">Devices<\/a><\/li>/)
  })

  test('are listed with browser, address and times, this one marked and not offered to be ended', async () => {
    const visitor = await register(app, 'Grace')
    const alone = (await visitor.open('/devices')).body
    assert.deepEqual(idsIn(alone), [])
    assert.doesNotMatch(alone, /Log out all other devices/)
    await logIn(app, 'Grace')
    const { body } = await visitor.open('/devices')
    assert.equal(body.match(/<h2>/g)?.length, 2)
    assert.equal(body.match(/This browser/g)?.length, 1)
    assert.match(body, /<dd>127\.0\.0\.1<\/dd>/)
    assert.equal(body.match(/<dt>(?:Logged in|Last seen)<\/dt><dd><time datetime="\d{4}-\d\d-\d\dT[^"]*">/g)?.length, 4)
    assert.equal(idsIn(body).length, 1)
  })

  test('show an address and a user agent as text, whatever is in them', async () => {
    const visitor = await register(app, 'Edsger')
    const odd = new Visitor(app, '<img src=x onerror=alert(1)> Firefox/1')
    await odd.submit('/login', { name: 'Edsger', password })
    const { body } = await visitor.open('/devices')
    assert.doesNotMatch(body, /<img src=x/)
    assert.match(body, /<h2>Firefox/)
  })

  test('can be logged out one by one', async () => {
    const here = await register(app, 'Hedy')
    const [first, second] = [await logIn(app, 'Hedy', { remember: 'yes' }), await logIn(app, 'Hedy')]
    // The latest seen stands first.
    await second.open('/dashboard')
    const ids = idsIn((await here.open('/devices')).body)
    assert.equal(ids.length, 2)
    const answer = await here.submit('/devices', { id: ids[0]! })
    assert.equal(answer.headers.location, '/devices')
    assert.match((await here.open('/devices')).body, /That device is logged out\./)
    assert.equal([await isLoggedIn(first), await isLoggedIn(second)].filter(Boolean).length, 1)
    assert.ok(await isLoggedIn(here))
    await here.submit('/devices', { id: ids[0]! })
    assert.match((await here.open('/devices')).body, /That device was logged out already\./)
    await here.submit('/devices', { id: ids[1]! })
    for (const other of [first, second]) {
      other.restart()
      assert.ok(!await isLoggedIn(other))
    }
  })

  test('can be logged out all at once, but for this one', async () => {
    const here = await register(app, 'Joan')
    const others = [await logIn(app, 'Joan', { remember: 'yes' }), await logIn(app, 'Joan')]
    const answer = await here.submit('/devices')
    assert.equal(answer.headers.location, '/devices')
    assert.match((await here.open('/devices')).body, /Every other device is logged out\./)
    for (const other of others) {
      assert.ok(!await isLoggedIn(other))
      other.restart()
      assert.ok(!await isLoggedIn(other))
    }
    assert.ok(await isLoggedIn(here))
  })

  test('of somebody else cannot be logged out, nor by an id that is none', async () => {
    const victim = await register(app, 'Karen')
    await logIn(app, 'Karen')
    const [id] = idsIn((await victim.open('/devices')).body)
    const visitor = await register(app, 'Mallory')
    for (const wrong of [id!, 'A'.repeat(33), "' or '1'='1", '%00', 'x'.repeat(5000)]) {
      assert.equal((await visitor.submit('/devices', { id: wrong })).statusCode, 302)
      assert.match((await visitor.open('/devices')).body, /was logged out already/)
    }
    assert.deepEqual(idsIn((await victim.open('/devices')).body), [id])
  })

  test('are not logged out by a form of another site', async () => {
    const here = await register(app, 'Leslie')
    const other = await logIn(app, 'Leslie')
    assert.equal((await here.send('/devices', '')).statusCode, 403)
    assert.equal((await here.send('/devices', 'id=guessed&_csrf=guessed')).statusCode, 403)
    assert.ok(await isLoggedIn(other))
  })

  test('are logged out only by who gave the password lately; who did not is asked for it first', async () => {
    await register(app, 'Radia')
    const other = await logIn(app, 'Radia')
    const visitor = await logIn(app, 'Radia', { remember: 'yes' })
    visitor.restart()
    const { body } = await visitor.open('/devices')
    assert.deepEqual(idsIn(body), [])
    assert.match(body, /<a class="button" href="\/confirm\?next=%2Fdevices">/)
    assert.equal((await visitor.submit('/devices')).headers.location, '/confirm?next=%2Fdevices')
    assert.ok(await isLoggedIn(other))
    assert.equal((await visitor.submit('/confirm?next=%2Fdevices', { password })).headers.location, '/devices')
    await visitor.submit('/devices')
    assert.ok(!await isLoggedIn(other))
  })

  test('that a new password logged out are off the list', async () => {
    const here = await register(app, 'Margaret')
    const other = await logIn(app, 'Margaret', { remember: 'yes' })
    await here.submit('/settings', { password: 'battery staple', repeated: 'battery staple' })
    const { body } = await here.open('/devices')
    assert.equal(body.match(/<h2>/g)?.length, 1)
    assert.match(body, /This browser/)
    assert.ok(!await isLoggedIn(other))
    other.restart()
    assert.ok(!await isLoggedIn(other))
  })
})

describe('the name of a browser', () => {
  const names: Record<string, string> = {
    'Mozilla/5.0 (X11; Linux x86_64; rv:140.0) Gecko/20100101 Firefox/140.0': 'Firefox on Linux',
    'Mozilla/5.0 (Windows NT 10.0; Win64; x64) AppleWebKit/537.36 (KHTML, like Gecko) Chrome/140.0.0.0 Safari/537.36': 'Chrome on Windows',
    'Mozilla/5.0 (Windows NT 10.0; Win64; x64) AppleWebKit/537.36 (KHTML, like Gecko) Chrome/140.0.0.0 Safari/537.36 Edg/140.0.0.0': 'Edge on Windows',
    'Mozilla/5.0 (Macintosh; Intel Mac OS X 10_15_7) AppleWebKit/605.1.15 (KHTML, like Gecko) Version/18.5 Safari/605.1.15': 'Safari on macOS',
    'Mozilla/5.0 (Macintosh; Intel Mac OS X 10_15_7) AppleWebKit/537.36 (KHTML, like Gecko) Chrome/140.0.0.0 Safari/537.36 OPR/120.0.0.0': 'Opera on macOS',
    'Mozilla/5.0 (iPhone; CPU iPhone OS 18_5 like Mac OS X) AppleWebKit/605.1.15 (KHTML, like Gecko) Version/18.5 Mobile/15E148 Safari/604.1': 'Safari on iPhone',
    'Mozilla/5.0 (iPhone; CPU iPhone OS 18_5 like Mac OS X) AppleWebKit/605.1.15 (KHTML, like Gecko) CriOS/140.0.7339.39 Mobile/15E148 Safari/604.1': 'Chrome on iPhone',
    'Mozilla/5.0 (Linux; Android 15; SM-S931B) AppleWebKit/537.36 (KHTML, like Gecko) SamsungBrowser/28.0 Chrome/130.0.0.0 Mobile Safari/537.36': 'Samsung Internet on Android',
    'Mozilla/5.0 (X11; CrOS x86_64 14541.0.0) AppleWebKit/537.36 (KHTML, like Gecko) Chrome/140.0.0.0 Safari/537.36': 'Chrome on ChromeOS',
    'curl/8.5.0': 'Unknown browser',
    '': 'Unknown browser'
  }
  let browserName: (userAgent: string) => string
  before(async () => { ({ browserName } = await import(new URL('../../examples/quickstart/browser-name.ts', import.meta.url).href)) })

  for (const [userAgent, name] of Object.entries(names)) {
    test(`${name}: ${userAgent.slice(0, 60)}`, () => assert.equal(browserName(userAgent), name))
  }
})

describe('the quickstart on servers', () => {
  let folder: string
  before(async () => { folder = await mkdtemp(join(tmpdir(), 'quickstart-')) })
  after(() => rm(folder, { recursive: true }))

  test('keeps users and logins in PostgreSQL where DATABASE_URL is set', { skip: skipPostgres }, async (context) => {
    const server = await startPostgres()
    context.after(() => server.stop())
    const [{ app: one }, { app: other }] = [await openQuickstart(undefined, server), await openQuickstart(undefined, server)]
    try {
      const here = await register(one, 'Ada')
      const there = await logIn(other, 'Ada')
      assert.equal((await here.open('/devices')).body.match(/<h2>/g)?.length, 2)
      await here.submit('/devices')
      assert.ok(!await isLoggedIn(there))
      assert.ok(await isLoggedIn(here))
    } finally {
      for (const app of [one, other]) await app.close()
    }
  })

  test('keeps logins in Redis where REDIS_URL is set, and answers without it', { skip: skipRedis }, async (context) => {
    const server = await startRedis()
    context.after(() => server.stop())
    const { app } = await openQuickstart(folder, { redisUrl: server.url })
    try {
      const here = await register(app, 'Ada')
      const there = await logIn(app, 'Ada')
      await here.submit('/devices')
      assert.ok(!await isLoggedIn(there))
      await server.kill()
      const answer = await here.open('/dashboard')
      assert.equal(answer.statusCode, 503)
      assert.match(answer.body, /Something went wrong here/)
      assert.equal((await new Visitor(app).open('/')).statusCode, 200)
      await server.restart()
      await until(() => isLoggedIn(here))
    } finally {
      await app.close()
    }
  })
})

/** Waits for what the connection does by itself. */
async function until (happened: () => Promise<boolean>): Promise<void> {
  const end = performance.now() + 20_000
  while (!await happened()) if (performance.now() > end) assert.fail('this did not happen in time')
}
