/**
 * Tells whether a request has reached the page where visitors log in, which must be open to them.
 *
 * @module
 */
import type { FastifyRequest } from 'fastify'
import { decodedPath, pathOf } from './next-url.ts'
import { isOwn } from './own-pages.ts'

/** The login page, where it is on this site. */
export interface LoginPage {
  /** The path as a browser asks for it. */
  readonly path: string
  /** The path as the address of a route is written. */
  readonly pattern: string
}

/** The page that the option `loginPath` names; null where there is none, or it is on another site. */
export function loginPageOf (loginPath: string | null, origin: string | null): LoginPage | null {
  if (loginPath === null || !isOwn(loginPath, origin)) return null
  const path = pathOf(loginPath) as string
  return { path, pattern: decodedPath(path) }
}

/**
 * Whether the route that the router has chosen, by its address, serves the login page to this request. What the
 * visitor typed does not count: `rewriteUrl` may have led that to any route.
 */
export function isLoginPage ({ path, pattern }: LoginPage, request: FastifyRequest, routeUrl: string | undefined): boolean {
  if (routeUrl === pattern || routeUrl?.replace(/\/:[^/]*\?$/, '') === pattern) return true
  // Compared as it is written. A wildcard may be a proxy, and what is behind it may read an encoded, doubled or dotted
  // path, or one with a fragment, otherwise than the router does.
  if (request.url.split('?', 1)[0] !== path) return false
  // The router reads case, a last slash and the like as its options say.
  if (routeUrl === undefined || !/[:*]/.test(routeUrl)) return true
  // A wildcard serves the login page only where that has no route of its own: else `DELETE /login` would open a proxy.
  return !request.server.hasRoute({ method: 'GET', url: pattern })
}
