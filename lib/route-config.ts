/**
 * Reads the config of a request's route, on every request.
 *
 * @module
 */
import type { FastifyRequest } from 'fastify'

/** What a route's config says that matters here; undefined where no route was found. */
export type RouteConfig = FastifyRequest['routeOptions']['config'] | undefined

type Context = { readonly config?: RouteConfig } | undefined

// `request.routeOptions` makes an object of twelve fields each time, which is half of what a request without a login
// costs here. The context that it is made from is read instead, as long as Fastify keeps it where it does today.
let contextKey: symbol | null | undefined

/** The config of the route, as `request.routeOptions.config` has it. */
export function routeConfigOf (request: FastifyRequest): RouteConfig {
  if (contextKey === undefined) contextKey = findContextKey(request)
  const context = contextKey === null ? undefined : (request as unknown as Record<symbol, Context>)[contextKey]
  return context === undefined ? request.routeOptions.config : context.config
}

function findContextKey (request: FastifyRequest): symbol | null {
  const { config } = request.routeOptions
  const holds = (key: symbol) => (request as unknown as Record<symbol, Context>)[key]?.config === config
  return Object.getOwnPropertySymbols(request).find((key) => key.description === 'fastify.context' && holds(key)) ?? null
}
