/** fastify-login with a guarded page and a loader that awaits nothing. */

import login, { requireLogin } from 'fastify-login'
import Fastify from 'fastify'
import type { FastifyInstance } from 'fastify'
import { describe, findUser, key, loginPath, pagePath, visitor } from '../page.ts'
import type { User } from '../page.ts'

export async function build (app: FastifyInstance = Fastify()): Promise<FastifyInstance> {
  await app.register(login, { key, loadUser: findUser })
  app.post(loginPath, async (request) => request.loginUser(visitor))
  app.get(pagePath, { preHandler: requireLogin }, (request) => describe(request.currentUser as User))
  return app
}
