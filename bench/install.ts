/** Builds what is measured, and installs what it is compared with: an install of the project needs none of it. */

import { spawnSync } from 'node:child_process'
import { existsSync, statSync } from 'node:fs'
import { fileURLToPath } from 'node:url'

const lock = new URL('./package-lock.json', import.meta.url)
const installed = new URL('./node_modules/.package-lock.json', import.meta.url)

/** What every contender must have in the same version, and so only the project itself may install. */
const shared = ['fastify', '@fastify/cookie', '@fastify/secure-session', '@fastify/session', 'ioredis']

export function build (): void {
  run('npm', ['run', '--silent', 'build'])
}

export function installPeers (): void {
  if (!existsSync(installed) || statSync(installed).mtimeMs < statSync(lock).mtimeMs) {
    run('npm', ['ci', '--prefix', 'bench', '--ignore-scripts', '--no-audit', '--no-fund'])
  }
  const twice = shared.filter((name) => existsSync(new URL(`./node_modules/${name}`, import.meta.url)))
  if (twice.length > 0) throw new Error(`bench/node_modules has a ${twice.join(', a ')} of its own, so that contenders would differ in it`)
}

export function run (command: string, parameters: readonly string[], environment: NodeJS.ProcessEnv = {}): void {
  const { status, error } = spawnSync(command, parameters, {
    cwd: fileURLToPath(new URL('..', import.meta.url)),
    env: { ...process.env, ...environment },
    // The standard output is for the tables.
    stdio: ['ignore', command === 'npm' ? 2 : 1, 2]
  })
  if (status !== 0) throw error ?? new Error(`${command} ${parameters.join(' ')} ended with status ${status}`)
}
