/**
 * Whether a form came from this site: where another site's page sends it, the visitor did not.
 *
 * @module
 */
import type { FastifyRequest } from 'fastify'

/**
 * Browsers say where a request comes from; one that says nothing is no browser, and carries nobody's cookies.
 * `Origin` alone would not do: a page with `Referrer-Policy: no-referrer` sends `null` for it.
 */
export function isFromThisSite ({ headers }: FastifyRequest, origin: string): boolean {
  const site = headers['sec-fetch-site']
  if (site !== undefined) return site === 'same-origin' || site === 'none'
  return headers.origin === undefined || headers.origin === origin
}
