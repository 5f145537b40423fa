/**
 * A throw-away Redis for tests. It writes down every change, so that it may be killed and started again.
 *
 * @module
 */
import { Redis } from 'ioredis'
import { programPath, skipWithout, startServer, type ServerPlan, type ThrowAwayServer } from './servers.ts'

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
  const server = await startServer({ ...plan, command: (port, folder) => [...plan.command(port, folder), '--cluster-enabled', 'yes', '--cluster-announce-ip', '127.0.0.1'] })
  const client = new Redis(server.url)
  await client.cluster('ADDSLOTSRANGE', 0, 16383)
  while (!(await client.cluster('INFO')).includes('cluster_state:ok'));
  client.disconnect()
  return server
}
