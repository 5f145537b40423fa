/**
 * Looks at every response of the OpenID Connect routes last: no cache may keep it, and one that failed names nobody.
 *
 * @module
 */
import type { FastifyInstance, FastifyReply } from 'fastify'
import type { ProviderLogins } from './provider-logins.ts'

/** What single shared caches obey before `Cache-Control` (RFC 9213), and what was there before it. */
const forSomeCaches = /^(?:.+-cache-control|surrogate-control|edge-control|x-accel-expires)$/

/** The hook runs after those of the application, which may have loosened the headers or changed the status. */
export function keepPrivate (scope: FastifyInstance, logins: ProviderLogins): void {
  scope.addHook('onSend', async (_request, reply, payload) => {
    for (const name of Object.keys(reply.getHeaders())) if (forSomeCaches.test(name)) reply.removeHeader(name)
    reply.header('cache-control', 'no-store')
    // The login itself is not begun by such a response either.
    if (statusOf(reply, payload) >= 400) logins.withdraw(reply)
  })
}

/** A `Response`, which another hook may have returned, has a status of its own. */
function statusOf ({ statusCode }: FastifyReply, payload: unknown): number {
  const { status } = (payload ?? {}) as { status?: unknown }
  return typeof status === 'number' ? status : statusCode
}
