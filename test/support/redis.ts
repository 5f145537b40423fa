/**
 * A throw-away Redis for tests. It writes down every change, so that it may be killed and started again.
 *
 * @module
 */
import { Redis } from 'ioredis'
import assert from 'node:assert/strict'
import { setTimeout } from 'node:timers/promises'
import { freePort, programPath, skipWithout, startServer, type ServerPlan, type ThrowAwayServer } from './servers.ts'

const program = programPath('redis-server')

/** Why a suite on Redis is skipped; false where it runs. */
export const skipRedis = skipWithout('Redis', program)

const plan: ServerPlan = {
  url: (port) => `redis://127.0.0.1:${port}`,
  command: (port, folder) => [
    program ?? 'redis-server', '--port', String(port), '--bind', '127.0.0.1', '--dir', folder, '--save', '', '--appendonly', 'yes', '--appendfsync', 'always'
  ],
  readyWith: /Ready to accept connections/
}

export async function startRedis (): Promise<ThrowAwayServer> {
  return await startServer(plan)
}

/** A cluster of one node: it refuses, as any does, a command whose keys may lie on several. */
export async function startRedisCluster (): Promise<ThrowAwayServer> {
  // The port of its own that Redis would choose is 10,000 higher, which may be none.
  const options = ['--cluster-enabled', 'yes', '--cluster-announce-ip', '127.0.0.1', '--cluster-port', String(await freePort())]
  const server = await startServer({ ...plan, command: (port, folder) => [...plan.command(port, folder), ...options] })
  try {
    await takeAllSlots(server.url)
  } catch (error) {
    await server.stop()
    throw error
  }
  return server
}

async function takeAllSlots (url: string): Promise<void> {
  const client = new Redis(url, { retryStrategy: () => null })
  try {
    await client.cluster('ADDSLOTSRANGE', 0, 16383)
    for (let asked = 0; !(await client.cluster('INFO')).includes('cluster_state:ok'); asked++) {
      assert.ok(asked < 1000, 'the cluster was not ready in time')
      await setTimeout(10)
    }
  } finally {
    client.disconnect()
  }
}
