import { Redis } from 'ioredis'
import assert from 'node:assert/strict'
import { before, beforeEach, describe, it } from 'node:test'
import type { LoginOptions } from 'fastify-login'
import { RedisStore } from 'fastify-login/redis'
import { makeRecord, makeRecords, now, randomOwner, stopClock } from '../../lib/testing/login-store/setting.ts'
import { createApp, type TestApp } from '../support/app.ts'
import { Browser } from '../support/browser.ts'
import { closesAfter } from '../support/closing.ts'
import { pairsOf, RedisKeys, subsetsOf } from '../support/redis-keys.ts'
import { skipRedis, startRedis } from '../support/redis.ts'
import type { User } from '../support/user.ts'

/** A user with two logins: one is to end, and one goes on where the way to end the other lets it. */
interface Logins {
  readonly test: TestApp
  readonly ending: Browser
  readonly other: Browser
  readonly endingId: string
  readonly otherId: string
}

interface End {
  readonly name: string
  /** Ends a login; both of the user's where it says so. */
  readonly end: (logins: Logins) => Promise<unknown>
  readonly endsBoth?: true
  readonly options?: Partial<LoginOptions>
}

const ends: readonly End[] = [
  { name: 'a logout', end: ({ ending }) => ending.post('/logout') },
  {
    name: 'a logout of both',
    end: ({ ending, other }) => Promise.all([ending.post('/logout'), other.post('/logout')]),
    endsBoth: true
  },
  { name: 'endLogin', end: ({ test, endingId }) => test.app.login.endLogin(endingId, { userId: '1' }) },
  { name: 'endLogins', end: ({ test }) => test.app.login.endLogins('1'), endsBoth: true },
  {
    name: 'endLogins with an exception',
    end: ({ test, otherId }) => test.app.login.endLogins('1', { except: otherId })
  },
  {
    name: 'endLogins twice, with another exception each time',
    end: async ({ test, endingId, otherId }) => {
      await test.app.login.endLogins('1', { except: otherId })
      await test.app.login.endLogins('1', { except: endingId })
    },
    endsBoth: true
  },
  { name: 'endEveryLogin', end: ({ test }) => test.app.login.endEveryLogin(), endsBoth: true },
  { name: 'a change of the password', end: ({ other }) => other.post('/password') },
  { name: 'a login as somebody else', end: ({ ending }) => ending.post('/login/2') },
  {
    name: 'logins beyond maxLogins',
    end: async ({ test }) => {
      for (const browser of [new Browser(test.app), new Browser(test.app)]) await browser.post('/login/1')
    },
    endsBoth: true,
    options: { maxLogins: 2 }
  }
]

