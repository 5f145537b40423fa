/**
 * Starts server processes for tests, and a browser that goes from one to the other with one set of cookies.
 *
 * @module
 */
import { join } from 'node:path'
import { startServerProcess, type ServerProcess } from '../support/server-process.ts'

/** Starts a server of these tests on the store at that address. */
export async function startProcess (storeUrl: string): Promise<ServerProcess> {
  return await startServerProcess(join(import.meta.dirname, 'server.ts'), storeUrl)
}

export class Visitor {
  readonly #cookies = new Map<string, string>()

  async get (url: string): Promise<number> {
    return (await this.#send('GET', url)).status
  }

  async post (url: string, body: object = {}): Promise<number> {
    return (await this.#send('POST', url, body)).status
  }

  /** Forgets the login cookie, as a browser that is closed. */
  restart (): void {
    this.#cookies.delete('login')
  }

  /** Somebody who has copied the cookies. */
  copy (): Visitor {
    const copy = new Visitor()
    for (const [name, value] of this.#cookies) copy.#cookies.set(name, value)
    return copy
  }

  async #send (method: string, url: string, body?: object): Promise<Response> {
    const cookie = [...this.#cookies].map(([name, value]) => `${name}=${value}`).join('; ')
    const response = await fetch(url, {
      method,
      signal: AbortSignal.timeout(30_000),
      headers: { cookie, accept: 'application/json', 'user-agent': 'Firefox', ...body === undefined ? {} : { 'content-type': 'application/json' } },
      ...body === undefined ? {} : { body: JSON.stringify(body) }
    })
    await response.arrayBuffer()
    for (const header of response.headers.getSetCookie()) {
      const [name = '', value = ''] = (header.split(';')[0] ?? '').split('=')
      if (/max-age=0/i.test(header) || value === '') this.#cookies.delete(name)
      else this.#cookies.set(name, value)
    }
    return response
  }
}
