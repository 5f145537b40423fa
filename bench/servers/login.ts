/** fastify-login: a loader that awaits nothing, and a store where Redis is there. */

import login, { requireFreshLogin, requireLogin } from 'fastify-login'
import Fastify from 'fastify'
import type { FastifyInstance } from 'fastify'
import { checkPassword, describe, findUser, freshFor, freshPath, key, loginPath, logoutPath, pagePath, publicPath, welcome } from '../page.ts'
import type { User } from '../page.ts'
import { fillEndedLogins, scaleOf, spread } from '../scale.ts'

export async function build (app: FastifyInstance = Fastify()): Promise<FastifyInstance> {
  const scale = scaleOf(process.env)
  await app.register(login, { key, loadUser: findUser, freshFor, ...await storeOf(process.env.BENCH_REDIS) })
  app.get(publicPath, () => welcome)
  app.get(freshPath, { preHandler: requireFreshLogin }, (request) => describe(request.currentUser as User))
  app.post(loginPath, async (request, reply) => {
    const user = checkPassword(request.body)
    const remember = (request.body as { remember?: boolean }).remember === true
    if (user === null || !await request.loginUser(user, { remember })) reply.code(401)
    return { ok: true }
  })
  app.post(logoutPath, async (request) => ({ ok: await request.logoutUser() }))
  await spread(app, scale, {
    path: pagePath,
    guard: requireLogin,
    handler: (request) => describe(request.currentUser as User),
    enter: async (scope) => { await scope.register(login, { freshFor: freshFor / 2 }) }
  })
  await fillEndedLogins(app, scale.ended)
  return app
}

async function storeOf (url: string | undefined): Promise<object> {
  if (url === undefined) return {}
  const { RedisStore } = await import('fastify-login/redis')
  const { Redis } = await import('ioredis')
  return { store: new RedisStore({ client: new Redis(url) }) }
}
