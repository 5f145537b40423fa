import { Cluster, Redis } from 'ioredis'
import assert from 'node:assert/strict'
import { randomUUID } from 'node:crypto'
import { before, describe, it } from 'node:test'
import { RedisStore } from 'fastify-login/redis'
import { testLoginStore } from 'fastify-login/testing'
import { makeRecord } from '../../lib/testing/login-store/setting.ts'
import { closesAfter } from '../support/closing.ts'
import { skipRedis, startRedis, startRedisCluster } from '../support/redis.ts'

describe('on Redis', { skip: skipRedis }, () => {
  const atEnd = closesAfter()
  let client: Redis
  let prefixing: Redis
  before(async () => {
    const server = await startRedis()
    atEnd(() => server.stop())
    client = new Redis(server.url)
    prefixing = new Redis(server.url, { keyPrefix: 'app:' })
    atEnd(() => { for (const each of [client, prefixing]) each.disconnect() })
  })

  testLoginStore('RedisStore', () => new RedisStore({ client, prefix: `${randomUUID()}:` }))
  testLoginStore('RedisStore of a client that puts a prefix before keys', () => new RedisStore({ client: prefixing, prefix: `${randomUUID()}:` }))
})

describe('on Redis Cluster', { skip: skipRedis }, () => {
  const atEnd = closesAfter()
  let client: Cluster
  before(async () => {
    const server = await startRedisCluster()
    atEnd(() => server.stop())
    client = new Cluster([server.url], { clusterRetryStrategy: (times) => times < 10 ? 100 : null })
    atEnd(() => { client.disconnect() })
  })

  testLoginStore('RedisStore', async () => {
    await client.flushall()
    return new RedisStore({ client })
  })

  it('refuses to keep logins all over the cluster', async () => {
    const store = new RedisStore({ client, prefix: 'without-braces:' })
    await assert.rejects(store.create(makeRecord()), /CROSSSLOT|same slot/)
    await assert.rejects(store.find(makeRecord().id), /CROSSSLOT|same slot/)
  })
})
