/**
 * The long run: `npm run fuzz -- 30` fuzzes and explores the model for 30 minutes, each round from a fresh seed.
 * `npm run fuzz -- 30 model` does one part of it; the other is `inputs`.
 *
 * @module
 */
import { mock } from 'node:test'
import { inMemory, inRedis, inSql, withoutStore } from '../model/ways.ts'
import { explore } from '../model/run.ts'
import { sessionPlugins } from '../support/sessions.ts'
import { freshSeed, fuzz } from './fuzzer.ts'
import { fuzzers } from './fuzzers.ts'

const minutes = Number(process.argv[2] ?? 10)
const part = process.argv[3] ?? 'all'
if (!(minutes > 0) || !['all', 'model', 'inputs'].includes(part)) {
  console.error('npm run fuzz -- [minutes] [all | model | inputs]')
  process.exit(1)
}
const end = performance.now() + minutes * 60_000
const isOver = () => performance.now() >= end
const inputsEach = 50_000
const sequencesEach = 300
const counts = { inputs: 0, sequences: 0 }

async function fuzzInputs (): Promise<void> {
  for (const [fuzzer, share] of fuzzers) {
    if (isOver()) return
    const seed = freshSeed()
    const count = inputsEach * share / 100
    console.log(`FUZZ_SEED=${seed} ${fuzzer.name}: ${count} inputs`)
    const opened = await fuzzer.open()
    await fuzz(opened, seed, count)
    await opened.close()
    counts.inputs += count
  }
}

async function exploreModel (): Promise<void> {
  mock.timers.enable({ apis: ['Date'], now: Date.now() })
  for (const way of [withoutStore, inMemory, inSql, inRedis]) {
    if (isOver()) break
    if (way.skip !== false) {
      console.log(way.skip)
      continue
    }
    const opened = await way.open()
    for (const session of sessionPlugins) {
      const seed = freshSeed()
      console.log(`MODEL_SEED=${seed} logins ${way.name}, beside ${session.name}: ${sequencesEach} sequences`)
      await explore(opened, session, { seed, numRuns: sequencesEach })
      counts.sequences += sequencesEach
    }
    await opened.close()
  }
  mock.timers.reset()
}

while (!isOver()) {
  if (part !== 'model') await fuzzInputs()
  if (part !== 'inputs') await exploreModel()
}
console.log(`${counts.inputs} inputs and ${counts.sequences} sequences: nothing found`)
