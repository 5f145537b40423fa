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
  const users = await Users.open(database).catch(async (cause) => {
    await database.destroy()
    throw place.url ? unusable('PostgreSQL', 'DATABASE_URL', cause) : cause
  })
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
  // What fails is told by the request that needed it; here, by what was heard before the connection was closed.
  let heard: Error | undefined
  redis.on('error', (error) => { heard = error })
  await redis.connect().catch((cause) => {
    redis.disconnect()
    throw unusable('Redis', 'REDIS_URL', heard ?? cause)
  })
  return redis
}

/** Says which variable to look at, and not what is in it: that may be a password. */
function unusable (server: string, variable: string, cause: NodeJS.ErrnoException): Error {
  return new Error(`The ${server} that ${variable} names cannot be used: ${cause.message || cause.code}`, { cause })
}
