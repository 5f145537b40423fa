import { describe, it } from 'node:test'
import { freshSeed, fuzz } from './fuzzer.ts'
import { fuzzers } from './fuzzers.ts'

/** Inputs in all: half from the same seed each time, half from a new one. */
const inputs = 200_000
const fixedSeed = 20_260_101

describe('Whatever a client sends, no answer is a 500, nobody is logged in and nobody is sent off the site:', () => {
  for (const [fuzzer, share] of fuzzers) {
    it(fuzzer.name, async (t) => {
      const seed = freshSeed()
      t.diagnostic(`seed ${seed}; again with FUZZ_SEED=${seed}`)
      const opened = await fuzzer.open()
      t.after(async () => { await opened.close() })
      const count = inputs * share / 100 / 2
      await fuzz(opened, fixedSeed, count)
      await fuzz(opened, seed, count).catch((error: Error) => {
        throw new Error(`FUZZ_SEED=${seed}: ${error.message}`, { cause: error })
      })
    })
  }
})
