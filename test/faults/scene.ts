/**
 * An application and its browsers, set for one operation.
 *
 * @module
 */
import assert from 'node:assert/strict'
import { Browser } from '../support/browser.ts'
import type { Clock } from '../support/clock.ts'
import type { CallPoint } from './fault.ts'
import { createFragileApp, type FragileApp, type Setup } from './fragile.ts'
import type { Operation, Standing } from './operation.ts'

export interface Scene {
  readonly setup: Setup
  readonly operation: Operation
  readonly clock: Clock
  readonly test: FragileApp
  /** Whose login it is about, and somebody else's. */
  readonly browser: Browser
  readonly other: Browser
  /** Whether the browser held a remember cookie at first. */
  readonly remembered: boolean
}

export async function setScene (setup: Setup, operation: Operation, clock: Clock): Promise<Scene> {
  const test = await createFragileApp(setup, operation.options)
  const [browser, other] = [new Browser(test.app), new Browser(test.app)]
  await other.post('/login/2', { remember: true })
  await operation.prepare(browser, clock)
  assert.equal(operation.before.user === null, browser.cookies.size === 0)
  return { setup, operation, clock, test, browser, other, remembered: browser.cookies.has('remember_token') }
}

/** The calls that an operation makes where nothing goes wrong. */
export async function pointsOf (setup: Setup, operation: Operation, clock: Clock): Promise<CallPoint[]> {
  const { test, browser } = await setScene(setup, operation, clock)
  test.faults.count()
  const answer = await operation.act(browser)
  assert.equal(answer.statusCode, operation.status ?? 200, operation.name)
  const { points } = test.faults
  await test.app.close()
  return points
}

export async function standingOf (browser: Browser): Promise<Standing> {
  const answer = await browser.get('/whoami')
  assert.equal(answer.statusCode, 200, answer.body)
  const { user, fresh } = answer.json() as Standing
  return { user, fresh }
}

/** Who is logged in once the browser was closed: what its remember cookie is worth. */
export async function standingOnceClosed (browser: Browser): Promise<Standing> {
  const closed = browser.copy()
  closed.restart()
  return await standingOf(closed)
}
