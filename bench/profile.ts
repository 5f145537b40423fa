/** `tsx bench/profile.ts NAME --row ROW`: where one contender's processor time goes, function by function. */

import { mkdtempSync, readdirSync, readFileSync, rmSync } from 'node:fs'
import { tmpdir } from 'node:os'
import { join } from 'node:path'
import { parseArgs } from 'node:util'
import { findContender } from './contenders.ts'
import { putToWork } from './entrants.ts'
import { table } from './report.ts'
import { usualScale } from './scale.ts'
import { chosenWorks } from './works.ts'

interface Profile {
  nodes: Array<{ id: number, callFrame: { functionName: string, url: string, lineNumber: number } }>
  samples: number[]
  timeDeltas: number[]
}

const root = new URL('..', import.meta.url).href

const { values, positionals } = parseArgs({
  allowPositionals: true,
  options: { row: { type: 'string', default: 'guarded' }, requests: { type: 'string', default: '100000' }, top: { type: 'string', default: '25' } }
})
const requests = Number(values.requests)
const directory = mkdtempSync(join(tmpdir(), 'fastify-login-profile-'))
try {
  await record(positionals[0] ?? 'login')
  const { byOwner, byFunction } = busiest(readdirSync(directory).map((file) => summariseProfile(join(directory, file))))
  console.log(table(['self time by owner', 'µs per request'], rows(byOwner)))
  console.log('\n' + table(['self time by function', 'µs per request'], rows(byFunction).slice(0, Number(values.top))))
  const own = new Map([...byFunction].filter(([name]) => name.includes(' fastify-login/')))
  console.log('\n' + table(['self time within fastify-login', 'µs per request'], rows(own).slice(0, Number(values.top))))
} finally {
  rmSync(directory, { recursive: true })
}

async function record (name: string): Promise<void> {
  const [work] = chosenWorks([values.row])
  if (work === undefined) throw new Error(`There is no row "${values.row}"`)
  const scale = work.rotates ? { scale: { logins: 100_000 } } : {}
  const nodeOptions = ['--cpu-prof', `--cpu-prof-dir=${directory}`]
  const server = await putToWork({ name, contender: findContender(name), work, nodeOptions, ...scale }, usualScale.logins, undefined)
  await server.measure(requests)
  await server.stop()
}

interface ProfileSummary { busy: number, byOwner: Map<string, number>, byFunction: Map<string, number> }

function summariseProfile (file: string): ProfileSummary {
  const { nodes, samples, timeDeltas } = JSON.parse(readFileSync(file, 'utf8')) as Profile
  const frames = new Map(nodes.map((node) => [node.id, node.callFrame]))
  const summary: ProfileSummary = { busy: 0, byOwner: new Map(), byFunction: new Map() }
  for (const [index, id] of samples.entries()) {
    const frame = frames.get(id)
    const time = timeDeltas[index] ?? 0
    if (!frame || frame.functionName === '(idle)') continue
    summary.busy += time
    add(summary.byOwner, ownerOf(frame.functionName, frame.url), time)
    add(summary.byFunction, `${frame.functionName || '(anonymous)'} ${placeOf(frame.url)}:${frame.lineNumber + 1}`, time)
  }
  return summary
}

/** The threads of a process write a profile each; only one of them serves. */
function busiest (summaries: ProfileSummary[]): ProfileSummary {
  const [first] = summaries.toSorted((left, right) => right.busy - left.busy)
  if (!first) throw new Error('The server left no profile')
  return first
}

function ownerOf (functionName: string, url: string): string {
  if (url.startsWith('node:')) return 'Node.js'
  if (url === '') return functionName.startsWith('(') ? functionName : 'native code'
  const dependency = /.*\/node_modules\/((?:@[^/]+\/)?[^/]+)\//.exec(url)?.[1]
  return dependency ?? (url.includes('/dist/') ? 'fastify-login' : 'the application')
}

function placeOf (url: string): string {
  return url.replace(/^.*\/node_modules\//, '').replace(root, 'fastify-login/')
}

function add (totals: Map<string, number>, name: string, time: number): void {
  totals.set(name, (totals.get(name) ?? 0) + time)
}

function rows (totals: Map<string, number>): string[][] {
  return [...totals]
    .toSorted(([, left], [, right]) => right - left)
    .map(([name, time]) => [name, (time / requests).toFixed(3)])
}
