/** `npm run bench`: what one request costs the server, with fastify-login and without. */

import { spawnSync } from 'node:child_process'
import { writeFileSync } from 'node:fs'
import { fileURLToPath } from 'node:url'
import { parseArgs } from 'node:util'
import { comparisons } from './comparisons.ts'
import { contenders, findContender } from './contenders.ts'
import { describeMachine } from './machine.ts'
import { comparisonTable, costTable } from './report.ts'
import { measureInRounds } from './rounds.ts'

const { values } = parseArgs({
  options: {
    rounds: { type: 'string', default: '9' },
    requests: { type: 'string', default: '30000' },
    'warm-up': { type: 'string', default: '15000' },
    windows: { type: 'string', default: '30' },
    connections: { type: 'string', default: '20' },
    only: { type: 'string', multiple: true },
    json: { type: 'string' },
    'skip-build': { type: 'boolean', default: false },
    'skip-in-process': { type: 'boolean', default: false }
  }
})

const effort = {
  rounds: count('rounds'),
  warmUp: count('warm-up'),
  requests: count('requests'),
  windows: count('windows'),
  connections: count('connections')
}
const chosen = values.only?.map((name) => findContender(name)) ?? contenders

if (!values['skip-build']) run('npm', ['run', '--silent', 'build'])

const machine = describeMachine()
console.log(machine.join('\n'))
console.log(`${effort.rounds} rounds; in each, every contender a fresh process: ${effort.warmUp} requests to warm up, ${effort.requests} measured in ${effort.windows} windows, over ${effort.connections} connections\n`)
const measurements = await measureInRounds(chosen, effort, console.log)

console.log(`\n${costTable(chosen, measurements)}\n\n${comparisonTable(comparisons, measurements)}\n`)
if (values.json) writeFileSync(values.json, JSON.stringify({ machine, effort, measurements }, null, 2) + '\n')

if (!values['skip-in-process']) {
  run(process.execPath, ['--import', 'tsx', '--expose-gc', 'bench/in-process.ts'], {
    NODE_ENV: 'production',
    TSX_TSCONFIG_PATH: 'bench/tsconfig.built.json'
  })
}

function count (name: 'rounds' | 'requests' | 'warm-up' | 'windows' | 'connections'): number {
  const number = Number(values[name])
  if (!Number.isInteger(number) || number < 1) throw new RangeError(`--${name} is a whole number from 1, not "${values[name]}"`)
  return number
}

function run (command: string, parameters: readonly string[], environment: NodeJS.ProcessEnv = {}): void {
  const { status, error } = spawnSync(command, parameters, {
    cwd: fileURLToPath(new URL('..', import.meta.url)),
    env: { ...process.env, ...environment },
    stdio: 'inherit'
  })
  if (status !== 0) throw error ?? new Error(`${command} ${parameters.join(' ')} ended with status ${status}`)
}
