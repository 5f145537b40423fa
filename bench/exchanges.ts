/** Makes requests and replies as Fastify makes them, in the image of one that came over a real connection. */

import { IncomingMessage } from 'node:http'
import type { FastifyInstance, FastifyRequest } from 'fastify'
import { browserHeaders } from './browser-headers.ts'
import type { Exchange } from './hooks.ts'

type RequestClass = new (id: string, params: unknown, raw: IncomingMessage, query: unknown, log: unknown, context: unknown) => Exchange['request']
type ReplyClass = new (raw: unknown, request: FastifyRequest, log: unknown) => Exchange['reply']

/** Where an application under the clock lets its requests wait instead of answering them. */
export const holdPath = '/hold'

export interface HeldExchange extends Exchange { release: () => void }

/** Adds the route that hands over its exchange; to be called before the application listens. */
export function holdExchanges (app: FastifyInstance): (port: number) => Promise<HeldExchange> {
  let take: (held: HeldExchange) => void
  app.get(holdPath, (request, reply) => take({ request, reply, release: () => { reply.send('') } }))
  return (port) => new Promise((resolve, reject) => {
    take = resolve
    fetch(`http://127.0.0.1:${port}${holdPath}`).then((answer) => answer.text()).catch(reject)
  })
}

/** What makes exchanges in two steps, because only the second is the cost of a plugin. */
export interface ExchangeMaker {
  /** A request as Node.js hands it over. */
  arrive: () => IncomingMessage
  /** The request and reply that Fastify makes of it, with whatever plugins decorated them with. */
  wrap: (raw: IncomingMessage) => Exchange
}

/**
 * Two exchanges share nothing that a plugin could remember by identity but their connection:
 * not the headers, and not the cookie's string, whose hash V8 would keep.
 */
export function exchangesLike (held: Exchange, cookie: string): ExchangeMaker {
  const { request, reply } = held
  const context = (request as unknown as Record<symbol, unknown>)[contextOf(request)]
  const RequestClass = request.constructor as RequestClass
  const ReplyClass = reply.constructor as ReplyClass
  const cookieBytes = Buffer.from(cookie, 'latin1')
  return {
    arrive () {
      const raw = new IncomingMessage(request.raw.socket)
      raw.method = 'GET'
      raw.url = holdPath
      raw.headers = { host: request.headers.host, ...browserHeaders }
      if (cookie) raw.headers.cookie = cookieBytes.toString('latin1')
      return raw
    },
    wrap (raw) {
      const next = new RequestClass('request', {}, raw, {}, request.log, context)
      return { request: next, reply: new ReplyClass(reply.raw, next, request.log) }
    }
  }
}

function contextOf (request: FastifyRequest): symbol {
  const found = Object.getOwnPropertySymbols(request).find((symbol) => symbol.description === 'fastify.context')
  if (!found) throw new Error('This version of Fastify keeps the context of a request elsewhere')
  return found
}
