/** Opens what the site keeps: users in the database, logins in Redis where REDIS_URL names one, else beside the users. */
import type { LoginStore } from 'fastify-login'
import { RedisStore } from 'fastify-login/redis'
import { SqlStore } from 'fastify-login/sql'
import { Redis } from 'ioredis'
import type { Kysely } from 'kysely'
import { openDatabase } from './database.ts'
import type { Place } from './database.ts'
import { Users } from './users.ts'
import type { Tables } from './users.ts'

export interface Storage {
  users: Users
  logins: LoginStore
  close (): Promise<void>
}

export async function openStorage ({ redisUrl, ...place }: Place & { redisUrl?: string | undefined } = {}): Promise<Storage> {
  const database = openDatabase<Tables>(place)
  const users = await Users.open(database)
  if (!redisUrl) return { users, logins: await openTable(database), close: () => database.destroy() }

  const redis = await connect(redisUrl)
  return {
    users,
    logins: new RedisStore({ client: redis }),
    async close () {
      redis.disconnect()
      await database.destroy()
    }
  }
}

async function openTable (database: Kysely<Tables>): Promise<SqlStore> {
  const logins = new SqlStore({ db: database })
  await logins.createTable()
  // A site that runs for months does this once a day.
  await logins.removeExpired()
  return logins
}

async function connect (url: string): Promise<Redis> {
  // A request would rather fail at once than wait for Redis to come back.
  const redis = new Redis(url, { lazyConnect: true, maxRetriesPerRequest: 1 })
  // What fails is told by the request that needed it.
  redis.on('error', () => {})
  await redis.connect().catch((cause) => { throw new Error('No Redis answers at REDIS_URL', { cause }) })
  return redis
}
