/** @fastify/session in memory, with the guards that an application writes by hand. */

import cookie from '@fastify/cookie'
import session from '@fastify/session'
import Fastify from 'fastify'
import type { FastifyInstance } from 'fastify'
import { checkPassword, describe, freshPath, key, loginPath, logoutPath, pagePath, publicPath, welcome } from '../page.ts'
import type { User } from '../page.ts'
import { proven, requireFreshUser, requireUser } from './by-hand.ts'
import type { Visit } from './by-hand.ts'

export async function build (app: FastifyInstance = Fastify()): Promise<FastifyInstance> {
  await app.register(cookie)
  await app.register(session, { secret: key.toString('hex'), saveUninitialized: false, rolling: false, cookie: { secure: false } })
  app.decorateRequest('user', null)
  app.get(publicPath, () => welcome)
  app.get(pagePath, { preHandler: requireUser }, (request) => describe((request as Visit).user as User))
  app.get(freshPath, { preHandler: requireFreshUser }, (request) => describe((request as Visit).user as User))
  app.post(loginPath, async (request, reply) => {
    const user = checkPassword(request.body)
    if (user === null) return await reply.code(401).send()
    await (request as Visit).session.regenerate()
    proven(request as Visit, user)
    return { ok: true }
  })
  app.post(logoutPath, async (request) => {
    await (request as Visit).session.destroy()
    return { ok: true }
  })
  return app
}
