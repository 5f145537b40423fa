import { Redis } from 'ioredis'
import assert from 'node:assert/strict'
import { before, beforeEach, describe, it } from 'node:test'
import type { LoginOptions } from 'fastify-login'
import { RedisStore } from 'fastify-login/redis'
import { makeRecord, makeRecords, next, now, randomOwner } from '../../lib/testing/login-store/setting.ts'
import { createApp } from '../support/app.ts'
import { closesAfter } from '../support/closing.ts'
import { skipRedis, startRedis } from '../support/redis.ts'

const policies = ['allkeys-lru', 'allkeys-random', 'volatile-ttl', 'volatile-lru', 'allkeys-lfu']

describe('a Redis whose memory is full', { skip: skipRedis }, () => {
  const atEnd = closesAfter()
  let url: string
  let client: Redis
  let store: RedisStore
  before(async () => {
    const server = await startRedis()
    atEnd(() => server.stop())
    url = server.url
    client = new Redis(url)
    atEnd(() => { client.disconnect() })
    store = new RedisStore({ client })
  })
  beforeEach(async () => {
    await client.config('SET', 'maxmemory', '0', 'maxmemory-policy', 'noeviction')
    await client.flushall()
  })

  async function numberOf (name: string): Promise<number> {
    return Number(new RegExp(`^${name}:(\\d+)`, 'm').exec(await client.info())?.[1])
  }

  /** Lets Redis have so many bytes more than it has now, and no more. */
  async function limitMemory (policy: string, more: number): Promise<void> {
    await client.config('SET', 'maxmemory', String(await numberOf('used_memory') + more), 'maxmemory-policy', policy)
  }

  for (const policy of policies) {
    it(`and which deletes keys (${policy}) brings no login back that was ended`, async () => {
      const owners = Array.from({ length: 60 }, randomOwner)
      const logins = owners.map((owner) => makeRecords(owner, 4, { keepUntil: now() + 30 * 24 * 3600 }))
      for (const record of logins.flat()) await store.create(record)
      const ended: string[] = []
      for (const [one, two, three, four] of logins) {
        await store.remove(one!.id)
        await store.removeAll(two!.owner, three!.id)
        ended.push(one!.id, two!.id, four!.id)
      }
      const evictedBefore = await numberOf('evicted_keys')
      await limitMemory(policy, 40_000)
      for (let round = 0; round < 300; round++) {
        const owner = owners[round % owners.length]!
        await store.create(makeRecord({ owner, begunAt: now() + 60, keepUntil: now() + 7200 }))
        // Every other owner's logins are ended while their keys are being lost.
        if (round % 2 === 0) for (const { id } of await store.list(owner)) ended.push(id)
        if (round % 2 === 0) await store.removeAll(owner)
      }
      assert.ok(await numberOf('evicted_keys') > evictedBefore + 50, 'keys were deleted')
      await client.config('SET', 'maxmemory', '0')
      for (const owner of owners) await store.create(makeRecord({ owner, begunAt: now() + 120 }))
      for (const id of ended) assert.equal(await store.find(id), null)
      const listed = (await Promise.all(owners.map((owner) => store.list(owner)))).flat()
      assert.deepEqual(listed.filter(({ id }) => ended.includes(id)), [])
    })
  }

  it('and which deletes none still finds and ends logins, and keeps no new one by halves', async () => {
    const [login, other] = makeRecords(randomOwner(), 2)
    for (const record of [login, other]) await store.create(record!)
    await limitMemory('noeviction', -1)
    assert.deepEqual(await store.find(login!.id), login)
    assert.equal((await store.list(login!.owner)).length, 2)
    const names = (await client.keys('*')).sort()
    await assert.rejects(store.create(makeRecord()), /OOM/)
    await assert.rejects(store.update(next(login!), 0), /OOM/)
    await assert.rejects(store.removeAll(login!.owner), /OOM/)
    await assert.rejects(store.removeAll(null), /OOM/)
    assert.deepEqual((await client.keys('*')).sort(), names)
    assert.deepEqual(await store.find(login!.id), login)
    assert.equal(await store.remove(login!.id), true)
    assert.equal(await store.find(login!.id), null)
  })

  /** An application on this Redis, and what it logs; the promise is kept once a line matches. */
  async function boot (asking: Redis, pattern: RegExp) {
    const lines: Array<{ level: number, msg: string }> = []
    let found = () => {}
    const logged = new Promise<void>((resolve) => { found = resolve })
    const write = (line: string) => {
      const { level, msg } = JSON.parse(line)
      lines.push({ level, msg })
      if (pattern.test(msg)) found()
    }
    const { app } = await createApp({
      options: { store: new RedisStore({ client: asking }) } as Partial<LoginOptions>,
      server: { logger: { level: 'debug', stream: { write } } }
    })
    atEnd(() => app.close())
    return { lines, logged }
  }

  const warning = /maxmemory-policy/
  const unknown = /could not find out/

  it('is warned of by the boot, in a sentence that says what to do', async () => {
    await client.config('SET', 'maxmemory-policy', 'allkeys-lru')
    const { lines, logged } = await boot(client, warning)
    await logged
    assert.deepEqual(lines.filter(({ msg }) => warning.test(msg)), [{
      level: 40,
      msg: 'fastify-login: Redis has the maxmemory-policy allkeys-lru, so it deletes keys when its memory is full, and ' +
        'users are logged out. Set maxmemory-policy to noeviction for logins, and keep caches in another Redis'
    }])
  })

  it('is not warned of where it deletes nothing', async () => {
    assert.deepEqual(await store.warnings(), [])
    const { lines } = await boot(client, warning)
    await client.ping()
    await new Promise((resolve) => setImmediate(resolve))
    assert.deepEqual(lines.filter(({ msg }) => warning.test(msg) || unknown.test(msg)), [])
  })

  it('is not asked about where the client cannot ask, or the answer does not say', async () => {
    const { eval: evaluate, evalsha } = client
    assert.deepEqual(await new RedisStore({ client: { eval: evaluate, evalsha } }).warnings(), [])
    const silent = { eval: evaluate, evalsha, info: async () => 'used_memory:1\r\n' }
    assert.deepEqual(await new RedisStore({ client: silent }).warnings(), [])
  })

  it('does not trouble the boot where the host forbids the question: a line at debug level says so', async (t) => {
    await client.acl('SETUSER', 'hosted', 'on', '>secret', '~*', '+@all', '-info', '-config')
    const hosted = new Redis(url, { username: 'hosted', password: 'secret', enableReadyCheck: false })
    t.after(() => { hosted.disconnect() })
    const { lines, logged } = await boot(hosted, unknown)
    await logged
    assert.deepEqual(lines.filter(({ level }) => level > 30).map(({ msg }) => msg), [])
    assert.equal(lines.find(({ msg }) => unknown.test(msg))?.level, 20)
  })

  it('does not hold up the boot where the server is away', async (t) => {
    const away = new Redis(url.replace(/\d+$/, '1'), { retryStrategy: () => 10_000 })
    away.on('error', () => {})
    const { lines, logged } = await boot(away, unknown)
    t.after(() => { away.disconnect() })
    away.disconnect()
    await logged
    assert.deepEqual(lines.filter(({ level }) => level > 30).map(({ msg }) => msg), [])
  })
})
