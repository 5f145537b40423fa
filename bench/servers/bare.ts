/** Fastify with no plugin, and pages that anybody may see: what every other contender pays anyway. */

import Fastify from 'fastify'
import type { FastifyInstance } from 'fastify'
import { checkPassword, describe, freshPath, loginPath, logoutPath, pagePath, publicPath, userOf, welcome } from '../page.ts'
import { scaleOf, spread } from '../scale.ts'

export async function build (app: FastifyInstance = Fastify()): Promise<FastifyInstance> {
  app.get(publicPath, () => welcome)
  app.get(freshPath, () => describe(userOf(0)))
  app.post(loginPath, (request, reply) => { reply.code(checkPassword(request.body) === null ? 401 : 200).send({ ok: true }) })
  app.post(logoutPath, () => ({ ok: true }))
  await spread(app, scaleOf(process.env), { path: pagePath, handler: () => describe(userOf(0)) })
  return app
}
