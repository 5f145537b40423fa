/** Measures every contender in every round, each time in a fresh process, window by window in turn. */

import type { Contender } from './contenders.ts'
import { openConnections } from './driver.ts'
import type { Connections } from './driver.ts'
import { pagePath } from './page.ts'
import { startServer } from './server-process.ts'
import type { ServerProcess } from './server-process.ts'
import { median } from './statistics.ts'
import type { Rounds } from './statistics.ts'

export interface Effort {
  rounds: number
  warmUp: number
  /** Asked of each process in each round, in windows of equal size. */
  requests: number
  windows: number
  connections: number
}

/** Server processor time in microseconds per request, by contender. */
export type Measurements = Record<string, Rounds>

interface Running { name: string, server: ServerProcess, connections: Connections, costs: number[] }

export async function measureInRounds (contenders: readonly Contender[], effort: Effort, say: (line: string) => void): Promise<Measurements> {
  const measurements: Record<string, number[][]> = Object.fromEntries(contenders.map((contender) => [contender.name, []]))
  for (let round = 0; round < effort.rounds; round++) {
    const measured = await measureRound(rotate(contenders, round), effort)
    for (const { name, costs } of measured) measurements[name]?.push(costs)
    say(`round ${round + 1} of ${effort.rounds}: ${measured.map(({ name, costs }) => `${name} ${median(costs).toFixed(2)}`).join(', ')}`)
  }
  return measurements
}

/**
 * The windows of the contenders are taken in turn, so that a neighbour on the machine who is busy
 * for some seconds disturbs all of them alike, and not the one that happens to be measured.
 */
async function measureRound (contenders: readonly Contender[], effort: Effort): Promise<Running[]> {
  const running: Running[] = []
  try {
    for (const contender of contenders) {
      const server = await startServer(contender)
      const connections = await openConnections(server.port, pagePath, server.cookie, effort.connections)
      running.push({ name: contender.name, server, connections, costs: [] })
      await connections.ask(effort.warmUp)
    }
    const perWindow = Math.ceil(effort.requests / effort.windows)
    for (let window = 0; window < effort.windows; window++) {
      for (const { server, connections, costs } of rotate(running, window)) {
        const before = await server.cpuTime()
        await connections.ask(perWindow)
        costs.push((await server.cpuTime() - before) / perWindow)
      }
    }
    return running
  } finally {
    for (const { server, connections } of running) {
      connections.close()
      await server.stop()
    }
  }
}

function rotate<Item> (items: readonly Item[], by: number): Item[] {
  const start = by % items.length
  return [...items.slice(start), ...items.slice(0, start)]
}
