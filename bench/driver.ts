/** A closed-loop HTTP client on bare sockets: each connection asks again once it has been answered. */

import { connect } from 'node:net'
import type { Socket } from 'node:net'
import { browserHeaders } from './browser-headers.ts'

export interface Connections {
  /** Asks that many times over all connections and resolves when the last answer is there. */
  ask (requests: number): Promise<void>
  close (): void
}

export async function openConnections (port: number, path: string, cookie: string, count: number): Promise<Connections> {
  const headers = { host: `127.0.0.1:${port}`, ...browserHeaders, ...cookie && { cookie } }
  const lines = Object.entries(headers).map(([name, value]) => `${name}: ${value}\r\n`)
  const question = Buffer.from(`GET ${path} HTTP/1.1\r\n${lines.join('')}\r\n`, 'latin1')
  const sockets = await Promise.all(Array.from({ length: count }, () => open(port)))
  return {
    ask: (requests) => ask(sockets, question, requests),
    close: () => { for (const socket of sockets) socket.destroy() }
  }
}

function open (port: number): Promise<Socket> {
  return new Promise((resolve, reject) => {
    const socket = connect({ port, host: '127.0.0.1', noDelay: true })
    socket.once('error', reject)
    socket.once('connect', () => resolve(socket))
  })
}

function ask (sockets: readonly Socket[], question: Buffer, requests: number): Promise<void> {
  return new Promise((resolve, reject) => {
    let asked = 0
    let answered = 0
    let failed = false
    for (const socket of sockets) {
      const isWhole = answerReader()
      socket.removeAllListeners('data').removeAllListeners('error').removeAllListeners('close')
      socket.once('error', fail)
      socket.once('close', () => fail(new Error('The server closed the connection')))
      socket.on('data', (chunk: Buffer) => {
        try {
          if (!isWhole(chunk)) return
        } catch (error) {
          fail(error)
          return
        }
        answered++
        if (asked < requests) askOn(socket)
        else if (answered === requests) resolve()
      })
    }
    for (const socket of sockets.slice(0, requests)) askOn(socket)
    stayAwake()

    /** A driver asleep must be woken by the server's write, which on a virtual machine costs the server as much as a page. */
    function stayAwake (): void {
      if (answered < requests && !failed) setImmediate(stayAwake)
    }

    function fail (reason: unknown): void {
      failed = true
      reject(reason)
    }

    function askOn (socket: Socket): void {
      asked++
      socket.write(question)
    }
  })
}

const success = Buffer.from('HTTP/1.1 200 ', 'latin1')
const endOfHeaders = Buffer.from('\r\n\r\n', 'latin1')

/**
 * Says of each chunk whether it completes an answer, and throws where that is not a 200.
 * Answers to the same question are equally long, so only the first is searched for its length:
 * the less the driver does, the less it takes from the server's processor.
 */
function answerReader (): (chunk: Buffer) => boolean {
  let usualLength = 0
  let answer = Buffer.alloc(0)
  return (chunk) => {
    if (answer.length === 0 && chunk.length === usualLength && isSuccess(chunk)) return true
    answer = Buffer.concat([answer, chunk])
    const headersLength = answer.indexOf(endOfHeaders)
    if (headersLength === -1) return false
    if (!isSuccess(answer)) throw new Error(`Not a 200: ${answer.toString('latin1')}`)
    const length = headersLength + endOfHeaders.length + contentLength(answer.toString('latin1', 0, headersLength))
    if (answer.length < length) return false
    usualLength = length
    answer = Buffer.alloc(0)
    return true
  }
}

function isSuccess (answer: Buffer): boolean {
  return success.compare(answer, 0, success.length) === 0
}

function contentLength (headers: string): number {
  const found = /\r\ncontent-length: (\d+)/i.exec(headers)
  if (!found) throw new Error(`An answer without Content-Length: ${headers}`)
  return Number(found[1])
}
