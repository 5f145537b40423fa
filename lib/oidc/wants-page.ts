/**
 * Whether an answer is to be a page.
 *
 * @module
 */
import type { FastifyRequest } from 'fastify'
import Negotiator from 'negotiator'

/** Browsers' own take 200 characters; to read one of 16,000, full of commas, takes milliseconds. */
const longestAccept = 1024

/** Whether the request prefers a page to JSON. One that accepts anything is a program: browsers name HTML. */
export function wantsPage (request: FastifyRequest): boolean {
  if ((request.headers.accept?.length ?? 0) > longestAccept) return false
  return new Negotiator(request).mediaType(['application/json', 'text/html']) === 'text/html'
}
