/**
 * An internet in one process: hosts by name, a browser that follows redirects among them, and a fetch. No sockets.
 *
 * @module
 */
import type { FastifyInstance, LightMyRequestResponse } from 'fastify'
import type { CustomFetch } from 'openid-client'

export interface Asked { readonly method: string, readonly url: string, readonly body: string, readonly headers: Record<string, string> }

export class World {
  readonly hosts = new Map<string, FastifyInstance>()
  /** What servers asked each other, in order. */
  readonly asked: Asked[] = []
  /** Answers in place of a host, where it gives an answer. */
  intercept: (asked: Asked) => Response | Promise<Response> | undefined = () => undefined

  readonly fetch: CustomFetch = async (url, { method, headers, body, signal }) => {
    const asked = { method, url, body: String(body ?? ''), headers: Object.fromEntries(new Headers(headers)) }
    this.asked.push(asked)
    if (signal === undefined) return await this.#answer(asked)
    let abort = () => {}
    const aborted = new Promise<never>((_resolve, reject) => {
      abort = () => reject(signal.reason)
      signal.addEventListener('abort', abort)
    })
    return await Promise.race([this.#answer(asked), aborted]).finally(() => signal.removeEventListener('abort', abort))
  }

  async #answer (asked: Asked): Promise<Response> {
    const intercepted = await this.intercept(asked)
    if (intercepted !== undefined) return intercepted
    const { url, method, headers, body: payload } = asked
    const answer = await this.send(url, { method, headers, payload })
    const { statusCode: status } = answer
    return new Response(status === 204 ? null : answer.rawPayload, { status, headers: answer.headers as Record<string, string> })
  }

  async send (url: string, options: { method: string, headers?: Record<string, string>, payload?: string }): Promise<LightMyRequestResponse> {
    const { host, pathname, search, protocol } = new URL(url)
    const app = this.hosts.get(host)
    if (app === undefined) throw Object.assign(new TypeError('fetch failed'), { cause: { code: 'ENOTFOUND' } })
    const { method, payload } = options
    const headers = { ...options.headers, host, 'x-forwarded-proto': protocol.slice(0, -1) }
    return await app.inject({ method: method as 'GET', url: pathname + search, headers, ...payload === undefined || payload === '' ? {} : { payload } })
  }
}

interface Kept { readonly host: string, readonly name: string, readonly value: string, readonly path: string }

export interface Page { readonly url: URL, readonly response: LightMyRequestResponse }

/** The cookies of the attempts to log in that a browser has under way. */
export function attemptsOf ({ cookies }: WebBrowser): Kept[] {
  return cookies.filter(({ name }) => /^(?:__Host-)?oidc_[\w-]{16}$/.test(name))
}

export class WebBrowser {
  readonly world: World
  cookies: Kept[] = []
  headers: Record<string, string> = { accept: 'text/html', 'user-agent': 'Firefox' }
  /** The addresses of all requests, in order. */
  readonly visited: string[] = []

  constructor (world: World) {
    this.world = world
  }

  /** Goes to an address and on along its redirects; `until` stops before an address that begins so. */
  async go (address: string, { until }: { until?: string } = {}): Promise<Page> {
    return await this.#follow(new URL(address), await this.request(address), until)
  }

  /** Sends a form, and goes on along the redirects. */
  async submit (address: string, fields: Record<string, string> = {}, headers: Record<string, string> = {}): Promise<Page> {
    const payload = new URLSearchParams(fields).toString()
    const response = await this.request(address, { method: 'POST', payload, headers: { 'content-type': 'application/x-www-form-urlencoded', ...headers } })
    return await this.#follow(new URL(address), response)
  }

  async request (address: string, options: { method?: string, headers?: Record<string, string>, payload?: string } = {}): Promise<LightMyRequestResponse> {
    const url = new URL(address)
    const cookie = this.cookiesFor(url).map(({ name, value }) => `${name}=${value}`).join('; ')
    this.visited.push(address)
    const headers = { ...this.headers, ...cookie === '' ? {} : { cookie }, ...options.headers }
    const response = await this.world.send(address, { method: 'GET', ...options, headers })
    this.#receive(url, response)
    return response
  }

  cookiesFor ({ host, pathname }: URL): Kept[] {
    return this.cookies.filter((cookie) => {
      const { path } = cookie
      return cookie.host === host && (pathname === path || pathname.startsWith(path.endsWith('/') ? path : `${path}/`))
    })
  }

  copy (): WebBrowser {
    const copy = new WebBrowser(this.world)
    copy.cookies = [...this.cookies]
    return copy
  }

  async #follow (from: URL, first: LightMyRequestResponse, until?: string): Promise<Page> {
    let [url, response] = [from, first]
    for (let hops = 0; hops < 40; hops++) {
      const { location } = response.headers
      if (response.statusCode < 300 || response.statusCode > 399 || location === undefined) return { url, response }
      url = new URL(String(location), url)
      if (until !== undefined && url.href.startsWith(until)) return { url, response }
      response = await this.request(url.href)
    }
    throw new Error(`Round and round: ${this.visited.slice(-6).join(' → ')}`)
  }

  #receive ({ host, pathname }: URL, response: LightMyRequestResponse): void {
    for (const line of [response.headers['set-cookie'] ?? []].flat()) {
      const [pair = '', ...attributes] = line.split(/; ?/)
      const [name = '', value = ''] = [pair.slice(0, pair.indexOf('=')), pair.slice(pair.indexOf('=') + 1)]
      const attribute = (wanted: string) => attributes.find((one) => one.toLowerCase().startsWith(`${wanted}=`))?.split('=')[1]
      const path = attribute('path') ?? pathname
      const age = attribute('max-age')
      const expires = attribute('expires')
      const gone = age === undefined ? expires !== undefined && Date.parse(expires) <= Date.now() : Number(age) <= 0
      this.cookies = this.cookies.filter((kept) => !(kept.host === host && kept.name === name && kept.path === path))
      if (!gone) this.cookies.push({ host, name, value, path })
    }
  }
}
