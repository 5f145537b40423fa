/**
 * Answers that no loader may give, and promises of another library: objects with a `then` of their own.
 *
 * @module
 */
import type { Barrier } from '../support/barrier.ts'

/** Values that are not the user who was asked for. */
export const wrongAnswers = {
  'an object without an id': () => ({}),
  'an array': () => [{ id: '1', name: 'Ada' }],
  'the rows of a query': () => ({ rows: [{ id: '1' }] }),
  'a Response': () => Response.json({ id: '1' }),
  'a user with a rounded id': () => ({ id: 2 ** 53 }),
  'a string': () => '1',
  'a thenable of an array': () => thenable((resolve) => resolve([{ id: '1' }])),
  'a thenable of a user without an id': () => thenable((resolve) => resolve({ name: 'Ada' }))
} as const

export type WrongAnswer = keyof typeof wrongAnswers

/** What a thenable of another library may do; `hangs` waits for the barrier, which a test opens. */
export type ForeignHow = 'rejects' | 'throws' | 'resolves twice' | 'hangs'

type Run = (resolve: (value: unknown) => void, reject: (error: unknown) => void) => void

function thenable (then: Run): unknown {
  return { then }
}

/** A thenable that does this with an answer. */
export function foreignThenable (how: ForeignHow, answer: () => unknown, barrier: Barrier, failure: () => Error): unknown {
  return thenable((resolve, reject) => {
    if (how === 'throws') throw failure()
    if (how === 'rejects') return reject(failure())
    if (how === 'hangs') {
      barrier.pass().then(() => resolve(answer()))
      return
    }
    resolve(answer())
    resolve({ id: 'somebody else' })
    reject(failure())
  })
}
