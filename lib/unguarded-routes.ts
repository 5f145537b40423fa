/**
 * Looks at boot for routes outside an encapsulated plugin that fastify-login was registered in: they are open.
 *
 * @module
 */
import type { FastifyInstance } from 'fastify'
import { UnguardedRouteError } from './errors.ts'
import { settingsOf } from './settings.ts'

/** A route of the server, whichever scope it is of. */
interface ServerRoute { readonly url: string, readonly login: unknown, readonly seen: boolean }

const wrapIt = 'Wrap that plugin with fastify-plugin (also a file that @fastify/autoload loads)'

/**
 * Stops the boot where a route outside the registration asks for a login, and warns of the others that it does not see.
 * On the root there is nothing outside: Fastify gives a hook to scopes that were registered before it, too.
 */
export function checkRoutes (app: FastifyInstance, thisScopeOnly: boolean): void {
  if (!isEncapsulated(app)) return
  const routes = routesOf(app)
  const unseen = routes?.filter(({ seen }) => !seen) ?? []
  const asking = unseen.filter(({ login }) => login !== undefined && login !== 'optional' && login !== 'ignored')
  if (asking.length > 0) throw new UnguardedRouteError(named(asking), wrapIt)
  if (thisScopeOnly || (routes !== null && unseen.length === 0)) return
  app.log.warn('fastify-login was registered inside a plugin that Fastify encapsulates, so it does not guard the routes outside that plugin' +
    `${routes === null ? '' : `: ${named(unseen)}`}. ${wrapIt}, or set the option thisScopeOnly to true if this is meant`)
}

/** An instance of an encapsulated plugin inherits from the instance around it; the root inherits from no instance. */
function isEncapsulated (app: FastifyInstance): boolean {
  return typeof (Object.getPrototypeOf(app) as Partial<FastifyInstance>).register === 'function'
}

function named (routes: readonly ServerRoute[]): string {
  const urls = [...new Set(routes.map(({ url }) => url))].sort()
  const shown = urls.slice(0, 5).join(', ')
  return urls.length > 5 ? `${shown} and ${urls.length - 5} more` : shown
}

/** What the router keeps of a route, which is Fastify's context of it: the part that is looked at here. */
interface RouterRoute { readonly store?: { readonly config?: { readonly url?: string, readonly login?: unknown }, readonly server?: FastifyInstance } }

/**
 * Every route of the server, with what its config asks for and whether it is of a scope that has settings; null where
 * routes cannot be read. An `onRoute` hook would see only routes of its own scope that are declared after it, and
 * `printRoutes` is the one public call that goes over all of them. The router (find-my-way) asks `buildPrettyMeta` of
 * the options what to print of each route, after it has set its own there: the accessor keeps ours.
 */
function routesOf (app: FastifyInstance): ServerRoute[] | null {
  const routes: ServerRoute[] = []
  const options = {
    includeMeta: true,
    get buildPrettyMeta () {
      return ({ store: { config, server } = {} }: RouterRoute) => {
        if (config?.url !== undefined && server !== undefined) routes.push({ url: config.url, login: config.login, seen: settingsOf(server) !== undefined })
        return {}
      }
    },
    set buildPrettyMeta (_theirs: unknown) {}
  }
  try {
    const isEmpty = app.printRoutes(options) === '(empty tree)'
    return routes.length === 0 && !isEmpty ? null : routes
  } catch {
    return null
  }
}
