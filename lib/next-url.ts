/**
 * Where a visitor goes on after logging in: from an untrusted string to a path of this site, or null.
 *
 * @module
 */

/** Longer than any page's address, and short enough for every proxy's header limit beside a login path. */
const longest = 2048

// eslint-disable-next-line no-control-regex
const control = /[\u0000-\u001f\u007f]/

// Stands in for an origin that is not configured: only whether a target leaves it matters.
const anyOrigin = 'http://fastify-login.invalid'

/**
 * The target, if it is a path of this site: begins with one slash, and whatever a browser makes of it stays here.
 *
 * Browsers drop tabs and newlines inside an address and take `\` for `/` (WHATWG URL, 4.4), so both are refused;
 * the string itself is returned, never a normalised one: `/..//host` normalises to `//host`, which leaves the site.
 * A target that begins with `origin` is taken for its path.
 */
export function safeNextUrl (candidate: unknown, origin?: string): string | null {
  if (typeof candidate !== 'string') return null
  const path = origin !== undefined && candidate.startsWith(origin + '/') ? candidate.slice(origin.length) : candidate
  // Before any other work, which a visitor could make take long: encoding only makes a path longer.
  if (path.length > longest) return null
  if (path[0] !== '/' || path[1] === '/' || path.includes('\\') || control.test(path) || !stays(path, origin ?? anyOrigin)) return null
  const written = ascii(path)
  return written.length > longest ? null : written
}

/** The oracle: whatever the rules before it miss, what a browser would make of a target is on the site. */
function stays (path: string, origin: string): boolean {
  return parsed(path, origin)?.origin === origin
}

/** The path part of a URL or path, as a browser would ask for it; null where it is no URL at all. */
export function pathOf (target: string): string | null {
  return parsed(target, anyOrigin)?.pathname ?? null
}

// Not `URL.canParse`: in Node 20 it is wrong about Latin-1 once its caller was optimised, and `new URL` then throws.
function parsed (target: string, origin: string): URL | null {
  try {
    return new URL(target, origin)
  } catch {
    return null
  }
}

/** A path as the router reads it: `/%6cogin` is shown the login page, too. */
export function decodedPath (path: string): string {
  try {
    return decodeURI(path)
  } catch {
    return path
  }
}

/** The address of a login page with the target in its query; a parameter of that name is replaced. */
export function withNextUrl (page: string, field: string, next: string): string {
  const hash = page.indexOf('#')
  const address = hash === -1 ? page : page.slice(0, hash)
  const question = address.indexOf('?')
  const query = new URLSearchParams(question === -1 ? '' : address.slice(question + 1))
  query.set(field, next)
  const path = question === -1 ? address : address.slice(0, question)
  return `${path}?${query}${hash === -1 ? '' : page.slice(hash)}`
}

// A header takes no character beyond Latin-1 (Node answers with an error), and a Location none beyond ASCII (RFC 9110, 10.2.2).
function ascii (path: string): string {
  return path.replace(/[^\u0021-\u007e]+/g, (characters) => encodeURIComponent(characters.toWellFormed()))
}
