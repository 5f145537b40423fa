/**
 * Closes what a suite has opened, also where the suite failed before it had opened everything.
 *
 * @module
 */
import { after } from 'node:test'

/** To be called in a suite; what it gives is told how to close each thing, and does so after the suite, the last one first. */
export function closesAfter (): (close: () => unknown) => void {
  const closes: Array<() => unknown> = []
  after(async () => {
    const failures: unknown[] = []
    for (const close of closes.reverse()) {
      try {
        await close()
      } catch (error) {
        failures.push(error)
      }
    }
    if (failures.length > 0) throw new AggregateError(failures, 'not everything could be closed')
  })
  return (close) => { closes.push(close) }
}
