/**
 * Looks at the head of a response when it is written: the last moment at which its status and headers can be told.
 *
 * @module
 */
import type { FastifyReply } from 'fastify'

type RawReply = FastifyReply['raw']
type WriteHead = (this: RawReply, statusCode: number, ...rest: unknown[]) => RawReply

/**
 * Calls back with the status when a head is about to be written. By then every header is on `raw`, and can be changed.
 * Node.js itself writes heads by this method, also where nobody calls it: for a stream, and over HTTP/2.
 */
export function beforeHead (raw: RawReply, look: (statusCode: number) => void): void {
  const writeHead = raw.writeHead as WriteHead
  const lookFirst: WriteHead = function (statusCode, ...rest) {
    // Throws, as Node.js would, where the head is out already.
    setHeaders(raw, rest.at(-1))
    look(statusCode)
    return writeHead.call(this, statusCode, ...rest.filter((one) => typeof one === 'string'))
  }
  raw.writeHead = lookFirst as typeof raw.writeHead
}

/** The headers of a call of `writeHead` take the place of those that were set before. */
function setHeaders (raw: RawReply, headers: unknown): void {
  for (const [name, value] of entriesOf(headers)) raw.setHeader(name, value)
}

/** Node.js takes an object, a list of names and values in turn, or one of pairs; a name may come twice in a list. */
function entriesOf (headers: unknown): Iterable<[string, string]> {
  if (!Array.isArray(headers)) return Object.entries(headers !== null && typeof headers === 'object' ? headers : {}) as Array<[string, string]>
  const entries = new Map<string, string[]>()
  const pairs = Array.isArray(headers[0]) ? headers : Array.from({ length: headers.length / 2 }, (_, index) => headers.slice(index * 2, index * 2 + 2))
  for (const [name, value] of pairs as Array<[string, string | string[]]>) {
    entries.set(name.toLowerCase(), [entries.get(name.toLowerCase()) ?? [], value].flat())
  }
  return entries as unknown as Iterable<[string, string]>
}

/**
 * Headers that some shared caches obey before `Cache-Control`: `CDN-Cache-Control` and those of single networks
 * (RFC 9213), and what was there before it.
 */
const forSomeCaches = /^(?:.+-cache-control|surrogate-control|edge-control|x-accel-expires)$/

/** Lets no cache keep a response. */
export function keepOutOfCaches (raw: RawReply): void {
  for (const name of raw.getHeaderNames()) if (forSomeCaches.test(name)) raw.removeHeader(name)
  raw.setHeader('cache-control', 'no-store')
}
