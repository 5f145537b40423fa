/**
 * The four ways in which the model keeps logins; each gives a store for every sequence.
 *
 * @module
 */
import { MemoryStore, type LoginStore } from 'fastify-login'
import { RedisStore } from 'fastify-login/redis'
import { SqlStore } from 'fastify-login/sql'
import { Redis } from 'ioredis'
import { createPGlite } from '../support/pglite.ts'
import { skipRedis, startRedis } from '../support/redis.ts'

export interface ModelWay {
  readonly name: string
  /** Why it cannot be tried here; false where it can. */
  readonly skip: string | false
  open (): Promise<OpenedWay>
}

export interface OpenedWay {
  /** Null: without a store. Data of other sequences may be in it. */
  readonly createStore: () => LoginStore | null
  close (): Promise<void>
}

const nothing = async () => {}

export const withoutStore: ModelWay = {
  name: 'without a store',
  skip: false,
  open: async () => ({ createStore: () => null, close: nothing })
}

export const inMemory: ModelWay = {
  name: 'in a MemoryStore',
  skip: false,
  open: async () => ({ createStore: () => new MemoryStore(), close: nothing })
}

export const inSql: ModelWay = {
  name: 'in SQL (PGlite)',
  skip: false,
  async open () {
    const db = createPGlite()
    const store = new SqlStore({ db, table: 'logins' })
    await store.createTable()
    return { createStore: () => store, close: () => db.destroy() }
  }
}

export const inRedis: ModelWay = {
  name: 'in Redis',
  skip: skipRedis,
  async open () {
    const server = await startRedis()
    const client = new Redis(server.url)
    return {
      createStore: () => new RedisStore({ client }),
      async close () {
        client.disconnect()
        await server.stop()
      }
    }
  }
}
