import assert from 'node:assert/strict'
import { describe, it } from 'node:test'
import { freshSeed, fuzz } from './fuzzer.ts'
import { fuzzers } from './fuzzers.ts'

/** Inputs in all, with some to spare: half from the same seed each time, half from a new one. */
const inputs = 210_000
const fixedSeed = 20_260_101

describe('Whatever a client sends, no answer is a 500, nobody is logged in and nobody is sent off the site:', () => {
  let tried = 0
  for (const [fuzzer, share] of fuzzers) {
    it(fuzzer.name, async (t) => {
      const seed = freshSeed()
      t.diagnostic(`seed ${seed}; again with FUZZ_SEED=${seed}`)
      const opened = await fuzzer.open()
      t.after(async () => { await opened.close() })
      const count = Math.ceil(inputs * share / 100 / 2)
      tried += await fuzz(opened, fixedSeed, count)
      tried += await fuzz(opened, seed, count).catch((error: Error) => {
        throw new Error(`FUZZ_SEED=${seed}: ${error.message}`, { cause: error })
      })
    })
  }

  it('more than 200,000 inputs in all', () => {
    assert.ok(tried > 200_000, `${tried} were tried`)
  })
})
