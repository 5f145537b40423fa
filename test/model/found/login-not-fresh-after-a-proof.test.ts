import { it, mock } from 'node:test'
import { sessionPlugins } from '../../support/sessions.ts'
import type { Move, Terms } from '../move.ts'
import { replay } from '../run.ts'
import { inMemory } from '../ways.ts'

// Here the model itself was wrong: it asked for the proof that a later login, which is not to be fresh, had replaced.
it('A login that is not to be fresh takes the place of a proof, whatever else of the browser is under way', async (t) => {
  mock.timers.enable({ apis: ['Date'], now: Date.now() })
  const way = await inMemory.open()
  t.after(async () => {
    await way.close()
    mock.timers.reset()
  })
  const terms: Terms = {
    idleTimeout: null, freshFor: null, sessionProtection: 'basic', permanentSession: false, refreshEachRequest: false, slowLoader: true, twoProcesses: false
  }
  const moves: Move[] = [
    { move: 'send', who: 'first', act: 'logIn 1' },
    {
      move: 'race',
      slow: { move: 'send', who: 'first', act: 'visit', hold: { point: 'loading', nth: 0 } },
      delivery: 'later',
      quick: [{ move: 'send', who: 'first', act: 'confirm' }, { move: 'send', who: 'first', act: 'visit' }]
    },
    { move: 'send', who: 'first', act: 'logIn 1', fresh: false },
    { move: 'wait', seconds: 61 },
    { move: 'send', who: 'first', act: 'visit' }
  ]
  for (const session of sessionPlugins) await replay(way, session, terms, moves)
})
