/**
 * The model's suite for one way to keep logins: sequences beside each session plugin, from a fixed seed and a fresh one.
 *
 * @module
 */
import { after, before, describe, it, mock } from 'node:test'
import { sessionPlugins } from '../support/sessions.ts'
import { explore } from './run.ts'
import type { ModelWay, OpenedWay } from './ways.ts'

const fixedSeed = 20_260_101

/** A seed for sequences that are new each time; `MODEL_SEED` brings back those of an earlier run. */
export function freshSeed (): number {
  return Number(process.env.MODEL_SEED ?? Math.floor(Math.random() * 2 ** 31))
}

/** Declares the suite; `numRuns` sequences beside each session plugin, from each of the two seeds. */
export function describeModel (way: ModelWay, numRuns: number): void {
  describe(`Whatever browsers, thieves, clocks and late answers do to logins kept ${way.name}`, { skip: way.skip }, () => {
    let opened: OpenedWay
    before(async () => {
      mock.timers.enable({ apis: ['Date'], now: Date.now() })
      opened = await way.open()
    })
    after(async () => {
      await opened.close()
      mock.timers.reset()
    })

    for (const session of sessionPlugins) {
      it(`what ended stays ended, nobody gets another's login, none is fresh unproven, and none is lost, beside ${session.name}`, { timeout: 110_000 }, async (t) => {
        await explore(opened, session, { seed: fixedSeed, numRuns })
        const seed = freshSeed()
        t.diagnostic(`seed ${seed}; again with MODEL_SEED=${seed}`)
        await explore(opened, session, { seed, numRuns }).catch((error: Error) => {
          throw new Error(`MODEL_SEED=${seed}: ${error.message}`, { cause: error.cause ?? error })
        })
      })
    }
  })
}
