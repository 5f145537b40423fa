/**
 * The transports that a response may go over: `inject`, HTTP/1 and HTTP/2 on a socket.
 *
 * @module
 */
import { request as requestOverHttp1, type IncomingHttpHeaders } from 'node:http'
import { connect } from 'node:http2'
import type { AddressInfo } from 'node:net'
import type { FastifyInstance } from 'fastify'
import type { TestSetup } from './app.ts'

export interface Answer {
  readonly statusCode: number
  readonly headers: IncomingHttpHeaders
  readonly cookies: readonly string[]
  readonly body: string
}

export interface Transport {
  readonly name: string
  /** What `createApp` needs for it. */
  readonly server: NonNullable<TestSetup['server']>
  readonly send: (app: FastifyInstance, request: Request) => Promise<Answer>
}

interface Request { readonly method: 'GET' | 'POST' | 'HEAD', readonly url: string, readonly headers?: Readonly<Record<string, string>> }

function answerOf (statusCode: number, headers: IncomingHttpHeaders, body: string): Answer {
  return { statusCode, headers, cookies: headers['set-cookie'] ?? [], body }
}

/** The port of an application, which listens on the loopback interface from then on. */
async function portOf (app: FastifyInstance): Promise<number> {
  if (!app.server.listening) await app.listen({ host: '127.0.0.1', port: 0 })
  return (app.server.address() as AddressInfo).port
}

async function textOf (stream: AsyncIterable<Buffer>): Promise<string> {
  const chunks: Buffer[] = []
  for await (const chunk of stream) chunks.push(chunk)
  return Buffer.concat(chunks).toString()
}

export const transports: readonly Transport[] = [
  {
    name: 'inject',
    server: {},
    async send (app, { method, url, headers = {} }) {
      const answer = await app.inject({ method, url, headers })
      return answerOf(answer.statusCode, { ...answer.headers, 'set-cookie': [answer.headers['set-cookie'] ?? []].flat() } as IncomingHttpHeaders, answer.body)
    }
  },
  {
    name: 'HTTP/1',
    server: {},
    async send (app, { method, url, headers = {} }) {
      const port = await portOf(app)
      return await new Promise((resolve, reject) => {
        const sent = requestOverHttp1({ host: '127.0.0.1', port, method, path: url, headers, agent: false }, (response) => {
          textOf(response).then((body) => { resolve(answerOf(response.statusCode as number, response.headers, body)) }, reject)
        })
        sent.on('error', reject)
        sent.end()
      })
    }
  },
  {
    name: 'HTTP/2',
    server: { http2: true } as unknown as Transport['server'],
    async send (app, { method, url, headers = {} }) {
      const session = connect(`http://127.0.0.1:${await portOf(app)}`)
      try {
        const stream = session.request({ ':method': method, ':path': url, ...headers })
        stream.end()
        const answering = new Promise<IncomingHttpHeaders & { ':status'?: number }>((resolve, reject) => {
          stream.on('response', resolve)
          stream.on('error', reject)
        })
        const { ':status': status, ...rest } = await answering
        return answerOf(Number(status), rest, await textOf(stream))
      } finally {
        session.close()
      }
    }
  }
]

/** The cookies that lines of `Set-Cookie` set to a value, as a request carries them. */
export function cookieHeader (cookies: readonly string[]): string {
  return cookies.map((line) => (line.split(';')[0] as string)).filter((pair) => !pair.endsWith('=')).join('; ')
}

/** The names of the cookies that lines of `Set-Cookie` set to a value. */
export function namesSet (cookies: readonly string[]): string[] {
  return cookieHeader(cookies).split('; ').filter(Boolean).map((pair) => pair.slice(0, pair.indexOf('=')))
}
