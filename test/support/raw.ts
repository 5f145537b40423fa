/**
 * Requests as bytes over a socket: `inject` normalises what a hostile client would not.
 *
 * @module
 */
import { connect, type AddressInfo } from 'node:net'
import type { FastifyInstance } from 'fastify'

export interface RawResponse {
  readonly statusCode: number
  readonly headers: ReadonlyMap<string, string>
  readonly body: string
}

/** In milliseconds: an answer that has not come by then does not come. */
const patience = 3000

/** Listens on the loopback interface and sends bytes; whoever calls closes the app. */
export async function sendRaw (app: FastifyInstance, bytes: string | Buffer): Promise<RawResponse> {
  if (!app.server.listening) await app.listen({ host: '127.0.0.1', port: 0 })
  const { port } = app.server.address() as AddressInfo
  const answer = await new Promise<string>((resolve, reject) => {
    const chunks: Buffer[] = []
    const socket = connect(port, '127.0.0.1', () => socket.write(bytes))
    socket.on('data', (chunk) => chunks.push(chunk))
    socket.on('error', reject)
    socket.setTimeout(patience, () => socket.destroy(new Error('no answer')))
    socket.on('close', () => resolve(Buffer.concat(chunks).toString('latin1')))
  })
  return parse(answer)
}

/** Sends a GET for a request target just as it is written, each character as one byte. */
export async function getRaw (app: FastifyInstance, target: string, headers: Record<string, string> = {}): Promise<RawResponse> {
  const lines = Object.entries({ Host: 'localhost', Accept: 'text/html', Connection: 'close', ...headers })
    .map(([name, value]) => `${name}: ${value}\r\n`)
  return await sendRaw(app, Buffer.from(`GET ${target} HTTP/1.1\r\n${lines.join('')}\r\n`, 'latin1'))
}

function parse (answer: string): RawResponse {
  const [head = '', ...body] = answer.split('\r\n\r\n')
  const [status = '', ...lines] = head.split('\r\n')
  return {
    statusCode: Number(status.split(' ')[1]),
    headers: new Map(lines.map((line) => {
      const colon = line.indexOf(':')
      return [line.slice(0, colon).toLowerCase(), line.slice(colon + 1).trim()] as const
    })),
    body: body.join('\r\n\r\n')
  }
}
