/** Flask-Login under gunicorn, where both are installed: one worker with one thread, connections kept alive. */

import { spawn, spawnSync } from 'node:child_process'
import { once } from 'node:events'
import { readdirSync, readFileSync } from 'node:fs'
import { createServer } from 'node:net'
import type { AddressInfo } from 'node:net'
import { fileURLToPath } from 'node:url'
import type { ServerProcess } from './server-process.ts'

/** Debian's packages belong to Debian's Python, whichever comes first in the path. */
const python = '/usr/bin/python3'

/** The versions of what is compared; null where it is not installed. */
export function flaskVersions (): string | null {
  const ask = 'import flask, flask_login, gunicorn, platform; from importlib.metadata import version as v; ' +
    'print(f"Flask-Login {v(\'flask-login\')}, Flask {v(\'flask\')}, gunicorn {gunicorn.__version__}, Python {platform.python_version()}")'
  const { status, stdout } = spawnSync(python, ['-c', ask], { encoding: 'utf8' })
  return status === 0 ? stdout.trim() : null
}

export async function startGunicorn (): Promise<ServerProcess> {
  const port = await freePort()
  // The default worker closes every connection after one answer, and keeping them is what all the others do.
  const workers = ['--workers', '1', '--worker-class', 'gthread', '--threads', '1', '--keep-alive', '600']
  const child = spawn(python, ['-m', 'gunicorn', ...workers, '--bind', `127.0.0.1:${port}`, 'flask_app:app'], {
    cwd: fileURLToPath(new URL('./peers', import.meta.url)),
    env: { ...process.env, PYTHONDONTWRITEBYTECODE: '1' },
    stdio: ['ignore', 'ignore', 'pipe']
  })
  let said = ''
  await new Promise<void>((resolve, reject) => {
    child.stderr.on('data', (chunk: Buffer) => {
      said += chunk.toString()
      if (said.includes('Booting worker')) resolve()
    })
    child.once('error', reject)
    child.once('exit', (code) => reject(new Error(`gunicorn ended with code ${code}:\n${said}`)))
  })
  const worker = workerOf(child.pid as number)
  const leave = (): void => { for (const pid of [worker, child.pid as number]) process.kill(pid, 'SIGKILL') }
  process.once('exit', leave)
  return {
    port,
    cpuTime: async () => cpuTimeOf(worker),
    async stop () {
      process.removeListener('exit', leave)
      const exited = once(child, 'exit')
      child.kill('SIGTERM')
      await exited
    }
  }
}

/** The one process that answers; its parent only watches over it. */
function workerOf (parent: number): number {
  const [worker] = readFileSync(`/proc/${parent}/task/${parent}/children`, 'utf8').trim().split(' ')
  if (!worker) throw new Error('gunicorn has no worker')
  return Number(worker)
}

/** From the scheduler's own count, in microseconds: that in /proc/PID/stat has hundredths of a second. */
function cpuTimeOf (pid: number): number {
  const threads = readdirSync(`/proc/${pid}/task`)
  const nanoseconds = threads.map((thread) => Number(readFileSync(`/proc/${pid}/task/${thread}/schedstat`, 'utf8').split(' ', 1)[0]))
  return nanoseconds.reduce((sum, one) => sum + one, 0) / 1000
}

async function freePort (): Promise<number> {
  const server = createServer()
  await new Promise<void>((resolve) => { server.listen(0, '127.0.0.1', resolve) })
  const { port } = server.address() as AddressInfo
  await new Promise((resolve) => { server.close(resolve) })
  return port
}
