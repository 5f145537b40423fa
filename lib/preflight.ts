/**
 * Tells a CORS preflight, which browsers send without credentials and guards let through.
 *
 * @module
 */
import type { FastifyRequest } from 'fastify'

/**
 * A preflight on a route whose only method is OPTIONS. Anybody can write the headers of a preflight: where a handler
 * serves other methods too, as `app.all` and @fastify/http-proxy declare it, a forged preflight would get the page.
 */
export function isPreflight (request: FastifyRequest): boolean {
  if (request.method !== 'OPTIONS') return false
  const { headers, routeOptions } = request
  if (headers.origin === undefined || headers['access-control-request-method'] === undefined) return false
  const { method } = routeOptions
  return Array.isArray(method) ? method.length === 1 && method[0] === 'OPTIONS' : method === 'OPTIONS'
}
