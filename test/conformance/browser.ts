/** A browser of a trace: two kinds of cookies, which it can lose, steal, and send with a character changed. */
import type { FastifyInstance, LightMyRequestResponse } from 'fastify'
import type { CookieRole, TraceRequest } from './trace.ts'

type Cookie = LightMyRequestResponse['cookies'][number]

export class Browser {
  readonly #jar = new Map<string, string>()

  drop (roles: CookieRole[]): void {
    for (const name of this.#jar.keys()) {
      if (roles.includes(roleOf(name))) this.#jar.delete(name)
    }
  }

  steal (from: Browser, roles: CookieRole[]): void {
    this.drop(roles)
    for (const [name, value] of from.#jar) {
      if (roles.includes(roleOf(name))) this.#jar.set(name, value)
    }
  }

  /** Whether a request of this browser carries a genuine cookie beside a forged one. */
  forgesBesideGenuine ({ tamper }: TraceRequest): boolean {
    return tamper !== undefined && [...this.#jar.keys()].some((name) => !tamper.includes(roleOf(name)))
  }

  async send (app: FastifyInstance, request: TraceRequest): Promise<LightMyRequestResponse> {
    const response = await app.inject({
      method: request.method,
      url: request.path,
      remoteAddress: request.ip,
      headers: {
        accept: 'text/html',
        host: 'localhost',
        'user-agent': request.userAgent,
        ...request.headers,
        cookie: this.#header(request.tamper ?? [])
      }
    })
    if (request.tamper === undefined) this.#keep(response.cookies)
    return response
  }

  #header (tampered: CookieRole[]): string {
    return Array.from(this.#jar, ([name, value]) => {
      return `${name}=${tampered.includes(roleOf(name)) ? tamper(value) : value}`
    }).join('; ')
  }

  #keep (cookies: Cookie[]): void {
    for (const cookie of cookies) {
      if (isCleared(cookie)) this.#jar.delete(cookie.name)
      else this.#jar.set(cookie.name, encodeURIComponent(cookie.value))
    }
  }
}

/** The remember cookie is known by its name; any other cookie lives as long as the browser's session. */
export function roleOf (name: string): CookieRole {
  return name.includes('remember') ? 'remember' : 'session'
}

export function isCleared (cookie: Cookie): boolean {
  const lifetime = lifetimeOf(cookie)
  return lifetime !== undefined && lifetime <= 0
}

/** The seconds a cookie is kept, `undefined` where it ends with the browser; Max-Age wins over Expires (RFC 6265, 5.3). */
export function lifetimeOf (cookie: Cookie): number | undefined {
  if (cookie.maxAge !== undefined) return cookie.maxAge
  return cookie.expires && Math.round((cookie.expires.getTime() - Date.now()) / 1000)
}

/** Changes the middle character. */
export function tamper (value: string): string {
  const middle = Math.floor(value.length / 2)
  return value.slice(0, middle) + (value[middle] === 'A' ? 'B' : 'A') + value.slice(middle + 1)
}
