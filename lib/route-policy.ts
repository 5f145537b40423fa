/**
 * What a route asks for: its config `login`, or the scope's default.
 *
 * @module
 */
import type { FastifyInstance, FastifyRequest } from 'fastify'
import { InvalidRouteConfigError } from './errors.ts'
import { given } from './given.ts'
import { isLoginPage } from './login-page.ts'
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
  if (login !== undefined) return checked(login, url)
  if (settings.defaultLogin === 'optional') return 'optional'
  // What is not there is not there for anybody, unless middleware may answer it.
  if (url === undefined && !hasMiddleware(request.server)) return 'optional'
  return settings.loginPage !== null && isLoginPage(settings.loginPage, request, url) ? 'optional' : 'required'
}

/**
 * What the config of a not-found handler asks for where a route hands a request over to it by `reply.callNotFound()`,
 * as @fastify/static does. Null where no handler was called so, or its config says nothing.
 */
export function handedOverPolicyOf (request: FastifyRequest): LoginPolicy | null {
  const { login, url } = routeConfigOf(request)
  return url === undefined && login !== undefined ? checked(login, url) : null
}

function checked (login: LoginPolicy, url: string | undefined): LoginPolicy {
  if (policies.includes(login)) return login
  throw new InvalidRouteConfigError(url === undefined ? 'the not-found handler' : `route ${url}`, given(login))
}

/** Whether @fastify/middie, @fastify/express or the like runs middleware in this scope. */
export function hasMiddleware (scope: FastifyInstance): boolean {
  return typeof (scope as { use?: unknown }).use === 'function'
}
