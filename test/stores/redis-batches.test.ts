import { Redis } from 'ioredis'
import assert from 'node:assert/strict'
import { before, beforeEach, describe, it } from 'node:test'
import { RedisStore } from 'fastify-login/redis'
import {
  createMany, idsOf, makeRecord, makeRecords, now, randomOwner, stopClock
} from '../../lib/testing/login-store/setting.ts'
import { closesAfter } from '../support/closing.ts'
import { skipRedis, startRedis } from '../support/redis.ts'

/** How many commands a script may make of one call: some for each of 200 logins. */
const most = 1000

describe('one user with thousands of logins in Redis', { skip: skipRedis }, () => {
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
  beforeEach(() => client.flushall())

  /** How many commands Redis made of each script that was called meanwhile. */
  async function commandsOf (act: () => Promise<unknown>): Promise<number[]> {
    const calls: number[] = []
    const watching = new Redis(url, { enableReadyCheck: false })
    const monitor = await watching.monitor()
    const seen = new Promise<void>((resolve) => {
      monitor.on('monitor', (_time: string, [name]: string[], source: string) => {
        if (name === 'echo') resolve()
        else if (source === 'lua') calls.push((calls.pop() ?? 0) + 1)
        else if (name?.startsWith('eval') === true) calls.push(0)
      })
    })
    try {
      await act()
      await client.echo('done')
      await seen
    } finally {
      monitor.disconnect()
      watching.disconnect()
    }
    return calls
  }

  const many = 3000

  it('holds Redis up for no longer than a few hundred logins take: ended, all but one', async () => {
    const records = makeRecords(randomOwner(), many)
    await createMany(store, records)
    const calls = await commandsOf(() => store.removeAll(records[0]!.owner, records[7]!.id))
    assert.ok(calls.length >= many / 200)
    assert.ok(Math.max(...calls) <= most, String(calls))
    assert.ok((calls[0] as number) < 20, 'and all of them have ended after the first call')
    assert.deepEqual(await store.list(records[0]!.owner), [records[7]])
    assert.deepEqual((await client.keys('*record*')).length, 1)
  })

  it('holds Redis up for no longer than a few hundred logins take: listed', async () => {
    const records = makeRecords(randomOwner(), many)
    await createMany(store, records)
    let listed: string[] = []
    const calls = await commandsOf(async () => { listed = idsOf(await store.list(records[0]!.owner)) })
    assert.deepEqual(listed, idsOf(records))
    assert.ok(Math.max(...calls) <= most, String(calls))
  })

  it('holds Redis up for no longer than a few hundred logins take: past their end when another begins', async (t) => {
    const clock = stopClock(t)
    const records = makeRecords(randomOwner(), many, { keepUntil: now() + 60 })
    const other = makeRecord({ owner: records[0]!.owner, keepUntil: now() + 3600 })
    await createMany(store, [...records, other])
    clock.advance(61)
    const calls = await commandsOf(async () => {
      await store.update({ ...other, version: 1 }, 0)
      await store.find(other.id)
      for (let login = 0; login < 40; login++) await store.create(makeRecord({ owner: other.owner }))
    })
    assert.ok(Math.max(...calls) <= 20, String(calls))
    const left = await client.zcard(`{login}:owned:${other.owner}`)
    assert.equal(left, 41, 'the ids of what has expired are gone after some logins')
  })

  it('has all of them ended as soon as the first of several calls has come', async () => {
    const records = makeRecords(randomOwner(), 900)
    await createMany(store, records)
    const ending = store.removeAll(records[0]!.owner)
    const seen = await Promise.all(records.map(({ id }) => store.find(id)))
    assert.deepEqual(seen.filter((record) => record !== null), [])
    assert.equal(await ending, 900)
  })
})
