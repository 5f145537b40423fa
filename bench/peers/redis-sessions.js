/** The store that the session plugins of Fastify and Express both name for Redis, with the client that it asks for. */

import { RedisStore } from 'connect-redis'
import { createClient } from 'redis'

export async function redisSessions () {
  const client = createClient({ url: process.env.BENCH_REDIS })
  await client.connect()
  return new RedisStore({ client, prefix: 'sessions:', disableTouch: true })
}
