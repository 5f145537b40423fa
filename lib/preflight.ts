/**
 * Tells a CORS preflight, which browsers send without credentials and guards let through.
 *
 * @module
 */
import type { FastifyRequest } from 'fastify'

// What `app.all` takes at the least; an application may have added others, before or after.
const everyMethod = ['DELETE', 'GET', 'HEAD', 'OPTIONS', 'PATCH', 'POST', 'PUT', 'TRACE']

/**
 * A preflight on a route that lists OPTIONS itself. Where it came from `app.all`, its handler is the page's own, and a
 * request that only looks like a preflight would get the page.
 */
export function isPreflight (request: FastifyRequest): boolean {
  if (request.method !== 'OPTIONS') return false
  const { headers, routeOptions } = request
  if (headers.origin === undefined || headers['access-control-request-method'] === undefined) return false
  const { method } = routeOptions
  if (!Array.isArray(method)) return method === 'OPTIONS'
  return method.includes('OPTIONS') && !everyMethod.every((one) => method.includes(one))
}
