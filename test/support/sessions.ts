/**
 * The two session plugins that an application may have.
 *
 * @module
 */
import fastifyCookie from '@fastify/cookie'
import fastifySecureSession from '@fastify/secure-session'
import fastifySession from '@fastify/session'
import { describe } from 'node:test'
import type { FastifyInstance, FastifyRequest } from 'fastify'

export interface SessionPlugin {
  readonly name: string
  readonly register: (app: FastifyInstance) => Promise<void>
}

export const sessionPlugins: readonly SessionPlugin[] = [
  {
    name: '@fastify/secure-session',
    async register (app) {
      await app.register(fastifySecureSession, { key: Buffer.alloc(32, 's'), cookieName: 'session', cookie: { path: '/' } })
    }
  },
  {
    name: '@fastify/session',
    async register (app) {
      await app.register(fastifyCookie)
      await app.register(fastifySession, { secret: 's'.repeat(32), cookieName: 'session', cookie: { secure: false } })
    }
  }
]

/** Describes a behaviour once for each session plugin. */
export function describeSessions (behaviour: string, suite: (plugin: SessionPlugin) => void): void {
  for (const plugin of sessionPlugins) describe(`${behaviour}, beside ${plugin.name}`, () => suite(plugin))
}

interface SessionOfTests {
  get (key: string): unknown
  set (key: string, value: unknown): void
}

/** The session of a request, as both plugins have it. */
export function sessionOf (request: FastifyRequest): SessionOfTests {
  return (request as unknown as { session: SessionOfTests }).session
}
