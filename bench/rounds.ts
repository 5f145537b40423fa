/** Measures every entrant in every round, each time in a fresh process, window by window in turn. */

import { putToWork } from './entrants.ts'
import type { AtWork, Entrant } from './entrants.ts'
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

/** Of one entrant: for each round, that of each window. */
export interface Measured { costs: Rounds, speeds: Rounds }

export type Measurements = Record<string, Measured>

/** One round of entrants that are compared with each other. */
export async function measureRound (entrants: readonly Entrant[], effort: Effort, round: number, redis: string | undefined): Promise<Record<string, { costs: number[], speeds: number[] }>> {
  const working: AtWork[] = []
  const measured: Record<string, { costs: number[], speeds: number[] }> = {}
  try {
    for (const entrant of rotate(entrants, round)) {
      const one = await putToWork(entrant, effort.connections, redis)
      working.push(one)
      measured[one.name] = { costs: [], speeds: [] }
      await one.measure(Math.max(Math.ceil(effort.warmUp / one.slowness), 500))
    }
    for (let window = 0; window < effort.windows; window++) {
      for (const one of rotate(working, window)) {
        const { cost, speed } = await one.measure(Math.max(Math.ceil(effort.requests / effort.windows / one.slowness), 20))
        measured[one.name]?.costs.push(cost)
        measured[one.name]?.speeds.push(speed)
      }
    }
    return measured
  } finally {
    for (const one of working) await one.stop()
  }
}

/**
 * The windows of the entrants of a group are taken in turn, so that a neighbour on the machine who is busy for some
 * seconds disturbs all of them alike, and not the one that happens to be measured.
 */
export async function measureInRounds (groups: ReadonlyArray<readonly Entrant[]>, effort: Effort, redis: string | undefined, say: (line: string) => void): Promise<Measurements> {
  const measurements: Record<string, { costs: number[][], speeds: number[][] }> = {}
  for (let round = 0; round < effort.rounds; round++) {
    for (const group of groups) {
      const measured = await measureRound(group, effort, round, redis)
      for (const [name, { costs, speeds }] of Object.entries(measured)) {
        const all = measurements[name] ??= { costs: [], speeds: [] }
        all.costs.push(costs)
        all.speeds.push(speeds)
      }
      const costs = Object.entries(measured).map(([name, { costs }]) => `${name} ${median(costs).toFixed(1)}`)
      say(`round ${round + 1} of ${effort.rounds}, µs per request: ${costs.join(', ')}`)
    }
  }
  return measurements
}

function rotate<Item> (items: readonly Item[], by: number): Item[] {
  const start = by % items.length
  return [...items.slice(start), ...items.slice(0, start)]
}
