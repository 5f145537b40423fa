/** The lines that should be flat: what a guarded page costs while something else grows. */

import { findContender } from './contenders.ts'
import type { Entrant } from './entrants.ts'
import type { Measurements } from './rounds.ts'
import type { Scale } from './scale.ts'
import { ratioOf, summarise } from './statistics.ts'
import type { Summary } from './statistics.ts'
import { chosenWorks } from './works.ts'

export interface Line {
  what: keyof Scale
  title: string
  points: readonly number[]
}

export const lines: readonly Line[] = [
  { what: 'routes', title: 'guarded routes', points: [10, 100, 1000] },
  { what: 'scopes', title: 'nested scopes', points: [1, 3, 10] },
  { what: 'logins', title: 'logins alive, in rotation', points: [1, 1000, 100_000] },
  { what: 'ended', title: 'ended logins on the list', points: [0, 1000, 1_000_000] }
]

/** Bare Fastify is the measure of the noise: where it knows no such thing, it is the same server again. */
export const scaled = ['bare', 'login'] as const

export function entrantName (contender: string, { what }: Line, point: number): string {
  return `${contender} ${what} ${point}`
}

/** For each line, the entrants that are measured side by side. */
export function scalingGroups (): Entrant[][] {
  const [work] = chosenWorks(['guarded'])
  if (work === undefined) throw new Error('There is no row for the guarded page')
  return lines.map((line) => line.points.flatMap((point) => scaled.map((name) => ({
    name: entrantName(name, line, point), contender: findContender(name), work, scale: { [line.what]: point }
  }))))
}

export interface MeasuredLine {
  line: Line
  contender: string
  points: ReadonlyArray<{ at: number, cost: Summary }>
  /** The last point to the first. */
  growth: Summary
}

export function measuredLines (measurements: Measurements): MeasuredLine[] {
  return lines.flatMap((line) => scaled.flatMap((contender) => {
    const costs = line.points.map((point) => measurements[entrantName(contender, line, point)]?.costs)
    const [first, last] = [costs[0], costs.at(-1)]
    if (first === undefined || last === undefined) return []
    const points = line.points.map((at, index) => ({ at, cost: summarise(costs[index] ?? []) }))
    return [{ line, contender, points, growth: ratioOf(last, first) }]
  }))
}
