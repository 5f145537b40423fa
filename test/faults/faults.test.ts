import assert from 'node:assert/strict'
import { describe, it } from 'node:test'
import { stopClock } from '../support/clock.ts'
import { unhandledRejection } from '../support/rejections.ts'
import { examine, pointsOf, type Setup } from './examine.ts'
import type { How } from './fault.ts'
import { operations } from './operations.ts'

const setups: readonly Setup[] = [
  { stored: false, loading: 'at once' },
  { stored: false, loading: 'later' },
  { stored: true, loading: 'later' }
]

/** What may go wrong: a promise where one may be given, an exception anywhere. */
function waysToFail (what: string): readonly How[] {
  const sync = ['session.get', 'session.set', 'session.data']
  if (sync.includes(what)) return ['throws']
  return what.startsWith('store') ? ['throws', 'rejects', 'rejectsAfter', 'hangs', 'late'] : ['throws', 'rejects', 'hangs', 'late']
}

for (const setup of setups) {
  describe(`${setup.stored ? 'With' : 'Without'} a store, users loaded ${setup.loading}:`, () => {
    for (const operation of operations) {
      it(`${operation.name} lets nobody in, logs nobody out and gives no credential away, whichever call of it fails, hangs or is late`, { timeout: 60_000 }, async (t) => {
        const clock = stopClock(t)
        const points = await pointsOf(setup, operation)
        const failures: string[] = []
        for (const point of points) {
          for (const how of waysToFail(point.what)) {
            const unhandled = unhandledRejection(t)
            await Promise.race([examine(setup, operation, point, how, clock), unhandled]).catch((error: Error) => {
              failures.push(`${point.what} ${point.nth} ${how}: ${error.message.split('\n').slice(0, 12).join(' ')}`)
            })
          }
        }
        assert.deepEqual(failures, [])
      })
    }
  })
}
