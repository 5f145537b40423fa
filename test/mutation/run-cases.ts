/**
 * Runs tests that were kept, with the hooks of the suites around them, in any order and any number of times.
 *
 * @module
 */
import { mock, type MockTracker, type TestContext } from 'node:test'
import type { Case, Suite } from './node-test.ts'

const { setTimeout, clearTimeout, performance } = globalThis

export interface Outcome {
  readonly id: string
  readonly milliseconds: number
  readonly failure: string | undefined
}

export interface Watch {
  /** Told what runs next: the id of a test, or of the hooks before the tests of a suite. */
  readonly starts?: (id: string) => void
  /** Milliseconds after which a test counts as failed. */
  readonly limit?: (test: Case) => number
  /** Stops at the first failure. */
  readonly bail?: boolean
}

/** The suites around a test, from the outermost. */
export function suitesAround (suite: Suite | undefined): Suite[] {
  return suite === undefined ? [] : [...suitesAround(suite.parent), suite]
}

export async function runCases (chosen: readonly Case[], { starts = () => {}, limit = () => 60_000, bail = false }: Watch): Promise<Outcome[]> {
  const begun = new Map<Suite, Promise<string | undefined>>()
  const outcomes: Outcome[] = []
  for (const one of chosen) {
    const start = performance.now()
    const failure = await failureOf(one, begun, starts, limit(one))
    outcomes.push({ id: one.id, milliseconds: performance.now() - start, failure })
    if (bail && failure !== undefined) break
  }
  for (const suite of Array.from(begun.keys()).reverse()) {
    for (const hook of suite.after) await settled(async () => { await hook() }, 10_000)
  }
  mock.reset()
  return outcomes
}

async function failureOf (one: Case, begun: Map<Suite, Promise<string | undefined>>, starts: (id: string) => void, limit: number): Promise<string | undefined> {
  const suites = suitesAround(one.suite)
  for (const suite of suites) {
    if (begun.has(suite)) continue
    starts(hooksOf(suite))
    begun.set(suite, settled(async () => { for (const hook of suite.before) await hook() }, 30_000))
  }
  for (const suite of suites) {
    const failure = await begun.get(suite)
    if (failure !== undefined) return `before: ${failure}`
  }
  starts(one.id)
  return await settled(async () => { await runOne(one, suites) }, limit)
}

/** The id under which the hooks of a suite are told. */
export const hooksOf = (suite: Suite): string => `hooks › ${suitesAround(suite).map(({ name }) => name).join(' › ')}`

async function runOne (one: Case, suites: readonly Suite[]): Promise<void> {
  const Tracker = mock.constructor as new () => MockTracker
  const tracker = new Tracker()
  const afterwards: Array<() => unknown> = []
  const context = { name: one.id, mock: tracker, after: (hook: () => unknown) => { afterwards.push(hook) }, diagnostic () {} }
  try {
    for (const suite of suites) for (const hook of suite.beforeEach) await hook()
    await one.body(context as unknown as TestContext)
    for (const suite of suites) for (const hook of suite.afterEach) await hook()
  } finally {
    tracker.reset()
    for (const hook of afterwards) await hook()
  }
}

/** What went wrong, or nothing: a throw, a rejection that nobody handled, or more than the milliseconds given. */
async function settled (run: () => Promise<void>, milliseconds: number): Promise<string | undefined> {
  let timer: NodeJS.Timeout | undefined
  let unhandled: ((error: unknown) => void) | undefined
  try {
    await Promise.race([run(), new Promise((_resolve, reject) => {
      timer = setTimeout(() => reject(new Error(`it did not end within ${milliseconds} ms`)), milliseconds)
      unhandled = reject
      process.on('unhandledRejection', unhandled)
      process.on('uncaughtException', unhandled)
    })])
    return undefined
  } catch (error) {
    return error instanceof Error ? `${error.name}: ${error.message}` : String(error)
  } finally {
    clearTimeout(timer)
    process.off('unhandledRejection', unhandled!)
    process.off('uncaughtException', unhandled!)
  }
}
