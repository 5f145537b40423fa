/** The applications that are compared: how each is called, built and logged in to. */

import type { FastifyInstance } from 'fastify'

export interface Contender {
  name: string
  title: string
  /** Whether the driver logs in first and sends the cookies it was given. */
  logsIn: boolean
  /** Called in the server process only, so that a process loads nothing of the others. */
  build: () => Promise<FastifyInstance>
}

export const contenders: readonly Contender[] = [
  {
    name: 'bare',
    title: 'Fastify with no plugin',
    logsIn: false,
    build: async () => (await import('./servers/bare.ts')).build()
  },
  {
    name: 'cookie',
    title: '@fastify/cookie, anonymous page',
    logsIn: false,
    build: async () => (await import('./servers/cookie.ts')).build()
  },
  {
    name: 'login-anonymous',
    title: 'fastify-login, anonymous page',
    logsIn: false,
    build: async () => (await import('./servers/login-anonymous.ts')).build()
  },
  {
    name: 'secure-session',
    title: '@fastify/secure-session, guarded page',
    logsIn: true,
    build: async () => (await import('./servers/secure-session.ts')).build()
  },
  {
    name: 'login-guarded',
    title: 'fastify-login, guarded page',
    logsIn: true,
    build: async () => (await import('./servers/login-guarded.ts')).build()
  },
  {
    name: 'login-beside-session',
    title: 'fastify-login beside a secure-session, guarded page',
    logsIn: true,
    build: async () => (await import('./servers/login-beside-session.ts')).build()
  }
]

export function findContender (name: string): Contender {
  const found = contenders.find((contender) => contender.name === name)
  if (!found) throw new Error(`There is no contender "${name}", only ${contenders.map((contender) => contender.name).join(', ')}`)
  return found
}
