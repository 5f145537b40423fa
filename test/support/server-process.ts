/**
 * Starts a program that serves an application on a store, in a process of its own.
 *
 * @module
 */
import { spawn } from 'node:child_process'
import { atExit, end, printed } from './servers.ts'

export interface ServerProcess { readonly origin: string, readonly stop: () => Promise<void> }

/** The program prints its port once it listens; it finds its store in the environment. */
export async function startServerProcess (program: string, storeUrl: string, nodeOptions: readonly string[] = []): Promise<ServerProcess> {
  const child = spawn(process.execPath, [...nodeOptions, '--import', 'tsx', program], {
    env: { ...process.env, STORE_URL: storeUrl }, stdio: ['ignore', 'pipe', 'inherit']
  })
  const stay = atExit(() => { child.kill('SIGKILL') })
  const stop = async () => {
    await end(child)
    stay()
  }
  try {
    const [, port] = await printed(child, /^port (\d+)\n/m)
    return { origin: `http://127.0.0.1:${port}`, stop }
  } catch (error) {
    await stop()
    throw error
  }
}
