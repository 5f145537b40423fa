/**
 * The two cookies of a realm: their names and attributes, fixed at boot and the same for setting and clearing.
 *
 * @module
 */
import type { FastifyInstance, FastifyRequest } from 'fastify'
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
  /** `undefined`: as the request's protocol says. */
  readonly secure: boolean | undefined
  /** What follows its value, over http and over https: written at boot, as no request has a say in it. */
  readonly attributes: { readonly http: string, readonly https: string }
}

// OWASP ASVS 3.3.5 allows 4096; a cookie goes with every request, so ours stay under 1 kB.
const largest = 1000

/** Fixes a cookie. The prefix makes browsers refuse one that another host, or plain http, plants (RFC 6265bis, 4.1.3). */
export function fixCookie (app: FastifyInstance, name: string, options: CookieOptions, production: boolean): Cookie {
  const { path = '/', domain, secure = production ? true : undefined, sameSite = 'lax', partitioned = false } = options
  if (secure !== true && /^__secure-/i.test(name)) {
    throw new InvalidOptionError(`The cookie ${name} of fastify-login would be dropped by browsers: name another cookieName, or set cookie.secure to true`)
  }
  if (secure === false && (sameSite === 'none' || partitioned)) {
    throw new InvalidOptionError(`The cookie ${name} of fastify-login would be dropped by browsers: cookie.sameSite 'none' and cookie.partitioned need cookie.secure`)
  }
  const fixed = `${secure === true && path === '/' && domain === undefined ? '__Host-' : ''}${name}`
  const attributes = (overHttps: boolean) => app.serializeCookie(fixed, '', {
    path, sameSite, partitioned, httpOnly: true, secure: secure ?? overHttps, ...domain === undefined ? {} : { domain }
  }).slice(`${fixed}=`.length)
  return Object.freeze({ name: fixed, secure, attributes: { http: attributes(false), https: attributes(true) } })
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

/** The `Set-Cookie` line that sets a cookie; without a lifetime it ends with the browser. */
export function settingLine (request: FastifyRequest, cookie: Cookie, value: string, lifetime?: number): string {
  return line(request, cookie, value, lifetime === undefined ? '' : `; Max-Age=${Math.ceil(lifetime)}`)
}

/** The `Set-Cookie` line that clears a cookie. */
export function clearingLine (request: FastifyRequest, cookie: Cookie): string {
  return line(request, cookie, '', '; Max-Age=0; Expires=Thu, 01 Jan 1970 00:00:00 GMT')
}

// Written by hand: @fastify/cookie's own `setCookie` adds the application's `parseOptions`, and writes nothing where
// its hook has not run, as for a visitor who is refused before it. What is sealed is base64url and dots: nothing of it
// has to be encoded.
function line (request: FastifyRequest, { name, attributes }: Cookie, value: string, lifetime: string): string {
  return `${name}=${value}${lifetime}${request.protocol === 'https' ? attributes.https : attributes.http}`
}
