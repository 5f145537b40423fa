/** `npm run bench`: what a request costs the server with fastify-login, and with what one would take instead. */

import { writeFileSync } from 'node:fs'
import { startRedis } from '../test/support/redis.ts'
import { readArguments } from './arguments.ts'
import { drawLines } from './chart.ts'
import { closestPeers, entrantName, judge } from './comparisons.ts'
import { chosenContenders } from './contenders.ts'
import type { Entrant } from './entrants.ts'
import { flaskVersions } from './gunicorn.ts'
import { build, installPeers, run } from './install.ts'
import { describeMachine } from './machine.ts'
import { writeResults } from './readme.ts'
import { scalingTable, verdictTable, workTables } from './report.ts'
import { measureInRounds } from './rounds.ts'
import { measuredLines, scalingGroups } from './scaling.ts'
import { chosenWorks } from './works.ts'

const { effort, logins, rows, contenders: names, json, write, parts } = readArguments()

installPeers()
if (parts.build) build()
const hasFlask = flaskVersions() !== null
if (!hasFlask) say('Flask-Login is skipped: apt-get install -y --no-install-recommends python3-flask-login gunicorn')
const contenders = chosenContenders(names).filter(({ module }) => module !== null || hasFlask)
const works = chosenWorks(rows)

const machine = describeMachine()
const results = [machine.map((line) => `- ${line}`).join('\n'), describeEffort()]
const redis = works.some((work) => work.redis) && parts.rows ? await startRedis() : null
const figures: Record<string, unknown> = { machine, effort, logins }
try {
  if (parts.rows) {
    const measurements = await measureInRounds(works.map(entrantsOf).filter((group) => group.length > 0), effort, redis?.url, say)
    results.push(workTables(works, contenders, measurements))
    results.push(verdictTable('fastify-login to reach', judge(measurements)))
    results.push(verdictTable('ahead of every peer', closestPeers(works, contenders, measurements)))
    figures['measurements'] = measurements
  }
  if (parts.scaling) {
    const measurements = await measureInRounds(scalingGroups(), effort, undefined, say)
    const measured = measuredLines(measurements)
    results.push(scalingTable(measured))
    if (write) writeFileSync(new URL('./scaling.svg', import.meta.url), drawLines(measured))
    figures['scaling'] = measurements
  }
} finally {
  await redis?.stop()
}

console.log(results.join('\n\n'))
if (json !== undefined) writeFileSync(json, JSON.stringify(figures, null, 2) + '\n')
if (write) writeResults(results.join('\n\n'))
if (parts.inProcess) {
  run(process.execPath, ['--import', 'tsx', '--expose-gc', 'bench/in-process.ts', ...write ? ['--write'] : []], {
    NODE_ENV: 'production',
    TSX_TSCONFIG_PATH: 'bench/tsconfig.built.json'
  })
}

function entrantsOf (work: typeof works[number]): Entrant[] {
  const scale = work.rotates ? { scale: { logins } } : {}
  return contenders.filter((contender) => contender.works.includes(work.name))
    .map((contender) => ({ name: entrantName(contender.name, work.name), contender, work, ...scale }))
}

function describeEffort (): string {
  return `${effort.rounds} rounds; in each, every contender a fresh process: ${effort.warmUp} requests to warm up, ` +
    `${effort.requests} measured in ${effort.windows} windows, over ${effort.connections} connections; fewer of those that take long.`
}

function say (line: string): void {
  process.stderr.write(`${line}\n`)
}
