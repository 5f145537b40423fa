/** Fastify with no plugin: what every other contender pays anyway. */

import Fastify from 'fastify'
import type { FastifyInstance } from 'fastify'
import { describe, pagePath, visitor } from '../page.ts'

export async function build (app: FastifyInstance = Fastify()): Promise<FastifyInstance> {
  app.get(pagePath, () => describe(visitor))
  return app
}
