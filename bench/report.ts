/** Lays the figures out as the Markdown tables that bench/README.md shows. */

import type { Comparison } from './comparisons.ts'
import type { Contender } from './contenders.ts'
import type { Measurements } from './rounds.ts'
import { summarise } from './statistics.ts'
import type { Summary } from './statistics.ts'

export function costTable (contenders: readonly Contender[], measurements: Measurements): string {
  const rows = contenders.map((contender) => {
    const { median, min, max } = summarise(measurements[contender.name] ?? [])
    return [contender.title, ...[median, min, max].map((cost) => cost.toFixed(2))]
  })
  return table(['server CPU per request, µs', 'median', 'min', 'max'], rows)
}

export function comparisonTable (comparisons: readonly Comparison[], measurements: Measurements): string {
  const rows = comparisons.flatMap(({ title, contender, against, unit, limit, compare }) => {
    const left = measurements[contender]
    const right = measurements[against]
    if (!left || !right) return []
    const summary = compare(left, right)
    const figures = [summary.median, summary.min, summary.max].map((figure) => `${figure.toFixed(2)} ${unit}`)
    return [[title, ...figures, limit === undefined ? '' : verdict(summary, limit)]]
  })
  return table(['compared', 'median', 'min', 'max', ''], rows)
}

/** Says whether the rounds agree, because a median among figures that scatter around the limit proves little. */
function verdict ({ median, min, max }: Summary, limit: number): string {
  if (max <= limit) return 'held in every round'
  if (min > limit) return 'held in no round'
  return median <= limit ? 'held by the median' : 'not held by the median'
}

export function table (head: readonly string[], rows: ReadonlyArray<readonly string[]>): string {
  const widths = head.map((title, column) => Math.max(title.length, ...rows.map((row) => row[column]?.length ?? 0)))
  const line = (cells: readonly string[]): string =>
    `| ${cells.map((cell, column) => column === 0 ? cell.padEnd(widths[0] ?? 0) : cell.padStart(widths[column] ?? 0)).join(' | ')} |`
  const rule = `|${widths.map((width, column) => column === 0 ? '-'.repeat(width + 2) : '-'.repeat(width + 1) + ':').join('|')}|`
  return [line(head), rule, ...rows.map(line)].join('\n')
}
