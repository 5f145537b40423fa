/** Times the hooks alone, without socket, router or serializer: what a plugin adds to a request. */

import { measure } from 'mitata'
import { writeResults } from './readme.ts'
import { table } from './report.ts'
import { summarise } from './statistics.ts'
import { prepareSubjects } from './subjects.ts'
import type { Case } from './subjects.ts'

const rounds = 9
const subjects = await prepareSubjects()
const timed = subjects.flatMap(({ cases }) => cases.map((one) => ({ one, rounds: [] as number[][] })))
for (const { one } of timed) {
  // One slow first run would make mitata time every run by itself.
  for (let count = 0; count < 20_000; count++) one.run(one.prepare())
}
for (let round = 0; round < rounds; round++) {
  for (const { one, rounds } of timed) rounds.push([await time(one)])
}
for (const { close } of subjects) await close()

const rows = timed.map(({ one, rounds }) => {
  const { median, min, max } = summarise(rounds)
  return [one.title, ...[median, min, max].map((nanoseconds) => (nanoseconds / 1000).toFixed(3))]
})
const results = table(['hooks alone, µs per request', 'median', 'min', 'max'], rows)
console.log(`\n${results}`)
if (process.argv.includes('--write')) writeResults(results, 'hooks alone')

/**
 * The quarter of the batches that was disturbed least, because others on the machine can only add.
 * The batches are small, so that waiting requests are no burden on the garbage collector.
 */
async function time ({ prepare, run }: Case): Promise<number> {
  const subject = { 0: prepare, bench: (prepared: unknown) => run(prepared) }
  const { p25 } = await measure(function * () { yield subject as never }, {
    batch_samples: 64,
    batch_threshold: Infinity,
    min_cpu_time: 1e8
  })
  return p25
}
