/**
 * Reads the config of a request's route, on every request.
 *
 * @module
 */
import type { FastifyRequest } from 'fastify'

/** The config of a route; that of the handler for pages that are not there says nothing. */
export type RouteConfig = FastifyRequest['routeOptions']['config']

type Context = { readonly config: RouteConfig } | undefined

// `request.routeOptions` makes an object of twelve fields each time, which is half of what a request without a login
// costs here. The context that it is made from is read instead, where Fastify keeps it as it does today.
let contextKey = Symbol('not found yet')

/** The config of the route, as `request.routeOptions.config` has it. */
export function routeConfigOf (request: FastifyRequest): RouteConfig {
  const context = (request as unknown as Record<symbol, Context>)[contextKey]
  return context === undefined ? lookUp(request) : context.config
}

function lookUp (request: FastifyRequest): RouteConfig {
  const { config } = request.routeOptions
  const holds = (key: symbol) => (request as unknown as Record<symbol, Context>)[key]?.config === config
  contextKey = Object.getOwnPropertySymbols(request).find((key) => key.description === 'fastify.context' && holds(key)) ?? contextKey
  return config
}
