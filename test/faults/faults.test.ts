import assert from 'node:assert/strict'
import { describe, it } from 'node:test'
import { eventNames } from '../support/app.ts'
import { stopClock, type Clock } from '../support/clock.ts'
import { unhandledRejection } from '../support/rejections.ts'
import { methods } from '../support/store.ts'
import type { Look } from './aftermath.ts'
import { examine } from './examine.ts'
import type { CallPoint, How } from './fault.ts'
import { wrongAnswers, type ForeignHow, type WrongAnswer } from './wrong-answers.ts'
import type { Setup } from './fragile.ts'
import type { Operation } from './operation.ts'
import { operations } from './operations.ts'
import { pointsOf } from './scene.ts'

const setups: readonly Setup[] = [
  { stored: false, loading: 'at once' },
  { stored: false, loading: 'later' },
  { stored: true, loading: 'later' },
  { stored: false, loading: 'at once', keepsSessions: true }
]

const operationsOf = ({ stored, keepsSessions }: Setup) => operations.filter(({ needsStore, writesSession }) =>
  (stored || needsStore !== true) && (keepsSessions !== true || writesSession === true))

/** Where sessions are kept, only that goes wrong: the rest does so elsewhere. */
async function faultyPoints (setup: Setup, operation: Operation, clock: Clock): Promise<CallPoint[]> {
  const points = await pointsOf(setup, operation, clock)
  return setup.keepsSessions === true ? points.filter(({ what }) => what.startsWith('session')) : points
}

function nameOf ({ stored, loading, keepsSessions }: Setup): string {
  return `${stored ? 'With' : 'Without'} a store, users loaded ${loading}${keepsSessions === true ? ', beside @fastify/session' : ''}:`
}

/** What may go wrong: a promise where one may be given, an exception anywhere. */
function waysToFail (what: string): readonly How[] {
  const foreign = (['rejects', 'throws', 'resolves twice', 'hangs'] satisfies ForeignHow[]).map((how) => `a thenable that ${how}` as const)
  const wrong = (Object.keys(wrongAnswers) as WrongAnswer[]).map((answer) => `answers ${answer}` as const)
  if (what.startsWith('loadUser')) return ['throws', 'rejects', 'hangs', 'late', ...foreign, ...wrong]
  // A token may be any string, and must be there at once.
  if (what === 'getToken') return ['throws', 'a thenable that rejects', ...wrong.filter((answer) => answer !== 'answers a string')]
  const sync = ['session.get', 'session.set', 'session.data']
  if (sync.includes(what)) return ['throws']
  return what.startsWith('store') ? ['throws', 'rejects', 'rejectsAfter', 'hangs', 'late'] : ['throws', 'rejects', 'hangs', 'late']
}

/** One look may spoil the other: a restore takes the place of the login that the same request would come with. */
function looksAfter (how: How): readonly Look[] {
  if (how === 'rejectsAfter') return ['the browser is closed', 'the same request again']
  return how === 'rejects' ? ['the browser is closed'] : ['the same request again']
}

for (const setup of setups) {
  describe(nameOf(setup), () => {
    for (const operation of operationsOf(setup)) {
      it(`${operation.name} lets nobody in, logs nobody out and gives no credential away, whichever call of it fails, hangs or is late`, { timeout: 60_000 }, async (t) => {
        const clock = stopClock(t)
        const points = await faultyPoints(setup, operation, clock)
        assert.notEqual(points.length, 0, 'nothing could go wrong')
        const failures: string[] = []
        for (const point of points) {
          for (const how of waysToFail(point.what)) {
            for (const look of looksAfter(how)) {
              const unhandled = unhandledRejection(t)
              await Promise.race([examine(setup, operation, { point, how, look }, clock), unhandled]).catch((error: Error) => {
                failures.push(`${point.what} ${point.nth} ${how}: ${error.message.split('\n').slice(0, 12).join(' ')}`)
              })
            }
          }
        }
        assert.deepEqual(failures, [])
      })
    }
  })
}

describe('What goes wrong here', () => {
  it('is everything that the plugin asks: each loader, store method and call of the session, and the listeners of each event', async (t) => {
    const clock = stopClock(t)
    const asked = new Set<string>()
    for (const setup of setups) {
      for (const operation of operationsOf(setup)) {
        for (const { what } of await faultyPoints(setup, operation, clock)) asked.add(what)
      }
    }
    assert.deepEqual([...asked].sort(), [
      'getToken', 'loadUser', 'loadUserByToken', 'loadUserFromRequest',
      ...['data', 'destroy', 'get', 'load', 'regenerate', 'save', 'set'].map((name) => `session.${name}`),
      ...methods.map((name) => `store.${name}`),
      ...eventNames.map((name) => `listener of ${name}`)
    ].sort())
  })
})
