/** fastify-login in an application that keeps a secure-session of its own. */

import secureSession from '@fastify/secure-session'
import Fastify from 'fastify'
import type { FastifyInstance } from 'fastify'
import { key, loginPath } from '../page.ts'
import type { Visit } from './by-hand.ts'
import { build as buildLogin } from './login.ts'

/** Each visitor has something in that session from the login on, and sends both cookies with every request. */
export async function build (app: FastifyInstance = Fastify()): Promise<FastifyInstance> {
  await app.register(secureSession, { key, cookie: { path: '/' } })
  app.addHook('preHandler', async (request) => {
    if (request.url === loginPath) (request as Visit).session.set('theme', 'dark')
  })
  return await buildLogin(app)
}
