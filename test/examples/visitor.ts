/** Visits a site without a browser: keeps cookies, and sends forms with the token that their page carries. */
import type { FastifyInstance, LightMyRequestResponse } from 'fastify'

export class Visitor {
  readonly cookies = new Map<string, { value: string, persistent: boolean }>()
  readonly #app: FastifyInstance
  readonly #userAgent: string

  constructor (app: FastifyInstance, userAgent = 'Visitor') {
    this.#app = app
    this.#userAgent = userAgent
  }

  /** Closes the browser and opens it again: cookies without an end of their own are gone. */
  restart (): void {
    for (const [name, cookie] of this.cookies) if (!cookie.persistent) this.cookies.delete(name)
  }

  open (url: string): Promise<LightMyRequestResponse> {
    return this.#request({ method: 'GET', url })
  }

  /** Opens the page of a form, or the one given, and sends the form. */
  async submit (url: string, fields: Record<string, string> = {}, page = url): Promise<LightMyRequestResponse> {
    const token = /name="_csrf" value="([^"]*)"/.exec((await this.open(page)).body)?.[1]
    return this.send(url, new URLSearchParams({ ...fields, _csrf: token ?? '' }).toString())
  }

  send (url: string, payload: string, type = 'application/x-www-form-urlencoded'): Promise<LightMyRequestResponse> {
    return this.#request({ method: 'POST', url, payload, headers: { 'content-type': type } })
  }

  async #request ({ headers, ...request }: { method: 'GET' | 'POST', url: string, payload?: string, headers?: Record<string, string> }) {
    const cookie = [...this.cookies].map(([name, { value }]) => `${name}=${value}`).join('; ')
    const answer = await this.#app.inject({
      ...request, headers: { accept: 'text/html', 'sec-fetch-mode': 'navigate', 'user-agent': this.#userAgent, cookie, ...headers }
    })
    for (const { name, value, maxAge, expires } of answer.cookies) {
      if (maxAge === 0 || (expires && expires.getTime() <= Date.now())) this.cookies.delete(name)
      else this.cookies.set(name, { value: encodeURIComponent(value), persistent: maxAge !== undefined || expires !== undefined })
    }
    return answer
  }
}
