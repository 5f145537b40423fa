/**
 * Starts server processes for tests, and a browser that goes from one to the other with one set of cookies.
 *
 * @module
 */
import { spawn, type ChildProcess } from 'node:child_process'
import { join } from 'node:path'
import { atExit } from '../support/servers.ts'

export interface ServerProcess { readonly origin: string, readonly stop: () => Promise<void> }

export async function startProcess (storeUrl: string): Promise<ServerProcess> {
  const child = spawn(process.execPath, ['--import', 'tsx', join(import.meta.dirname, 'server.ts')], {
    env: { ...process.env, STORE_URL: storeUrl }, stdio: ['ignore', 'pipe', 'inherit']
  })
  const leave = () => { child.kill('SIGKILL') }
  const stay = atExit(leave)
  return {
    origin: `http://127.0.0.1:${await portOf(child)}`,
    stop: async () => {
      stay()
      const ended = new Promise((resolve) => { child.once('exit', resolve) })
      leave()
      await ended
    }
  }
}

async function portOf ({ stdout }: ChildProcess): Promise<string> {
  let printed = ''
  for await (const chunk of stdout ?? []) {
    printed += String(chunk)
    const port = /^port (\d+)\n/m.exec(printed)?.[1]
    if (port !== undefined) return port
  }
  throw new Error(`the server ended:\n${printed}`)
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
