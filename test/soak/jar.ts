/**
 * A jar of cookies around requests over connections that are kept, as a browser has it.
 *
 * @module
 */
import { Agent, request, type IncomingMessage } from 'node:http'
import type { Answer } from './judge.ts'

const agent = new Agent({ keepAlive: true })
const patience = 30_000

interface Kept { readonly value: string, readonly persistent: boolean }

export class Jar {
  readonly #cookies = new Map<string, Kept>()

  /** Sends a request; rejects where no whole answer came. Cookies are kept as soon as the headers are there. */
  async send (method: string, url: string, body?: object): Promise<Answer> {
    const cookie = [...this.#cookies].map(([name, { value }]) => `${name}=${value}`).join('; ')
    const payload = body === undefined ? '' : JSON.stringify(body)
    return await new Promise((resolve, reject) => {
      const sent = request(url, {
        agent,
        method,
        timeout: patience,
        headers: {
          accept: 'application/json',
          'user-agent': 'Soak',
          ...cookie === '' ? {} : { cookie },
          ...body === undefined ? {} : { 'content-type': 'application/json', 'content-length': Buffer.byteLength(payload) }
        }
      }, (response) => {
        this.#keep(response)
        let text = ''
        response.setEncoding('utf8').on('data', (chunk: string) => { text += chunk })
        response.once('end', () => { resolve({ status: response.statusCode ?? 0, body: text }) })
        response.once('error', reject)
      })
      sent.once('timeout', () => { sent.destroy(new Error('no answer in time')) })
      sent.once('error', reject)
      sent.end(payload)
    })
  }

  /** Closes the browser: cookies without a lifetime are gone. */
  restart (): void {
    for (const [name, { persistent }] of this.#cookies) if (!persistent) this.#cookies.delete(name)
  }

  /** The same cookies in other hands. */
  copy (): Jar {
    const copy = new Jar()
    for (const [name, kept] of this.#cookies) copy.#cookies.set(name, kept)
    return copy
  }

  #keep (response: IncomingMessage): void {
    for (const header of response.headers['set-cookie'] ?? []) {
      const [pair = ''] = header.split(';')
      const [name = '', value = ''] = pair.split('=')
      if (/max-age=0/i.test(header)) this.#cookies.delete(name)
      else this.#cookies.set(name, { value, persistent: /max-age=/i.test(header) })
    }
  }
}

/** Closes the connections that are kept. */
export function closeConnections (): void {
  agent.destroy()
}
