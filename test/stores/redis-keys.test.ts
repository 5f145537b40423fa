import { Redis } from 'ioredis'
import assert from 'node:assert/strict'
import { once } from 'node:events'
import { before, beforeEach, describe, it } from 'node:test'
import { RedisStore } from 'fastify-login/redis'
import { createMany, makeRecord, makeRecords, next, now, randomOwner } from '../../lib/testing/login-store/setting.ts'
import { closesAfter } from '../support/closing.ts'
import { skipRedis, startRedis } from '../support/redis.ts'
import type { ThrowAwayServer } from '../support/servers.ts'

const hour = 3600
const day = 24 * hour

/** The one key without an end. */
const token = { '{login}:everyone': Infinity }

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
      ...token, [`{login}:owned:${one.owner}`]: 2, [`{login}:record:${one.id}`]: 2, [`{login}:record:${other.id}`]: 1
    }))
    await store.update(next(other, { keepUntil: now() + 5 * hour }), 0)
    assert.deepEqual(await keys(), sorted({
      ...token, [`{login}:owned:${one.owner}`]: 5, [`{login}:record:${one.id}`]: 2, [`{login}:record:${other.id}`]: 5
    }))
  })

  it('is only the token of everybody after the last login of an owner was ended', async () => {
    const record = makeRecord()
    await store.create(record)
    await store.remove(record.id)
    assert.deepEqual(await keys(), token)
  })

  it('is, for a day, when all logins of an owner were ended: twice, so that one of the two may be lost', async () => {
    const record = makeRecord()
    await store.create(record)
    await store.removeAll(record.owner)
    const { owner } = record
    assert.deepEqual(await keys(), sorted({ ...token, [`{login}:ended:${owner}`]: 24, [`{login}:owned:${owner}`]: 24 }))
  })

  it('is as long as the login that was excepted when all others of its owner were ended', async () => {
    const owner = randomOwner()
    const records = makeRecords(owner, 2, { keepUntil: now() + 30 * day })
    for (const record of records) await store.create(record)
    const { id } = records[0]!
    await store.removeAll(owner, id)
    assert.deepEqual(await keys(), sorted({
      ...token, [`{login}:ended:${owner}`]: 24, [`{login}:owned:${owner}`]: 30 * 24, [`{login}:record:${id}`]: 30 * 24
    }))
  })

  it("is another token after everybody's were ended, and for a day the time of it", async () => {
    const record = makeRecord({ keepUntil: now() + 30 * day })
    await store.create(record)
    const before = await client.get('{login}:everyone')
    await store.removeAll(null)
    assert.notEqual(await client.get('{login}:everyone'), before)
    const left = { [`{login}:owned:${record.owner}`]: 30 * 24, [`{login}:record:${record.id}`]: 30 * 24 }
    assert.deepEqual(await keys(), sorted({ ...token, '{login}:everyone-ended': 24, ...left }))
    assert.equal(await store.find(record.id), null)
  })

  it('goes by itself where a process dies while it deletes the many logins that it has ended', async () => {
    const records = makeRecords(randomOwner(), 450, { keepUntil: now() + 2 * hour })
    await createMany(store, records)
    let calls = 0
    const dying = new RedisStore({
      client: {
        eval: (script, count, ...all) => client.eval(script, count, ...all),
        evalsha: async (sha, count, ...all) => {
          if (++calls > 2) throw new Error('killed')
          return await client.evalsha(sha, count, ...all)
        }
      }
    })
    await assert.rejects(dying.removeAll(records[0]!.owner))
    assert.deepEqual(await store.list(records[0]!.owner), [])
    for (const { id } of records) assert.equal(await store.find(id), null)
    const left = Object.entries(await keys())
    assert.ok(left.some(([name]) => name.startsWith('{login}:deleting:')))
    assert.deepEqual(left.filter(([name, hours]) => hours > 24 && name !== '{login}:everyone'), [])
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
