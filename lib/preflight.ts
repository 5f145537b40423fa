/**
 * Tells a CORS preflight, which browsers send without credentials and guards let through.
 *
 * @module
 */
import type { FastifyRequest } from 'fastify'

/**
 * A preflight on a route that lists OPTIONS itself. Where it came from `app.all`, its handler is the page's own, and a
 * request that only looks like a preflight would get the page.
 */
export function isPreflight (request: FastifyRequest): boolean {
  if (request.method !== 'OPTIONS') return false
  const { headers, routeOptions, server } = request
  if (headers.origin === undefined || headers['access-control-request-method'] === undefined) return false
  const { method } = routeOptions
  return Array.isArray(method) ? method.includes('OPTIONS') && method.length < server.supportedMethods.length : method === 'OPTIONS'
}
