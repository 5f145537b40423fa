/** A contender in a fresh process of its own: started, logged in to, asked for its processor time, stopped. */

import { fork } from 'node:child_process'
import type { ChildProcess } from 'node:child_process'
import { once } from 'node:events'
import { fileURLToPath } from 'node:url'
import type { Contender } from './contenders.ts'
import { loginPath } from './page.ts'
import type { ToParent, ToServer } from './serve.ts'

export interface ServerProcess {
  port: number
  /** The cookies of a visitor who has logged in; empty for contenders that know no login. */
  cookie: string
  /** The processor time used since the start, user and system, in microseconds. */
  cpuTime (): Promise<number>
  stop (): Promise<void>
}

export async function startServer (contender: Contender, nodeOptions: readonly string[] = []): Promise<ServerProcess> {
  const child = fork(fileURLToPath(new URL('./serve.ts', import.meta.url)), [contender.name], {
    cwd: fileURLToPath(new URL('..', import.meta.url)),
    execArgv: ['--import', 'tsx', ...nodeOptions],
    env: { ...process.env, NODE_ENV: 'production', TSX_TSCONFIG_PATH: 'bench/tsconfig.built.json' }
  })
  const hello = await nextMessage(child)
  if (!('port' in hello)) throw new Error('The server did not say where it listens')
  const { port } = hello
  return {
    port,
    cookie: contender.logsIn ? await logIn(port) : '',
    async cpuTime () {
      child.send('cpu' satisfies ToServer)
      const answer = await nextMessage(child)
      if (!('cpu' in answer)) throw new Error('The server did not tell its processor time')
      return answer.cpu.user + answer.cpu.system
    },
    async stop () {
      const exited = once(child, 'exit')
      child.send('stop' satisfies ToServer)
      await exited
    }
  }
}

function nextMessage (child: ChildProcess): Promise<ToParent> {
  return new Promise((resolve, reject) => {
    child.once('message', (message: ToParent) => {
      child.removeListener('exit', died)
      resolve(message)
    })
    child.once('exit', died)

    function died (code: number | null): void {
      reject(new Error(`The server ended with code ${code}`))
    }
  })
}

/** Keeps cookies that are Secure too, as production makes them, although the way here is plain HTTP. */
export async function logIn (port: number): Promise<string> {
  const answer = await fetch(`http://127.0.0.1:${port}${loginPath}`, { method: 'POST' })
  const cookies = answer.headers.getSetCookie().map((line) => line.split(';', 1)[0])
  if (!answer.ok || cookies.length === 0) throw new Error(`Logging in answered ${answer.status}: ${await answer.text()}`)
  return cookies.join('; ')
}
