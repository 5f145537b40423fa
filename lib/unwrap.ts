/**
 * Takes a `Response` apart that a handler returned, as Fastify does it once the last hook has run.
 *
 * Fastify takes the status and the headers of a `Response` after `onSend`: too late for what depends on them.
 *
 * @module
 */
import { Readable } from 'node:stream'
import type { FastifyReply } from 'fastify'

/** A `Response`, of whichever library. */
interface AnyResponse {
  readonly status?: unknown
  readonly headers?: Iterable<[string, string]> & { readonly forEach?: unknown } | null
  readonly body?: unknown
  readonly bodyUsed?: unknown
}

/** Whether a payload is what Fastify takes for a `Response`. */
export function isResponse (payload: unknown): payload is AnyResponse {
  return typeof payload === 'object' && payload !== null && Object.prototype.toString.call(payload) === '[object Response]'
}

/** Whether somebody has read the body, which Fastify answers with an error. */
export function isUsed ({ body, bodyUsed }: AnyResponse): boolean {
  return body !== null && Boolean(bodyUsed)
}

/**
 * Gives the reply the status and the headers of a `Response`. Throws Fastify's own error for an invalid status, such
 * as the 0 of `Response.error()`.
 *
 * @returns The body.
 */
export function unwrap (reply: FastifyReply, { status, headers, body }: AnyResponse): unknown {
  if (typeof status === 'number') reply.code(status)
  if (typeof headers?.forEach === 'function') for (const [name, value] of headers) reply.header(name, value)
  // The hook by which Fastify makes a HEAD route of a GET route fails on null.
  return body ?? (reply.request.method === 'HEAD' ? Readable.from([]) : null)
}
