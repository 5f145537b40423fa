/**
 * A clock for tests: time stands still until it is moved.
 *
 * @module
 */
import { mock } from 'node:test'

export interface Clock {
  /** Moves time on by so many seconds. */
  advance (seconds: number): void
  /** Sets the clock back by so many seconds. */
  setBack (seconds: number): void
}

/** Stops `Date` for the test, and starts it again after. */
export function stopClock (test: { after: (run: () => void) => void }): Clock {
  mock.timers.enable({ apis: ['Date'], now: Date.now() })
  test.after(() => mock.timers.reset())
  const advance = (seconds: number) => mock.timers.setTime(Date.now() + seconds * 1000)
  return { advance, setBack: (seconds) => advance(-seconds) }
}
