/** fastify-login registered, on a page that nobody need log in to and that does not ask who is there. */

import login from 'fastify-login'
import Fastify from 'fastify'
import type { FastifyInstance } from 'fastify'
import { describe, findUser, key, pagePath, visitor } from '../page.ts'

export async function build (app: FastifyInstance = Fastify()): Promise<FastifyInstance> {
  await app.register(login, { key, loadUser: findUser })
  app.get(pagePath, () => describe(visitor))
  return app
}
