/** The options of `npm run bench`. */

import { parseArgs } from 'node:util'
import type { Effort } from './rounds.ts'

export interface Arguments {
  effort: Effort
  /** How many logins take turns in the row that has many. */
  logins: number
  rows: readonly string[] | undefined
  contenders: readonly string[] | undefined
  json: string | undefined
  /** Whether to put the tables into bench/README.md, and the lines into bench/scaling.svg. */
  write: boolean
  parts: { build: boolean, rows: boolean, scaling: boolean, inProcess: boolean }
}

export function readArguments (): Arguments {
  const { values } = parseArgs({
    options: {
      rounds: { type: 'string', default: '9' },
      requests: { type: 'string', default: '20000' },
      'warm-up': { type: 'string', default: '10000' },
      windows: { type: 'string', default: '20' },
      connections: { type: 'string', default: '20' },
      logins: { type: 'string', default: '100000' },
      rows: { type: 'string' },
      contenders: { type: 'string' },
      json: { type: 'string' },
      write: { type: 'boolean', default: false },
      'skip-build': { type: 'boolean', default: false },
      'skip-rows': { type: 'boolean', default: false },
      'skip-scaling': { type: 'boolean', default: false },
      'skip-in-process': { type: 'boolean', default: false }
    }
  })
  return {
    effort: {
      rounds: count('--rounds', values.rounds),
      warmUp: count('--warm-up', values['warm-up']),
      requests: count('--requests', values.requests),
      windows: count('--windows', values.windows),
      connections: count('--connections', values.connections)
    },
    logins: count('--logins', values.logins),
    rows: values.rows?.split(','),
    contenders: values.contenders?.split(','),
    json: values.json,
    write: values.write,
    parts: {
      build: !values['skip-build'],
      rows: !values['skip-rows'],
      scaling: !values['skip-scaling'],
      inProcess: !values['skip-in-process']
    }
  }
}

function count (option: string, text: string): number {
  const number = Number(text)
  if (!Number.isInteger(number) || number < 1) throw new RangeError(`${option} is a whole number from 1, not "${text}"`)
  return number
}
