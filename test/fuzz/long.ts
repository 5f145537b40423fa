/**
 * The long run: `npm run fuzz -- 30` fuzzes and explores the model for 30 minutes, each round from a fresh seed.
 * `npm run fuzz -- 30 model` does one part of it; the other is `inputs`. What the model finds, a suite of its own finds
 * again: `MODEL_SEED=… MODEL_RUNS=300 npm run test:only -- test/model/memory.test.ts`.
 *
 * @module
 */
import { mock } from 'node:test'
import { explore } from '../model/run.ts'
import { again, freshSeed as freshModelSeed, runsOf } from '../model/seed.ts'
import { inMemory, inRedis, inSql, withoutStore, type ModelWay } from '../model/ways.ts'
import { sessionPlugins, type SessionPlugin } from '../support/sessions.ts'
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
const sequencesEach = runsOf(300)
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

/** Explores the model one way beside one session plugin after another, without end. */
async function * explorations (): AsyncGenerator<void, never> {
  for (;;) for (const way of [withoutStore, inMemory, inSql, inRedis]) for (const session of sessionPlugins) yield await exploreModel(way, session)
}

async function exploreModel (way: ModelWay, session: SessionPlugin): Promise<void> {
  if (way.skip !== false) return console.log(way.skip)
  const seed = freshModelSeed()
  console.log(`${again(seed, sequencesEach)} logins ${way.name}, beside ${session.name}`)
  mock.timers.enable({ apis: ['Date'], now: Date.now() })
  const opened = await way.open()
  await explore(opened, session, { seed, numRuns: sequencesEach })
  await opened.close()
  mock.timers.reset()
  counts.sequences += sequencesEach
}

// Whichever of the parts has had less of the time is next.
const model = explorations()
const spent = { inputs: 0, model: 0 }
while (!isOver()) {
  const next = part === 'all' ? spent.inputs <= spent.model ? 'inputs' : 'model' : part as keyof typeof spent
  const began = performance.now()
  await (next === 'inputs' ? fuzzInputs() : model.next())
  spent[next] += performance.now() - began
}
console.log(`${counts.inputs} inputs and ${counts.sequences} sequences: nothing found`)
