/**
 * The model's suite for one way to keep logins: sequences beside each session plugin, from a fixed seed and a fresh one.
 *
 * @module
 */
import { after, before, describe, it, mock } from 'node:test'
import { sessionPlugins } from '../support/sessions.ts'
import { explore } from './run.ts'
import { again, fixedSeed, freshSeed, runsOf } from './seed.ts'
import { leastOf, Tally } from './tally.ts'
import type { ModelWay, OpenedWay } from './ways.ts'

/** Declares the suite; `usualRuns` sequences beside each session plugin, from each of the two seeds. */
export function describeModel (way: ModelWay, usualRuns: number): void {
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
      it(`what ended stays ended, nobody gets another's login, none is fresh unproven, and none is lost, beside ${session.name}`, { timeout: 200_000 }, async (t) => {
        const tally = new Tally()
        await explore(opened, session, { seed: fixedSeed, numRuns: usualRuns }, tally)
        const seed = freshSeed()
        const numRuns = runsOf(usualRuns)
        t.diagnostic(`seed ${seed}; again with ${again(seed, numRuns)}`)
        await explore(opened, session, { seed, numRuns }, tally).catch((error: Error) => {
          throw new Error(`${again(seed, numRuns)}: ${error.message}`, { cause: error.cause ?? error })
        })
        t.diagnostic(`${tally}`)
        tally.assertAtLeast(leastOf(usualRuns + numRuns, opened.createStore() !== null))
      })
    }
  })
}
