/** @fastify/cookie alone: what an anonymous page of fastify-login is measured against. */

import cookie from '@fastify/cookie'
import Fastify from 'fastify'
import type { FastifyInstance } from 'fastify'
import { describe, pagePath, visitor } from '../page.ts'

export async function build (app: FastifyInstance = Fastify()): Promise<FastifyInstance> {
  await app.register(cookie)
  app.get(pagePath, () => describe(visitor))
  return app
}
