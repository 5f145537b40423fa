/** @fastify/cookie alone: what an anonymous page of fastify-login is measured against. */

import cookie from '@fastify/cookie'
import Fastify from 'fastify'
import type { FastifyInstance } from 'fastify'
import { build as buildBare } from './bare.ts'

export async function build (app: FastifyInstance = Fastify()): Promise<FastifyInstance> {
  await app.register(cookie)
  return await buildBare(app)
}