describe('a login that has ended stays ended, whatever Redis loses', { skip: skipRedis }, () => {
  const atEnd = closesAfter()
  let client: Redis
  let keys: RedisKeys
  before(async () => {
    const server = await startRedis()
    atEnd(() => server.stop())
    client = new Redis(server.url)
    atEnd(() => { client.disconnect() })
    keys = new RedisKeys(client)
  })
  beforeEach(() => client.flushall())

  /** An application, a user with two logins, and the cookies that they had before they ended. */
  async function logIn ({ options }: End): Promise<Logins> {
    const authHash = (user: User) => user.passwordHash ?? null
    const test = await createApp({
      options: { store: new RedisStore({ client }), authHash, ...options } as Partial<LoginOptions>,
      after: (app, users) => app.post('/password', async (request) => {
        users.set('1', { ...users.get('1')!, passwordHash: 'changed' })
        return { ok: await request.confirmLogin(users.get('1')!) }
      })
    })
    atEnd(() => test.app.close())
    const [ending, other] = [new Browser(test.app), new Browser(test.app)]
    const ids: string[] = []
    for (const browser of [ending, other]) {
      await browser.post('/login/1', { remember: true })
      ids.push((await browser.get('/whoami')).json().login.id)
    }
    return { test, ending, other, endingId: ids[0]!, otherId: ids[1]! }
  }

  /** What tries every cookie of the logins that ended, in all the ways in which a thief would. */
  function thiefOf ({ ending, other }: Logins, { endsBoth }: End): (what: string) => Promise<void> {
    const stolen = [ending, ...endsBoth === true ? [other] : []].map((browser) => browser.copy())
    return async (what) => {
      for (const jar of stolen) {
        const [whole, restarted] = [jar.copy(), jar.copy()]
        assert.equal(await whole.whoami(), null, what)
        restarted.restart()
        assert.equal(await restarted.whoami(), null, `${what}, by the remember cookie`)
      }
    }
  }

  async function logInAnew ({ test: { app } }: Logins): Promise<void> {
    for (const user of ['1', '2']) assert.equal((await new Browser(app).post(`/login/${user}`)).json().ok, true)
  }

  for (const end of ends) {
    it(`afterwards, any of its keys, then others when somebody has logged in again: after ${end.name}`, async () => {
      const logins = await logIn(end)
      const steal = thiefOf(logins, end)
      await end.end(logins)
      await steal('nothing lost')
      const bringBack = await keys.keep()
      const names = await keys.names()
      for (const lost of subsetsOf(names)) {
        await bringBack()
        await keys.lose(...lost)
        await steal(`lost ${lost.join(' ')}`)
        await logInAnew(logins)
        await steal(`lost ${lost.join(' ')}, and logged in again`)
      }
      for (const [first, second] of pairsOf(names)) {
        await bringBack()
        for (const lost of [first, second]) {
          await keys.lose(lost)
          await logInAnew(logins)
        }
        await steal(`lost ${first}, logged in again, lost ${second}, logged in again`)
      }
    })

    it(`before, one of its keys, and one afterwards: ${end.name}`, async () => {
      const { length } = await logIn(end).then(() => keys.names())
      for (let place = 0; place < length; place++) {
        await client.flushall()
        const logins = await logIn(end)
        const steal = thiefOf(logins, end)
        const first = (await keys.names())[place]!
        await keys.lose(first)
        await end.end(logins)
        await steal(`lost ${first} before`)
        const bringBack = await keys.keep()
        for (const second of await keys.names()) {
          await bringBack()
          await keys.lose(second)
          await logInAnew(logins)
          await steal(`lost ${first} before, ${second} afterwards`)
        }
      }
    })
  }

  it('one of its keys, while the login of a request that came before is under way', async (t) => {
    const clock = stopClock(t)
    const store = new RedisStore({ client })
    const owner = randomOwner()
    const [there, pending, excepted] = makeRecords(owner, 3)
    clock.advance(1)
    const ways: Array<() => Promise<unknown>> = [
      () => store.removeAll(owner),
      () => store.removeAll(owner, excepted!.id),
      () => store.removeAll(owner, there!.id),
      () => store.removeAll(null)
    ]
    for (const removeAll of ways) {
      await client.flushall()
      await store.create(there!)
      await removeAll()
      const bringBack = await keys.keep()
      for (const lost of await keys.names()) {
        await bringBack()
        await keys.lose(lost)
        assert.equal(await store.create(pending!), false, lost)
        assert.equal(await store.create(makeRecord({ owner, begunAt: now() + 0.001 })), true)
        assert.equal(await store.create(pending!), false, `${lost}, and another login`)
      }
    }
  })

  it('the record of a login, also where it comes back from an older copy after all were ended', async () => {
    const store = new RedisStore({ client })
    for (const removeAll of [(owner: string) => store.removeAll(owner), () => store.removeAll(null)]) {
      await client.flushall()
      const record = makeRecord()
      await store.create(record)
      const kept = await client.dumpBuffer(`{login}:record:${record.id}`)
      await removeAll(record.owner)
      await store.create(makeRecord({ owner: record.owner, begunAt: now() + 1 }))
      await client.restore(`{login}:record:${record.id}`, 0, kept, 'REPLACE')
      assert.equal(await store.find(record.id), null)
      assert.equal((await store.list(record.owner)).length, 1)
    }
  })
})
