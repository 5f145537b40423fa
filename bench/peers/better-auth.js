/** better-auth on Fastify, as its own guide mounts it, with what its guide to performance asks for. */

import { betterAuth } from 'better-auth'
import { getMigrations } from 'better-auth/db/migration'
import { fromNodeHeaders } from 'better-auth/node'
import Fastify from 'fastify'
import { SqliteDialect } from 'kysely'
import Database from 'libsql'
import { describe, freshFor, freshPath, key, pagePath, passwordOf, publicPath, userCount, userOf, welcome } from '../page.ts'

export async function build () {
  const auth = betterAuth({
    baseURL: 'http://127.0.0.1',
    trustedOrigins: ['http://127.0.0.1'],
    secret: key.toString('hex'),
    database: { dialect: new SqliteDialect({ database: new Database(':memory:') }), type: 'sqlite' },
    emailAndPassword: { enabled: true, autoSignIn: false, password: { hash: async (password) => password, verify: async ({ hash, password }) => hash === password } },
    session: await sessionsIn(process.env.BENCH_REDIS),
    rateLimit: { enabled: false },
    telemetry: { enabled: false },
    logger: { level: 'error' },
    ...await storageIn(process.env.BENCH_REDIS)
  })
  await (await getMigrations(auth.options)).runMigrations()
  for (let number = 0; number < userCount; number++) {
    const { username, name } = userOf(number)
    await auth.api.signUpEmail({ body: { email: `${username}@example.com`, name, password: passwordOf(username) } })
  }

  const app = Fastify()
  app.route({
    method: ['GET', 'POST'],
    url: '/api/auth/*',
    async handler (request, reply) {
      const url = new URL(request.url, `http://${request.headers.host}`)
      const body = request.body === undefined ? {} : { body: JSON.stringify(request.body) }
      const answer = await auth.handler(new Request(url, { method: request.method, headers: fromNodeHeaders(request.headers), ...body }))
      reply.status(answer.status)
      answer.headers.forEach((value, name) => reply.header(name, value))
      return await reply.send(answer.body ? await answer.text() : null)
    }
  })
  app.decorateRequest('user', null)
  const requireUser = async (request, reply) => {
    const found = await auth.api.getSession({ headers: fromNodeHeaders(request.headers) })
    if (found === null) return await reply.code(401).send()
    request.user = found.user
    if (request.routeOptions.url === freshPath && Date.now() >= Number(new Date(found.session.createdAt)) + freshFor * 1000) return await reply.code(403).send()
  }
  app.get(publicPath, () => welcome)
  app.get(pagePath, { preHandler: requireUser }, (request) => describe(request.user))
  app.get(freshPath, { preHandler: requireUser }, (request) => describe(request.user))
  return app
}

/** Without Redis the session is read from its signed cookie for five minutes at a time, and nothing is asked. */
async function sessionsIn (redis) {
  return redis === undefined ? { cookieCache: { enabled: true, maxAge: 300 } } : {}
}

async function storageIn (url) {
  if (url === undefined) return {}
  const { Redis } = await import('ioredis')
  const client = new Redis(url)
  return {
    secondaryStorage: {
      get: (name) => client.get(name),
      set: (name, value, ttl) => ttl ? client.set(name, value, 'EX', ttl) : client.set(name, value),
      delete: async (name) => { await client.del(name) }
    }
  }
}
