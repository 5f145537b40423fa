/** @fastify/secure-session with the guards that an application writes by hand. */

import secureSession from '@fastify/secure-session'
import Fastify from 'fastify'
import type { FastifyInstance } from 'fastify'
import { key, pagePath, freshPath, describe, publicPath, welcome, loginPath, logoutPath, checkPassword } from '../page.ts'
import { proven, requireFreshUser, requireUser } from './by-hand.ts'
import type { Visit } from './by-hand.ts'
import type { User } from '../page.ts'

export async function build (app: FastifyInstance = Fastify()): Promise<FastifyInstance> {
  await app.register(secureSession, { key, cookie: { path: '/' } })
  app.decorateRequest('user', null)
  app.get(publicPath, () => welcome)
  app.get(pagePath, { preHandler: requireUser }, (request) => describe((request as Visit).user as User))
  app.get(freshPath, { preHandler: requireFreshUser }, (request) => describe((request as Visit).user as User))
  app.post(loginPath, (request, reply) => {
    const user = checkPassword(request.body)
    if (user !== null) proven(request as Visit, user)
    reply.code(user === null ? 401 : 200).send({ ok: true })
  })
  app.post(logoutPath, (request, reply) => {
    (request as Visit).session.delete()
    reply.send({ ok: true })
  })
  return app
}
