/**
 * A browser: a cookie jar around `app.inject`, with a user agent and an address.
 *
 * @module
 */
import type { FastifyInstance, InjectOptions, LightMyRequestResponse } from 'fastify'

export interface SetCookie {
  readonly name: string
  readonly value: string
  readonly attributes: ReadonlyMap<string, string>
}

/** Reads the `Set-Cookie` headers of an answer. */
export function setCookies (response: LightMyRequestResponse): SetCookie[] {
  const header = response.headers['set-cookie']
  const lines = header === undefined ? [] : Array.isArray(header) ? header : [header]
  return lines.map((line) => {
    const [pair = '', ...attributes] = line.split('; ')
    const equals = pair.indexOf('=')
    return {
      name: pair.slice(0, equals),
      value: pair.slice(equals + 1),
      attributes: new Map(attributes.map((attribute) => {
        const [name = '', value = ''] = attribute.split('=')
        return [name.toLowerCase(), value] as const
      }))
    }
  })
}

interface Kept { readonly value: string, readonly persistent: boolean }

export class Browser {
  readonly app: FastifyInstance
  readonly cookies = new Map<string, Kept>()
  userAgent = 'Firefox'
  address = '127.0.0.1'

  constructor (app: FastifyInstance) {
    this.app = app
  }

  /** Sends a request with the cookies of the jar, and keeps those that the answer sets. */
  async request (options: InjectOptions): Promise<LightMyRequestResponse> {
    const response = await this.send(options)
    this.receive(response)
    return response
  }

  /** Sends a request and leaves the jar as it was: for answers that are late or lost. */
  async send (options: InjectOptions): Promise<LightMyRequestResponse> {
    const cookie = [...this.cookies].map(([name, { value }]) => `${name}=${value}`).join('; ')
    return await this.app.inject({
      remoteAddress: this.address,
      ...options,
      headers: { 'user-agent': this.userAgent, accept: 'text/html', ...cookie === '' ? {} : { cookie }, ...options.headers }
    })
  }

  receive (response: LightMyRequestResponse): void {
    for (const { name, value, attributes } of setCookies(response)) {
      const maxAge = attributes.get('max-age')
      if (maxAge !== undefined && Number(maxAge) <= 0) this.cookies.delete(name)
      else this.cookies.set(name, { value, persistent: maxAge !== undefined || attributes.has('expires') })
    }
  }

  async get (url: string, headers: Record<string, string> = {}): Promise<LightMyRequestResponse> {
    return await this.request({ method: 'GET', url, headers })
  }

  async post (url: string, payload: object = {}, headers: Record<string, string> = {}): Promise<LightMyRequestResponse> {
    return await this.request({ method: 'POST', url, payload, headers })
  }

  /** What a page says of who is logged in; needs the route `/whoami` of the test's app. */
  async whoami (): Promise<unknown> {
    return (await this.get('/whoami')).json().user
  }

  /** Closes the browser: cookies without a lifetime are gone. */
  restart (): void {
    for (const [name, { persistent }] of this.cookies) if (!persistent) this.cookies.delete(name)
  }

  /** Another browser, of the same kind, with a copy of the cookies; it may ask another server. */
  copy (app = this.app): Browser {
    const copy = new Browser(app)
    copy.userAgent = this.userAgent
    copy.address = this.address
    for (const [name, kept] of this.cookies) copy.cookies.set(name, kept)
    return copy
  }
}
