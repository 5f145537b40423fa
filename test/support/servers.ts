/**
 * Throw-away servers for tests: started on a free port of this machine, with their files in a temporary folder.
 *
 * @module
 */
import { spawn, type ChildProcess } from 'node:child_process'
import { existsSync, rmSync } from 'node:fs'
import { chown, mkdtemp } from 'node:fs/promises'
import { createServer, type AddressInfo } from 'node:net'
import { tmpdir } from 'node:os'
import { delimiter, join } from 'node:path'

export interface ThrowAwayServer {
  readonly url: string
  /** Ends the process at once, as a crash does; what it has kept stays. */
  kill (): Promise<void>
  /** Starts it again after `kill`, on the same port, with what it has kept. */
  restart (): Promise<void>
  /** Ends it for good, and removes its files. */
  stop (): Promise<void>
}

export interface Account { readonly uid: number, readonly gid: number }

export interface ServerPlan {
  readonly url: (port: number) => string
  readonly command: (port: number, folder: string) => readonly [string, ...string[]]
  /** What it prints once it can be asked. */
  readonly readyWith: RegExp
  /** Makes what it needs in its folder. */
  readonly prepare?: (folder: string) => Promise<void>
  readonly account?: Account
}

/** The path of a program; null where it is not installed. */
export function programPath (name: string, folders: readonly string[] = []): string | null {
  const candidates = [...folders, ...(process.env.PATH ?? '').split(delimiter)].map((folder) => join(folder, name))
  return candidates.find((path) => existsSync(path)) ?? null
}

/** What to skip a suite with where a server is not installed; REQUIRE_SERVERS=1 lets it fail instead. */
export function skipWithout (server: string, path: string | null): string | false {
  return path === null && process.env.REQUIRE_SERVERS !== '1' && `${server} is not installed`
}

export async function startServer (plan: ServerPlan): Promise<ThrowAwayServer> {
  const folder = await mkdtemp(join(tmpdir(), 'fastify-login-'))
  if (plan.account !== undefined) await chown(folder, plan.account.uid, plan.account.gid)
  await plan.prepare?.(folder)
  const port = await freePort()
  let child = await start(plan, port, folder)
  const kill = async () => { await end(child) }
  const leave = () => { child.kill('SIGKILL'); rmSync(folder, { recursive: true, force: true }) }
  const stay = atExit(leave)
  return {
    url: plan.url(port),
    kill,
    restart: async () => { child = await start(plan, port, folder) },
    stop: async () => {
      await kill()
      stay()
      leave()
    }
  }
}

/** Does something when this process ends, by a signal or by itself; what it gives takes that back. */
export function atExit (leave: () => void): () => void {
  const exit = () => { process.exit(1) }
  process.once('exit', leave)
  for (const signal of ['SIGINT', 'SIGTERM']) process.once(signal, exit)
  return () => {
    process.removeListener('exit', leave)
    for (const signal of ['SIGINT', 'SIGTERM']) process.removeListener(signal, exit)
  }
}

/** Resolves once the process has printed that it is ready. */
async function start ({ command, readyWith, account }: ServerPlan, port: number, folder: string): Promise<ChildProcess> {
  const [program, ...rest] = command(port, folder)
  const child = spawn(program, rest, { cwd: folder, stdio: ['ignore', 'pipe', 'pipe'], ...account })
  let printed = ''
  await new Promise<void>((resolve, reject) => {
    const look = (chunk: Buffer) => {
      printed += chunk.toString()
      if (readyWith.test(printed)) resolve()
    }
    child.stdout.on('data', look)
    child.stderr.on('data', look)
    child.once('error', reject)
    child.once('exit', (code) => reject(new Error(`${program} ended with ${code}:\n${printed}`)))
  })
  return child
}

async function end (child: ChildProcess): Promise<void> {
  if (child.exitCode !== null || child.signalCode !== null) return
  const ended = new Promise((resolve) => { child.once('exit', resolve) })
  child.kill('SIGKILL')
  await ended
}

async function freePort (): Promise<number> {
  const server = createServer()
  await new Promise<void>((resolve) => { server.listen(0, '127.0.0.1', resolve) })
  const { port } = server.address() as AddressInfo
  await new Promise((resolve) => { server.close(resolve) })
  return port
}
