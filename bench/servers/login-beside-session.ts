/** fastify-login in an application that keeps a secure-session of its own. */

import secureSession from '@fastify/secure-session'
import login, { requireLogin } from 'fastify-login'
import Fastify from 'fastify'
import type { FastifyInstance, FastifyRequest } from 'fastify'
import { describe, findUser, key, loginPath, pagePath, visitor } from '../page.ts'
import type { User } from '../page.ts'

type Visit = FastifyRequest & { session: { set: (name: string, value: string) => void } }

export async function build (app: FastifyInstance = Fastify()): Promise<FastifyInstance> {
  await app.register(secureSession, { key, cookie: { path: '/' } })
  await app.register(login, { key, loadUser: findUser })
  app.post(loginPath, async (request) => {
    const loggedIn = await request.loginUser(visitor)
    const visit = request as Visit
    visit.session.set('theme', 'dark')
    return loggedIn
  })
  app.get(pagePath, { preHandler: requireLogin }, (request) => describe(request.currentUser as User))
  return app
}
