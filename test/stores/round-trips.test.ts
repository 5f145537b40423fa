import assert from 'node:assert/strict'
import { before, describe, it } from 'node:test'
import { RedisStore } from 'fastify-login/redis'
import { createApp, type TestApp } from '../support/app.ts'
import { Browser } from '../support/browser.ts'
import { closesAfter } from '../support/closing.ts'
import { stopClock } from '../support/clock.ts'
import { CountedRedis } from '../support/counted-redis.ts'
import { skipRedis, startRedis } from '../support/redis.ts'

describe('the round trips of a request to Redis', { skip: skipRedis }, () => {
  const atEnd = closesAfter()
  let client: CountedRedis
  let test: TestApp
  before(async () => {
    const server = await startRedis()
    atEnd(() => server.stop())
    client = new CountedRedis(server.url)
    atEnd(() => { client.disconnect() })
    test = await createApp({ options: { store: new RedisStore({ client }) } })
    atEnd(() => test.app.close())
    // From then on the server knows the scripts.
    const first = await visitor()
    first.restart()
    await first.get('/whoami')
  })

  async function visitor (): Promise<Browser> {
    const browser = new Browser(test.app)
    await browser.post('/login/1', { remember: true })
    client.sent()
    return browser
  }

  it('of a logged-in user are one, guarded or not, with a remember cookie or without', async () => {
    const browser = await visitor()
    for (const url of ['/whoami', '/members', '/vault', '/']) {
      assert.equal((await browser.get(url)).statusCode, 200)
      assert.deepEqual(client.sent(), ['evalsha'], url)
    }
    browser.cookies.delete('remember_token')
    await browser.get('/members')
    assert.deepEqual(client.sent(), ['evalsha'])
  })

  it('of a user who is loaded by a promise are one, also right after the login', async (t) => {
    const slow = await createApp({ options: { store: new RedisStore({ client }), loadUser: async (id) => ({ id, name: id }) } })
    t.after(() => slow.app.close())
    const browser = new Browser(slow.app)
    await browser.post('/login/1')
    client.sent()
    assert.equal((await browser.get('/members')).statusCode, 200)
    assert.deepEqual(client.sent(), ['evalsha'])
  })

  it('of somebody anonymous are none, guarded or not', async () => {
    await visitor()
    const browser = new Browser(test.app)
    for (const url of ['/', '/whoami', '/members']) await browser.get(url)
    assert.deepEqual(client.sent(), [])
  })

  it('of somebody with a forged cookie are none', async () => {
    await visitor()
    await test.app.inject({ url: '/members', headers: { cookie: 'login=forged; remember_token=forged' } })
    assert.deepEqual(client.sent(), [])
  })

  it('of a restore from a remember cookie are two', async () => {
    const browser = await visitor()
    browser.restart()
    assert.equal(await browser.whoami(), '1')
    assert.deepEqual(client.sent(), ['evalsha', 'evalsha'])
    assert.equal(await browser.whoami(), '1')
    assert.deepEqual(client.sent(), ['evalsha', 'evalsha'], 'the successor is seen')
    assert.equal(await browser.whoami(), '1')
    assert.deepEqual(client.sent(), ['evalsha'])
  })

  it('of a restore behind a login that lapsed are two at most', async (t) => {
    const clock = stopClock(t)
    const short = await createApp({ options: { store: new RedisStore({ client }), absoluteTimeout: 60 } })
    t.after(() => short.app.close())
    const browser = new Browser(short.app)
    await browser.post('/login/1', { remember: true })
    clock.advance(61)
    client.sent()
    const page = (await browser.get('/whoami')).json()
    assert.deepEqual([page.user, page.remembered, page.fresh], ['1', true, false])
    const sent = client.sent()
    assert.ok(sent.length <= 2, String(sent))
  })
})
