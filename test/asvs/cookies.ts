/** ASVS V3.3: how the cookies are set, but for what is in them. */
import assert from 'node:assert/strict'
import { cookiesSet } from './cookies-set.ts'
import { eachWay, type Requirement } from './requirement.ts'

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
  }
]
