/**
 * Rejections that nobody handles: they would end the process of an application.
 *
 * @module
 */
import type { TestContext } from 'node:test'

/** Rejects at the first rejection that nobody handles, for as long as the test runs. */
export function unhandledRejection (test: TestContext): Promise<never> {
  const listeners = process.listeners('unhandledRejection')
  process.removeAllListeners('unhandledRejection')
  test.after(() => {
    process.removeAllListeners('unhandledRejection')
    for (const listener of listeners) process.on('unhandledRejection', listener)
  })
  return new Promise((_resolve, reject) => process.once('unhandledRejection', (error) => {
    reject(new Error('nobody handled a rejection', { cause: error }))
  }))
}
