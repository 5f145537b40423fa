/** @fastify/secure-session with the guard that an application writes by hand. */

import secureSession from '@fastify/secure-session'
import Fastify from 'fastify'
import type { FastifyInstance, FastifyReply, FastifyRequest, HookHandlerDoneFunction } from 'fastify'
import { describe, findUser, key, loginPath, pagePath, visitor } from '../page.ts'
import type { User } from '../page.ts'

type Visit = FastifyRequest & { user: User | null, session: { get: (name: string) => string | undefined, set: (name: string, value: string) => void } }

export async function build (app: FastifyInstance = Fastify()): Promise<FastifyInstance> {
  await app.register(secureSession, { key, cookie: { path: '/' } })
  app.decorateRequest('user', null)
  app.post(loginPath, (request, reply) => {
    (request as Visit).session.set('userId', visitor.id)
    reply.send()
  })
  app.get(pagePath, { preHandler: requireUser }, (request) => describe((request as Visit).user as User))
  return app
}

export function requireUser (request: FastifyRequest, reply: FastifyReply, done: HookHandlerDoneFunction): void {
  const visit = request as Visit
  const id = visit.session.get('userId')
  const user = id === undefined ? undefined : findUser(id)
  if (!user?.isActive) {
    reply.code(401).send()
    return
  }
  visit.user = user
  done()
}
