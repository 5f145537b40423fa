import assert from 'node:assert/strict'
import { test } from 'node:test'
import { identifyByAddressAndUserAgent, identifyByNetworkAndUserAgent, identifyByUserAgent } from 'fastify-login'
import { Browser } from './support/browser.ts'
import { describeWays } from './support/ways.ts'
import type { FastifyRequest, FastifyServerOptions } from 'fastify'
import type { IdentifyBrowser } from 'fastify-login'

interface Place { address?: string, userAgent?: string, headers?: Record<string, string> }

describeWays('a login goes on in the browser it began in', (way) => {
  /** Whether a login that began in one place still counts as fresh in another. */
  async function isSame (from: Place, to: Place, identifyBrowser?: IdentifyBrowser, server: FastifyServerOptions = {}): Promise<boolean> {
    const { app } = await way.createApp({ options: identifyBrowser === undefined ? {} : { identifyBrowser }, server })
    const browser = new Browser(app)
    Object.assign(browser, { address: '192.0.2.1', userAgent: 'Firefox', ...from })
    await browser.post('/login/1', {}, from.headers)
    Object.assign(browser, { address: '192.0.2.1', userAgent: 'Firefox', ...to })
    const { fresh, user } = (await browser.get('/whoami', to.headers)).json()
    assert.equal(user, '1')
    return fresh
  }

  test('by address and user agent', async () => {
    for (const identify of [undefined, identifyByAddressAndUserAgent]) {
      assert.equal(await isSame({}, {}, identify), true)
      assert.equal(await isSame({}, { address: '192.0.2.2' }, identify), false)
      assert.equal(await isSame({}, { userAgent: 'Safari' }, identify), false)
    }
  })

  test('by user agent alone', async () => {
    assert.equal(await isSame({}, { address: '203.0.113.9' }, identifyByUserAgent), true)
    assert.equal(await isSame({}, { userAgent: 'Safari' }, identifyByUserAgent), false)
  })

  test('by network and user agent', async () => {
    const networks: Array<[string, string, boolean]> = [
      ['192.0.2.1', '192.0.2.254', true],
      ['192.0.2.1', '192.0.3.1', false],
      ['192.0.2.1', '19.0.2.1', false],
      ['2001:db8:1:2::1', '2001:db8:1:ffff:1:2:3:4', true],
      ['2001:db8:1::1', '2001:db8:2::1', false],
      ['2001:db8::1', '2001:db8:0:9::1', true],
      ['2001:0db8:0001::1', '2001:DB8:1:0:0:0:0:2', true],
      ['::1', '::2', true],
      ['::', '0:0:0:1::', true],
      ['1::', '1:0:0::5', true],
      ['::ffff:192.0.2.1', '192.0.2.77', true],
      ['::FFFF:192.0.2.1', '::ffff:192.0.3.1', false],
      ['fe80::1%eth0', 'fe80::2%eth0', true]
    ]
    for (const [from, to, same] of networks) assert.equal(await isSame({ address: from }, { address: to }, identifyByNetworkAndUserAgent), same, `${from} ${to}`)
    assert.equal(await isSame({}, { userAgent: 'Safari' }, identifyByNetworkAndUserAgent), false)
  })

  test('by what the application says', async () => {
    const identify: IdentifyBrowser = (request) => String(request.headers['x-device'])
    assert.equal(await isSame({ headers: { 'x-device': 'a' } }, { headers: { 'x-device': 'a' }, userAgent: 'Safari' }, identify), true)
    assert.equal(await isSame({ headers: { 'x-device': 'a' } }, { headers: { 'x-device': 'b' } }, identify), false)
  })

  test('by an address that a proxy names only where the application trusts it', async () => {
    const [from, to] = [{ headers: { 'x-forwarded-for': '198.51.100.1' } }, { headers: { 'x-forwarded-for': '198.51.100.2' } }]
    assert.equal(await isSame(from, to), true)
    assert.equal(await isSame(from, to, undefined, { trustProxy: true }), false)
    assert.equal(await isSame(from, from, undefined, { trustProxy: true }), true)
  })

  test('also where it sends no user agent, or a very long one', async () => {
    assert.equal(await isSame({ headers: { 'user-agent': '' } }, { headers: { 'user-agent': '' } }), true)
    assert.equal(await isSame({ userAgent: 'x'.repeat(2000) }, { userAgent: 'x'.repeat(2000) }), true)
    assert.equal(await isSame({ userAgent: 'x'.repeat(2000) }, { userAgent: 'x'.repeat(2001) }), false)
  })
})

test('each identity can be named for a request that tells nothing of itself', () => {
  const silent = { ip: '192.0.2.1', headers: {} } as FastifyRequest
  assert.equal(identifyByAddressAndUserAgent(silent), '192.0.2.1|')
  assert.equal(identifyByNetworkAndUserAgent(silent), '192.0.2|')
  assert.equal(identifyByUserAgent(silent), '')
})

test('each identity can be named for a request that came over a Unix socket', () => {
  const local = { ip: undefined, headers: { 'user-agent': 'x' } } as unknown as FastifyRequest
  for (const identify of [identifyByAddressAndUserAgent, identifyByUserAgent, identifyByNetworkAndUserAgent]) assert.equal(typeof identify(local), 'string')
})
