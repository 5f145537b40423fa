/**
 * What a route asks for: its config `login`, or the scope's default.
 *
 * @module
 */
import type { FastifyRequest } from 'fastify'
import { InvalidRouteConfigError } from './errors.ts'
import { decodedPath } from './next-url.ts'
import { routeConfigOf } from './route-config.ts'
import type { Settings } from './settings.ts'
import type { LoginPolicy } from './typing.ts'

const policies: readonly unknown[] = ['required', 'fresh', 'anonymous', 'optional', 'ignored'] satisfies LoginPolicy[]

/**
 * Read at request time: routes that were declared before the plugin are covered, too. A word outside the five is
 * refused rather than ignored, because a misspelt guard would be an open page.
 */
export function policyOf (settings: Settings, request: FastifyRequest): LoginPolicy {
  const { login, url } = routeConfigOf(request)
  if (login !== undefined) {
    if (!policies.includes(login)) throw new InvalidRouteConfigError(String(url), JSON.stringify(login))
    return login
  }
  if (settings.defaultLogin === 'optional') return 'optional'
  // Who is sent to the login page must be able to see it, whatever pattern of a route it is served by.
  return settings.ownPaths.includes(url) || settings.ownPaths.includes(literalPath(request.originalUrl)) ? 'optional' : 'required'
}

// Not as a browser reads it: the router resolves no dot segments, so that `/files/../login` is a file.
function literalPath (target: string): string {
  return decodedPath(target.split(/[?#]/, 1)[0] as string)
}
