/** A contender in a fresh process of its own: started, asked for its processor time, stopped. */

import { fork } from 'node:child_process'
import type { ChildProcess } from 'node:child_process'
import { once } from 'node:events'
import { fileURLToPath } from 'node:url'
import type { Contender } from './contenders.ts'
import { startGunicorn } from './gunicorn.ts'
import type { Scale } from './scale.ts'
import type { ToParent, ToServer } from './serve.ts'

export interface ServerProcess {
  port: number
  /** The processor time used since the start, user and system, in microseconds. */
  cpuTime (): Promise<number>
  stop (): Promise<void>
}

export interface Circumstances {
  /** Where logins are kept in Redis. */
  redis?: string
  scale?: Partial<Scale>
  nodeOptions?: readonly string[]
}

export async function startServer (contender: Contender, circumstances: Circumstances = {}): Promise<ServerProcess> {
  return contender.module === null ? await startGunicorn() : await startNode(contender.module, circumstances)
}

async function startNode (module: URL, { redis, scale = {}, nodeOptions = [] }: Circumstances): Promise<ServerProcess> {
  const child = fork(fileURLToPath(new URL('./serve.ts', import.meta.url)), [module.href], {
    cwd: fileURLToPath(new URL('..', import.meta.url)),
    execArgv: ['--import', 'tsx', ...nodeOptions],
    stdio: ['ignore', 'ignore', 'pipe', 'ipc'],
    env: {
      ...process.env,
      NODE_ENV: 'production',
      TSX_TSCONFIG_PATH: 'bench/tsconfig.built.json',
      BENCH_SCALE: JSON.stringify(scale),
      ...redis === undefined ? {} : { BENCH_REDIS: redis }
    }
  })
  // What a contender warns of at its start is no progress of ours; it is told where the process dies of it.
  let said = ''
  child.stderr?.on('data', (chunk: Buffer) => { said = (said + chunk.toString()).slice(-4000) })
  const hello = await nextMessage(child, () => said)
  if (!('port' in hello)) throw new Error('The server did not say where it listens')
  return {
    port: hello.port,
    async cpuTime () {
      child.send('cpu' satisfies ToServer)
      const answer = await nextMessage(child, () => said)
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

function nextMessage (child: ChildProcess, said: () => string): Promise<ToParent> {
  return new Promise((resolve, reject) => {
    child.once('message', (message: ToParent) => {
      child.removeListener('exit', died)
      resolve(message)
    })
    child.once('exit', died)

    function died (code: number | null): void {
      reject(new Error(`The server ended with code ${code}:\n${said()}`))
    }
  })
}
