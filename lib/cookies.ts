/**
 * The two cookies of a realm: their names and attributes, fixed at boot and the same for setting and clearing.
 *
 * @module
 */
import type { FastifyReply, FastifyRequest } from 'fastify'
import { CookieTooLargeError, InvalidOptionError } from './errors.ts'

/** The attributes an application chooses. All cookies are HttpOnly. */
export interface CookieOptions {
  /** Default `'/'`. */
  path?: string
  /** Default: the host alone. */
  domain?: string
  /** Default: true under NODE_ENV=production, elsewhere as `request.protocol` says. */
  secure?: boolean
  /** Default `'lax'`. */
  sameSite?: 'lax' | 'strict' | 'none'
  /** Default false. */
  partitioned?: boolean
}

/** A cookie as it is fixed at boot. */
export interface Cookie {
  readonly name: string
  readonly path: string
  readonly domain: string | undefined
  /** `undefined`: as the request's protocol says. */
  readonly secure: boolean | undefined
  readonly sameSite: 'lax' | 'strict' | 'none'
  readonly partitioned: boolean
}

// OWASP ASVS 3.3.5 allows 4096; a cookie goes with every request, so ours stay under 1 kB.
const largest = 1000

/** Fixes a cookie. The prefix makes browsers refuse one that another host, or plain http, plants (RFC 6265bis, 4.1.3). */
export function fixCookie (name: string, options: CookieOptions, production: boolean): Cookie {
  const { path = '/', domain, secure = production ? true : undefined, sameSite = 'lax', partitioned = false } = options
  if (secure !== true && /^__secure-/i.test(name)) {
    throw new InvalidOptionError(`The cookie ${name} of fastify-login would be dropped by browsers: name another cookieName, or set cookie.secure to true`)
  }
  if (secure === false && (sameSite === 'none' || partitioned)) {
    throw new InvalidOptionError(`The cookie ${name} of fastify-login would be dropped by browsers: cookie.sameSite 'none' and cookie.partitioned need cookie.secure`)
  }
  const prefix = secure === true && path === '/' && domain === undefined ? '__Host-' : ''
  return Object.freeze({ name: prefix + name, path, domain, secure, sameSite, partitioned })
}

/** The value of a cookie as the request carries it, whichever hook the application lets @fastify/cookie parse in. */
export function cookieOf (request: FastifyRequest, cookie: Cookie): string | undefined {
  const parsed = request.cookies ?? request.server.parseCookie(request.headers.cookie as string)
  return parsed[cookie.name]
}

/** Refuses a value that would take the cookie over 1 kB. */
export function checkSize (cookie: Cookie, value: string): void {
  const bytes = cookie.name.length + 1 + value.length
  if (bytes > largest) throw new CookieTooLargeError(cookie.name, bytes)
}

/** Sets a cookie; without a lifetime it ends with the browser. */
export function setCookie (reply: FastifyReply, cookie: Cookie, value: string, lifetime?: number): void {
  write(reply, cookie, value, lifetime === undefined ? undefined : Math.ceil(lifetime))
}

export function clearCookie (reply: FastifyReply, cookie: Cookie): void {
  write(reply, cookie, '', 0)
}

// Written by hand: @fastify/cookie's own `setCookie` adds the application's `parseOptions`, and writes nothing where
// its hook has not run, as for a visitor who is refused before it.
function write (reply: FastifyReply, cookie: Cookie, value: string, maxAge: number | undefined): void {
  const { name, path, domain, sameSite, partitioned } = cookie
  reply.header('set-cookie', reply.server.serializeCookie(name, value, {
    path,
    sameSite,
    partitioned,
    httpOnly: true,
    secure: cookie.secure ?? reply.request.protocol === 'https',
    ...domain === undefined ? {} : { domain },
    ...maxAge === undefined ? {} : { maxAge },
    ...maxAge === 0 ? { expires: new Date(0) } : {}
  }))
}
