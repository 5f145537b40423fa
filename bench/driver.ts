/** A closed-loop HTTP client on bare sockets: each connection asks again once it has been answered. */

import { connect } from 'node:net'
import type { Socket } from 'node:net'
import { answerReader } from './answer-reader.ts'

/** Is given the whole answer, and the number of the question among those asked. */
export type Listener = (answer: Buffer, number: number) => void

export interface Connections {
  readonly port: number
  /** Asks that many questions over all connections and resolves when the last answer is there. Answers must be 200. */
  ask (count: number, question: (number: number) => Buffer, listener?: Listener): Promise<void>
  close (): void
}

/** In milliseconds: how long nothing may be answered. */
const patience = 20_000

export async function openConnections (port: number, count: number): Promise<Connections> {
  const sockets = await Promise.all(Array.from({ length: count }, () => open(port)))
  return {
    port,
    async ask (count, question, listener) {
      // Between two windows a server may have found that a connection was idle for too long.
      for (const [index, socket] of sockets.entries()) if (socket.destroyed || socket.readableEnded) sockets[index] = await open(port)
      await ask(sockets, count, question, listener)
    },
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

function ask (sockets: readonly Socket[], count: number, question: (number: number) => Buffer, listener?: Listener): Promise<void> {
  return new Promise((resolve, reject) => {
    let asked = 0
    let answered = 0
    let failed = false
    for (const socket of sockets) {
      const read = answerReader()
      let number = 0
      socket.removeAllListeners('data').removeAllListeners('error').removeAllListeners('close')
      socket.once('error', fail)
      socket.once('close', () => fail(new Error('The server closed the connection')))
      socket.on('data', (chunk: Buffer) => {
        try {
          const answer = read(chunk)
          if (answer === null) return
          listener?.(answer, number)
        } catch (error) {
          fail(error)
          return
        }
        answered++
        if (asked < count) askOn()
        else if (answered === count) succeed()
      })
      if (asked < count) askOn()

      function askOn (): void {
        number = asked++
        socket.write(question(number))
      }
    }
    let seen = 0
    const watch = setInterval(() => {
      if (answered === seen) fail(new Error(`The server has not answered for ${patience / 1000} seconds, after ${answered} of ${count}`))
      seen = answered
    }, patience)
    stayAwake()

    /** A driver asleep must be woken by the server's write, which on a virtual machine costs the server as much as a page. */
    function stayAwake (): void {
      if (answered < count && !failed) setImmediate(stayAwake)
    }

    function succeed (): void {
      clearInterval(watch)
      resolve()
    }

    function fail (reason: unknown): void {
      failed = true
      clearInterval(watch)
      reject(reason)
    }
  })
}
