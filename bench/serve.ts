/** The program of every server process: serves one contender and tells the parent what it cost. */

import { findContender } from './contenders.ts'

export type ToServer = 'cpu' | 'stop'
export type ToParent = { port: number } | { cpu: NodeJS.CpuUsage }

const app = await findContender(process.argv[2] ?? '').build()
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
