/**
 * Many browsers at several servers on one Redis, while a server is killed and Redis restarted: `npm run soak`.
 * Prints what it counted; its exit status is 1 where an answer was wrong, a kind of step was missing, or memory grew.
 *
 * @module
 */
import { setTimeout } from 'node:timers/promises'
import { readArguments } from './arguments.ts'
import { Fleet } from './fleet.ts'
import { closeConnections } from './jar.ts'
import { live } from './life.ts'
import { Outage } from './outage.ts'
import { Surfer, type World } from './surfer.ts'
import { Tally } from './tally.ts'
import { judgeMemory, missingSteps } from './verdict.ts'

const { seconds, browsers, processes } = readArguments(process.argv.slice(2))
const betweenSamples = 2000

async function surf (world: World, until: number): Promise<void> {
  await Promise.all(Array.from({ length: browsers }, async (_, index) => {
    while (performance.now() < until) await live(new Surfer(`user-${index}`, world))
  }))
}

async function disturb ({ fleet, tally, outage }: World): Promise<void> {
  await setTimeout(seconds * 1000 * 0.35)
  await outage.during(() => fleet.replaceServer())
  tally.count('server killed and replaced')
  await setTimeout(seconds * 1000 * 0.2)
  await outage.during(() => fleet.restartRedis())
  tally.count('Redis killed and restarted')
}

async function watch (fleet: Fleet, until: number): Promise<void> {
  while (performance.now() < until) {
    await fleet.sample()
    await setTimeout(betweenSamples)
  }
}

const world: World = { fleet: await Fleet.start(processes), tally: new Tally(), outage: new Outage() }
const began = performance.now()
let took = 0
try {
  const until = began + seconds * 1000
  await Promise.all([surf(world, until), disturb(world), watch(world.fleet, until)])
  took = (performance.now() - began) / 1000
} finally {
  closeConnections()
  await world.fleet.stop()
}

const { tally, fleet } = world
const findings = [...missingSteps(tally, browsers), ...fleet.watched().map(judgeMemory)]
console.log(`${browsers} browsers at ${processes} servers for ${seconds} s: ${Math.round(tally.answers / took).toLocaleString('en')} requests answered a second\n${String(tally)}`)
for (const { sentence, good } of findings) console.log(`${good ? '' : 'wrong: '}${sentence}`)
process.exitCode = tally.wrongs > 0 || findings.some(({ good }) => !good) ? 1 : 0
