import { Redis } from 'ioredis'
import assert from 'node:assert/strict'
import { once } from 'node:events'
import { before, beforeEach, describe, it } from 'node:test'
import { RedisStore } from 'fastify-login/redis'
import { makeRecord, next, now } from '../../lib/testing/login-store/setting.ts'
import { closesAfter } from '../support/closing.ts'
import { skipRedis, startRedis } from '../support/redis.ts'
import type { ThrowAwayServer } from '../support/servers.ts'

const hour = 3600
const day = 24 * hour

describe('what a RedisStore leaves in Redis', { skip: skipRedis }, () => {
  const atEnd = closesAfter()
  let server: ThrowAwayServer
  let client: Redis
  let store: RedisStore
  before(async () => {
    server = await startRedis()
    atEnd(() => server.stop())
    client = new Redis(server.url)
    atEnd(() => { client.disconnect() })
    store = new RedisStore({ client })
  })
  beforeEach(() => client.flushall())

  /** The keys, and for how many hours each of them is kept. */
  async function keys (): Promise<Record<string, number>> {
    const names = (await client.keys('*')).sort()
    return Object.fromEntries(await Promise.all(names.map(async (name) => {
      const milliseconds = await client.pttl(name)
      return [name, milliseconds < 0 ? Infinity : Math.round(milliseconds / 1000 / hour)] as const
    })))
  }

  it('goes by itself when the login ends, the list of its owner with the last of them', async () => {
    const one = makeRecord({ keepUntil: now() + 2 * hour })
    const other = makeRecord({ owner: one.owner, keepUntil: now() + hour })
    await store.create(one)
    await store.create(other)
    assert.deepEqual(await keys(), sorted({
      [`{login}:owned:${one.owner}`]: 2, [`{login}:record:${one.id}`]: 2, [`{login}:record:${other.id}`]: 1
    }))
    await store.update(next(other, { keepUntil: now() + 5 * hour }), 0)
    assert.deepEqual(await keys(), sorted({
      [`{login}:owned:${one.owner}`]: 5, [`{login}:record:${one.id}`]: 2, [`{login}:record:${other.id}`]: 5
    }))
  })

  it('is nothing after the last login of an owner was ended', async () => {
    const record = makeRecord()
    await store.create(record)
    await store.remove(record.id)
    assert.deepEqual(await keys(), {})
  })

  it('is a mark for a day after all logins of an owner were ended', async () => {
    const record = makeRecord()
    await store.create(record)
    await store.removeAll(record.owner)
    assert.deepEqual(await keys(), { [`{login}:ended:${record.owner}`]: 24 })
  })

  it("is a mark without an end after everybody's were, for the records that are still there", async () => {
    const record = makeRecord({ keepUntil: now() + 30 * day })
    await store.create(record)
    await store.removeAll(null)
    assert.equal((await keys())['{login}:everyone-ended'], Infinity)
    assert.equal(await store.find(record.id), null)
  })

  it('forgets the ids of logins that expired when another one begins', async () => {
    const record = makeRecord({ keepUntil: now() - 1 })
    const other = makeRecord({ owner: record.owner })
    await client.zadd(`{login}:owned:${record.owner}`, record.keepUntil, record.id)
    await store.create(other)
    assert.deepEqual(await client.zrange(`{login}:owned:${record.owner}`, '0', '-1'), [other.id])
  })

  it('never holds an id of a visitor for an id of a login', async () => {
    const record = makeRecord()
    await store.create(record)
    for (const odd of ['', '*', `${record.id}\n`, `x:${record.id}`, `../${record.id}`]) {
      await store.remove(odd)
      assert.equal(await store.find(odd), null)
    }
    assert.deepEqual(await store.find(record.id), record)
  })

  it('does not matter to a server that has forgotten the scripts', async () => {
    const record = makeRecord()
    await store.create(record)
    await client.script('FLUSH')
    assert.equal(await store.update(next(record), 0), true)
    await client.script('FLUSH')
    assert.deepEqual(await store.list(record.owner), [next(record)])
  })

  it('is asked for in vain while the server is away, and found when it is back', async (t) => {
    const record = makeRecord()
    const impatient = new Redis(server.url, { maxRetriesPerRequest: 0, retryStrategy: () => 20 })
    t.after(() => { impatient.disconnect() })
    impatient.on('error', () => {})
    client.on('error', () => {})
    const asking = new RedisStore({ client: impatient })
    await asking.create(record)
    await server.kill()
    await assert.rejects(asking.find(record.id))
    await assert.rejects(asking.create(makeRecord()))
    await assert.rejects(asking.update(next(record), 0))
    await server.restart()
    await once(impatient, 'ready', { signal: AbortSignal.timeout(30_000) })
    assert.deepEqual(await asking.find(record.id), record)
  })
})

function sorted (keys: Record<string, number>): Record<string, number> {
  return Object.fromEntries(Object.entries(keys).sort(([one], [other]) => one < other ? -1 : 1))
}
