/** The program of every Node.js server process: serves one contender and tells the parent what it cost. */

import type { Served } from './contenders.ts'

export type ToServer = 'cpu' | 'stop'
export type ToParent = { port: number } | { cpu: NodeJS.CpuUsage }

const { build } = await import(process.argv[2] ?? '') as { build: () => Promise<Served> }
const app = await build()
const address = await app.listen({ host: '127.0.0.1', port: 0 })

process.on('message', (message: ToServer) => {
  if (message === 'stop') process.exit()
  tell({ cpu: process.cpuUsage() })
})
process.on('disconnect', () => process.exit())
tell({ port: Number(new URL(address).port) })

function tell (message: ToParent): void {
  process.send?.(message)
}
