import assert from 'node:assert/strict'
import { describe, test } from 'node:test'
import { inspect } from 'node:util'
import Fastify from 'fastify'
import login from 'fastify-login'
import { key } from './support/app.ts'
import type { LoginOptions } from 'fastify-login'

async function boot (options: Record<string, unknown>): Promise<void> {
  const app = Fastify()
  await app.register(login, options as unknown as LoginOptions)
  await app.ready()
}

const loadUser = () => null

describe('the boot stops', () => {
  test('where browsers would drop the cookie', async () => {
    for (const options of [
      { cookieName: '__Secure-login' }, { cookieName: '__secure-login', cookie: { secure: false } },
      { cookie: { sameSite: 'none', secure: false } }, { cookie: { partitioned: true, secure: false } },
      { remember: { cookieName: '__Secure-remember' } }, { remember: { cookie: { sameSite: 'none', secure: false } } }
    ]) {
      await assert.rejects(boot({ key, loadUser, ...options }), { code: 'FST_LOGIN_INVALID_OPTION', message: /would be dropped by browsers: .*cookie\.secure/ })
    }
    await boot({ key, loadUser, cookieName: '__Secure-login', cookie: { secure: true, sameSite: 'none', domain: 'example.org' } })
  })
})

describe('the boot goes on', () => {
  test('with a key of 32 bytes, as text, as bytes or several of both', async () => {
    for (const one of ['x'.repeat(32), '\u00e9'.repeat(16), Buffer.alloc(32, 1), new Uint8Array(32), [Buffer.alloc(32, 1), 'x'.repeat(40)]]) await boot({ key: one, loadUser })
  })

  test('with either loader', async () => {
    await boot({ key, loadUser })
    await boot({ key, loadUserFromRequest: () => null })
  })

  test('with options that are undefined, as if they were not named', async () => {
    await boot({ key, loadUser, loginPath: undefined, cookie: undefined, remember: { duration: undefined, cookie: undefined }, sessionProtection: undefined })
  })

  test('with the right values at the edge of what is allowed', async () => {
    await boot({
      key,
      loadUser,
      loginPath: 'https://login.example.net/enter',
      refreshPath: '/',
      origin: 'https://www.example.org:8443',
      idleTimeout: 0.5,
      absoluteTimeout: 400 * 24 * 3600,
      cacheControl: false,
      dropAtLogin: [],
      sessionProtection: false,
      endedLogins: 1,
      realm: 'x'.repeat(64),
      cookie: { path: '/app', domain: 'example.org', sameSite: 'none', secure: true, partitioned: true },
      remember: { duration: 400 * 24 * 3600 }
    })
  })
})

describe('a secret is never printed', () => {
  const secret = 'a secret nobody should read'

  test('in the sentence about a key', async () => {
    for (const one of [secret, [secret], [key, secret], Buffer.from(secret), { secret }, [[secret + key]]]) {
      await assert.rejects(boot({ key: one, loadUser }), (error: Error) => {
        assert.doesNotMatch(inspect(error) + error.stack, /nobody should read/)
        return true
      })
    }
  })

  test('where the key was given under a name that does not exist', async () => {
    await assert.rejects(boot({ secret, loadUser }), (error: Error) => {
      assert.doesNotMatch(inspect(error), /nobody should read/)
      return true
    })
  })

  test('where a store was given as its address, password included', async () => {
    await assert.rejects(boot({ key, loadUser, store: 'redis://:nobody should read@localhost' }), (error: Error) => {
      assert.match(error.message, /option store/)
      assert.doesNotMatch(inspect(error), /nobody should read/)
      return true
    })
  })
})

test('the key is copied: what becomes of the buffer afterwards does not matter', async () => {
  const bytes = Buffer.alloc(32, 7)
  const app = Fastify()
  await app.register(login, { key: bytes, loadUser })
  const before = app.login.makeSecureToken('x')
  bytes.fill(0)
  assert.equal(app.login.makeSecureToken('x'), before)
})
