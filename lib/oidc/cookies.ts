/**
 * The cookies of OpenID Connect: HttpOnly, Lax because a provider sends visitors back from another site, and sealed.
 *
 * @module
 */
import type { CookieSerializeOptions } from '@fastify/cookie'
import type { FastifyInstance, FastifyReply, FastifyRequest } from 'fastify'
import { invalid } from './rules.ts'

/** A cookie's name and path, the same for setting and clearing. */
export interface Cookie { readonly name: string, readonly path: string, readonly secure: boolean }

/** The name under its prefix: browsers refuse such a cookie from plain http, and `__Host-` from any other host (RFC 6265bis, 4.1.3). */
export function fixCookie (name: string, path: string, secure: boolean): Cookie {
  const prefix = !secure ? '' : path === '/' ? '__Host-' : '__Secure-'
  return Object.freeze({ name: prefix + name, path, secure })
}

/** For each server, the realm whose cookies begin with a name. */
const claimed = new WeakMap<object, Map<string, string>>()

/** Stops the boot where two realms of a server would overwrite each other's cookies; registrations of one realm share them. */
export function claimCookies ({ server, login: { realmId } }: FastifyInstance, cookieName: string): void {
  const realms = claimed.get(server) ?? new Map<string, string>()
  claimed.set(server, realms)
  const realm = realms.get(cookieName) ?? realmId
  if (realm !== realmId) {
    throw invalid('cookieName', `is '${cookieName}', and so is that of a registration in another realm of this server: they would overwrite each other's cookies. Set another cookieName here`)
  }
  realms.set(cookieName, realmId)
}

/** All cookies of a request, whichever hook the application lets @fastify/cookie parse in. */
export function cookiesOf (request: FastifyRequest): Readonly<Record<string, string | undefined>> {
  return request.cookies ?? request.server.parseCookie(request.headers.cookie ?? '')
}

/** Sets a cookie for so many seconds. */
export function setCookie (reply: FastifyReply, cookie: Cookie, value: string, lifetime: number): void {
  write(reply, cookie, value, Math.ceil(lifetime))
}

export function clearCookie (reply: FastifyReply, cookie: Cookie): void {
  write(reply, cookie, '', 0)
}

/** Takes off a response the lines that set these cookies to a value. */
export function withdrawCookies (reply: FastifyReply, cookies: readonly Cookie[]): void {
  const lines = [reply.getHeader('set-cookie') ?? []].flat().map(String)
  const kept = lines.filter((line) => !cookies.some(({ name }) => line.startsWith(`${name}=`) && !line.startsWith(`${name}=;`)))
  if (kept.length === lines.length) return
  reply.removeHeader('set-cookie')
  if (kept.length > 0) reply.header('set-cookie', kept)
}

// Every attribute is named, `undefined` too: @fastify/cookie fills what is not from the application's `parseOptions`.
function write (reply: FastifyReply, { name, path, secure }: Cookie, value: string, maxAge: number): void {
  const attributes = {
    path,
    secure,
    maxAge,
    expires: maxAge === 0 ? new Date(0) : undefined,
    httpOnly: true,
    sameSite: 'lax',
    domain: undefined,
    partitioned: undefined,
    priority: undefined,
    signed: false,
    encode: String
  }
  reply.setCookie(name, value, attributes as unknown as CookieSerializeOptions)
  // A shared cache that kept the answer would hand the cookie to the next visitor.
  reply.header('cache-control', 'no-store')
}
