/**
 * Whether the answer to a request can still set a cookie.
 *
 * @module
 */
import type { FastifyReply, FastifyRequest } from 'fastify'

/** Not after it was sent or hijacked, and not where the connection is upgraded: a WebSocket has no answer. */
export function canSetCookie (request: FastifyRequest, reply: FastifyReply): boolean {
  if (reply.sent || reply.raw.headersSent) return false
  // Node has set `upgrade` where the connection is one; `ws` is what @fastify/websocket says of its own requests.
  const { upgrade } = request.raw as { upgrade?: boolean }
  return upgrade !== true && (request as { ws?: unknown }).ws !== true
}
