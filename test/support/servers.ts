/**
 * Throw-away servers for tests: started on a free port of this machine, with their files in a temporary folder.
 *
 * @module
 */
import { execFile, spawn, type ChildProcess } from 'node:child_process'
import { existsSync, rmSync } from 'node:fs'
import { chown, mkdtemp } from 'node:fs/promises'
import { createServer, type AddressInfo } from 'node:net'
import { tmpdir } from 'node:os'
import { delimiter, join } from 'node:path'
import { promisify } from 'node:util'

const execute = promisify(execFile)

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

/** How long a process may take to start, in milliseconds. */
const longestStart = 60_000

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
  let child: ChildProcess | null = null
  const kill = async () => { if (child !== null) await end(child) }
  const leave = () => { child?.kill('SIGKILL'); rmSync(folder, { recursive: true, force: true, maxRetries: 10 }) }
  const stay = atExit(leave)
  const stop = async () => {
    await kill()
    stay()
    leave()
  }
  try {
    if (plan.account !== undefined) await chown(folder, plan.account.uid, plan.account.gid)
    await plan.prepare?.(folder)
    const port = await freePort()
    const start = async () => {
      child = run(plan, port, folder)
      await printed(child, plan.readyWith)
    }
    await start()
    return { url: plan.url(port), kill, restart: start, stop }
  } catch (error) {
    // Who has no server cannot stop it, and one that goes on would keep the tests from ending.
    await stop()
    throw error
  }
}

/** Databases refuse to run as root: the account of their own, if there is one, or that of nobody. */
export async function serverAccount (own: string): Promise<Account | undefined> {
  if (process.getuid?.() !== 0) return undefined
  const name = await execute('id', ['-u', own]).then(() => own, () => 'nobody')
  const [uid, gid] = await Promise.all(['-u', '-g'].map(async (what) => Number((await execute('id', [what, name])).stdout)))
  return { uid: uid as number, gid: gid as number }
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

function run ({ command, account }: ServerPlan, port: number, folder: string): ChildProcess {
  const [program, ...rest] = command(port, folder)
  return spawn(program, rest, { cwd: folder, stdio: ['ignore', 'pipe', 'pipe'], ...account })
}

/** Resolves once a process has printed what a pattern matches; rejects where it ends before, or takes too long. */
export async function printed (child: ChildProcess, pattern: RegExp): Promise<RegExpExecArray> {
  let text = ''
  return await new Promise((resolve, reject) => {
    const look = (chunk: Buffer) => {
      text += chunk.toString()
      const match = pattern.exec(text)
      if (match !== null) resolve(match)
    }
    const fail = (what: string) => { reject(new Error(`${child.spawnfile} ${what}:\n${text}`)) }
    child.stdout?.on('data', look)
    child.stderr?.on('data', look)
    child.once('error', reject)
    child.once('exit', (code) => { fail(`ended with ${code}`) })
    setTimeout(() => { fail('was not ready in time') }, longestStart).unref()
  })
}

export async function end (child: ChildProcess): Promise<void> {
  // A program that could not be started has no process to end.
  if (child.pid === undefined || child.exitCode !== null || child.signalCode !== null) return
  const ended = new Promise((resolve) => { child.once('exit', resolve) })
  child.kill('SIGKILL')
  await ended
}

export async function freePort (): Promise<number> {
  const server = createServer()
  await new Promise<void>((resolve) => { server.listen(0, '127.0.0.1', resolve) })
  const { port } = server.address() as AddressInfo
  await new Promise((resolve) => { server.close(resolve) })
  return port
}
