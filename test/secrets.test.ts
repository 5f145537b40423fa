/** A secret that is given in the wrong place by mistake stands in no message, no stack, no cause and no log. */
import assert from 'node:assert/strict'
import { describe, test } from 'node:test'
import Fastify from 'fastify'
import login, { MemoryStore, requireFreshLoginWithin, type LoginOptions, type LoginStore } from 'fastify-login'
import { RedisStore } from 'fastify-login/redis'
import { SqlStore } from 'fastify-login/sql'
import { cookieRules, optionRules, rememberRules } from '../lib/option-rules.ts'
import { key } from './support/app.ts'
import { assertUntold, canary, misplaced } from './support/canary.ts'

async function boot (options: unknown): Promise<unknown> {
  const app = Fastify()
  try {
    await app.register(login, options as LoginOptions)
    await app.ready()
    return null
  } catch (error) {
    return error
  } finally {
    await app.close()
  }
}

const good = { key, loadUser: () => null }

const sets = [
  ['', optionRules, (options: object) => options],
  ['cookie.', cookieRules, (cookie: object) => ({ cookie })],
  ['remember.', rememberRules, (remember: object) => ({ remember })],
  ['remember.cookie.', cookieRules, (cookie: object) => ({ remember: { cookie } })]
] as const

describe('where a secret stands for the option', () => {
  for (const [prefix, rules, within] of sets) {
    for (const name of Object.keys(rules)) {
      test(`${prefix}${name}, the boot does not tell it`, async () => {
        let stopped = 0
        for (const [what, value] of misplaced) {
          const error = await boot({ ...good, ...within({ [name]: value }) })
          assertUntold(error, `${prefix}${name} as ${what}`)
          if (error !== null) stopped++
        }
        assert.ok(stopped >= 3, `${stopped} of them stopped the boot`)
      })
    }
  }
})

test('a secret under a name that does not exist, or as a name, is not told', async () => {
  for (const [, value] of misplaced) {
    const remember = { cookie: { secret: value } }
    for (const options of [{ secret: value }, { cookie: { secret: value } }, { remember }]) {
      const error = await boot({ ...good, ...options })
      assert.match(String((error as Error).message), /has no option [\w.]*secret: its options here are/)
      assertUntold(error, 'an unknown name')
    }
  }
  assertUntold(await boot({ ...good, [canary]: true }), 'as a name')
  assertUntold(await boot(canary), 'in place of the options')
})

test('a secret in a key that is too short, beside one that is not, is not told', async () => {
  for (const one of [canary, [canary], [key, canary], [canary, key], { [canary]: canary }]) {
    const error = await boot({ ...good, key: one })
    assert.match((error as Error).message, /key/)
    assertUntold(error, 'a key')
  }
})

test('a secret in an inner registration is not told', async () => {
  for (const [what, value] of misplaced) {
    for (const name of ['key', 'store', 'realm', 'cookieName', 'maxLogins']) {
      const app = Fastify()
      await app.register(login, good)
      app.register(async (inner) => { await inner.register(login, { loadUser: () => null, [name]: value } as never) })
      const error = await app.ready().then(() => null, (failure: unknown) => failure)
      if (error !== null) assertUntold(error, `${name} as ${what}`)
      await app.close()
    }
  }
})

test('a secret in the config of a route answers 500 and is not told', async () => {
  for (const [what, value] of misplaced) {
    const logged: string[] = []
    const app = Fastify({ logger: { level: 'trace', stream: { write: (line: string) => { logged.push(line) } } } })
    await app.register(login, good)
    app.get('/page', { config: { login: value } as never }, () => 'open')
    const answer = await app.inject('/page')
    assert.equal(answer.json().code, 'FST_LOGIN_INVALID_ROUTE_CONFIG', what)
    assertUntold(answer.body + logged.join(), what)
    await app.close()
  }
})

test('a secret as an argument is not told', async () => {
  const app = Fastify()
  await app.register(login, good)
  for (const [what, value] of misplaced) {
    const calls: Array<() => unknown> = [
      () => requireFreshLoginWithin(value as number),
      // A word is a misspelt name, and is shown.
      () => what === 'a short string' ? null : app.login.on(value as never, () => {}),
      () => app.login.on('userLoggedIn', value as never),
      () => app.login.createSeal(app, value as string),
      () => app.login.endLogins(value as string),
      () => app.login.endLogin('an id', { userId: value as string }),
      () => app.login.logins(value as string),
      () => new MemoryStore({ maxLogins: value as number })
    ]
    for (const call of calls) {
      const error = await (async () => await call())().then(() => null, (failure: unknown) => failure)
      assertUntold(error, `${call} with ${what}`.replaceAll(canary, ''))
    }
  }
  await app.close()
})

test('a store that was given an address in place of a connection fails without telling it', async () => {
  const address = `redis://:${canary}@localhost:6379`
  const stores: Array<() => LoginStore> = [
    () => new RedisStore({ client: address as never }),
    () => new RedisStore(address as never),
    () => new RedisStore({ client: { password: canary } as never }),
    () => new SqlStore({ db: address as never }),
    () => new SqlStore(address as never),
    () => new SqlStore({ db: { password: canary } as never })
  ]
  for (const [position, make] of stores.entries()) {
    const logged: string[] = []
    const app = Fastify({ logger: { level: 'trace', stream: { write: (line: string) => { logged.push(line) } } } })
    try {
      await app.register(login, { ...good, store: make() })
      app.get('/in', async (request) => await request.loginUser({ id: 'ada' } as never))
      const answer = await app.inject('/in')
      assert.ok(answer.statusCode >= 500)
      assertUntold(answer.body, `store ${position}`)
    } catch (error) {
      assertUntold(error, `store ${position}`)
    }
    assertUntold(logged.join(), `the log of store ${position}`)
    await app.close()
  }
})
