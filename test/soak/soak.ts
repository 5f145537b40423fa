/**
 * Many browsers at several servers on one Redis, while a server is killed and Redis restarted: `npm run soak`.
 * Prints what it counted; its exit status is 1 where an answer was wrong, or memory grew.
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
try {
  const until = performance.now() + seconds * 1000
  await Promise.all([surf(world, until), disturb(world), watch(world.fleet, until)])
} finally {
  closeConnections()
  await world.fleet.stop()
}

const megabytes = (bytes: number) => (bytes / 1024 / 1024).toFixed(1)
const trends = world.fleet.trends()
console.log(`${browsers} browsers at ${processes} servers for ${seconds} s\n${String(world.tally)}`)
for (const { from, to, resident, flat } of trends) {
  console.log(`memory alive in a server: ${megabytes(from)} MB after warm-up, ${megabytes(to)} MB at the end (resident ${megabytes(resident)} MB)${flat ? '' : ': it grew'}`)
}
process.exitCode = world.tally.wrongs > 0 || trends.length === 0 || trends.some(({ flat }) => !flat) ? 1 : 0
