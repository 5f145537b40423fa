import { Cluster, Redis } from 'ioredis'
import assert from 'node:assert/strict'
import { randomUUID } from 'node:crypto'
import { after, before, describe, it } from 'node:test'
import { RedisStore } from 'fastify-login/redis'
import { testLoginStore } from 'fastify-login/testing'
import { makeRecord } from '../../lib/testing/login-store/setting.ts'
import { skipRedis, startRedis, startRedisCluster } from '../support/redis.ts'
import type { ThrowAwayServer } from '../support/servers.ts'

describe('on Redis', { skip: skipRedis }, () => {
  let server: ThrowAwayServer
  let client: Redis
  let prefixing: Redis
  before(async () => {
    server = await startRedis()
    client = new Redis(server.url)
    prefixing = new Redis(server.url, { keyPrefix: 'app:' })
  })
  after(async () => {
    client.disconnect()
    prefixing.disconnect()
    await server.stop()
  })

  testLoginStore('RedisStore', () => new RedisStore({ client, prefix: `${randomUUID()}:` }))
  testLoginStore('RedisStore of a client that puts a prefix before keys', () => new RedisStore({ client: prefixing, prefix: `${randomUUID()}:` }))
})

describe('on Redis Cluster', { skip: skipRedis }, () => {
  let server: ThrowAwayServer
  let client: Cluster
  before(async () => {
    server = await startRedisCluster()
    client = new Cluster([server.url])
  })
  after(async () => {
    client.disconnect()
    await server.stop()
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
