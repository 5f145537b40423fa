/**
 * Whether an answer is to be a page.
 *
 * @module
 */
import type { FastifyRequest } from 'fastify'
import Negotiator from 'negotiator'

/** Whether the request prefers a page to JSON. One that accepts anything is a program: browsers name HTML. */
export function wantsPage (request: FastifyRequest): boolean {
  return new Negotiator(request).mediaType(['application/json', 'text/html']) === 'text/html'
}
