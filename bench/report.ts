/** Lays the figures out as the Markdown tables that bench/README.md shows. */

import { entrantName } from './comparisons.ts'
import type { Verdict } from './comparisons.ts'
import type { Contender } from './contenders.ts'
import type { Measurements } from './rounds.ts'
import type { MeasuredLine } from './scaling.ts'
import { ratioOf, summarise } from './statistics.ts'
import type { Rounds } from './statistics.ts'
import type { Work } from './works.ts'

/** One table for each row of the work list, because only what was measured side by side is to be compared. */
export function workTables (works: readonly Work[], contenders: readonly Contender[], measurements: Measurements): string {
  return works.flatMap((work) => {
    const present = contenders.filter(({ name }) => measurements[entrantName(name, work.name)] !== undefined)
    return present.length === 0 ? [] : [workTable(work, present, measurements)]
  }).join('\n\n')
}

function workTable (work: Work, contenders: readonly Contender[], measurements: Measurements): string {
  const costsOf = (name: string): Rounds | undefined => measurements[entrantName(name, work.name)]?.costs
  const rows = contenders.map(({ name, title }) => {
    const { costs, speeds } = measurements[entrantName(name, work.name)] ?? { costs: [], speeds: [] }
    const cost = summarise(costs)
    return [
      title, ...[cost.median, cost.min, cost.max].map((figure) => figure.toFixed(1)), thousands(summarise(speeds).median),
      ratio(costs, costsOf('bare')), ratio(costs, costsOf('secure-session'))
    ]
  })
  return table([work.title, 'CPU µs', 'min', 'max', 'requests/s', '× bare', '× secure-session'], rows)
}

function ratio (costs: Rounds, against: Rounds | undefined): string {
  return against === undefined ? '' : ratioOf(costs, against).median.toFixed(2)
}

export function verdictTable (head: string, verdicts: readonly Verdict[]): string {
  return table([head, 'ratio', 'min', 'max', 'to reach', ''], verdicts.map(({ title, ratio, limit, held }) =>
    [title, ...[ratio.median, ratio.min, ratio.max].map((figure) => figure.toFixed(3)), limit, held ? 'yes' : '**no**']))
}

export function scalingTable (measured: readonly MeasuredLine[]): string {
  const rows = measured.map(({ line, contender, points, growth }) => [
    `${line.title}: ${points.map(({ at }) => thousands(at)).join(', ')}`, contender === 'login' ? 'fastify-login' : 'bare Fastify',
    points.map(({ cost }) => cost.median.toFixed(1)).join(', '), ...[growth.median, growth.min, growth.max].map((figure) => figure.toFixed(2))
  ])
  return table(['what grows', 'in', 'CPU µs', 'last to first', 'min', 'max'], rows)
}

export function thousands (number: number): string {
  return Math.round(number).toLocaleString('en-US')
}

export function table (head: readonly string[], rows: ReadonlyArray<readonly string[]>): string {
  const widths = head.map((title, column) => Math.max(title.length, ...rows.map((row) => row[column]?.length ?? 0)))
  const line = (cells: readonly string[]): string =>
    `| ${cells.map((cell, column) => column === 0 ? cell.padEnd(widths[0] ?? 0) : cell.padStart(widths[column] ?? 0)).join(' | ')} |`
  const rule = `|${widths.map((width, column) => column === 0 ? '-'.repeat(width + 2) : '-'.repeat(width + 1) + ':').join('|')}|`
  return [line(head), rule, ...rows.map(line)].join('\n')
}
