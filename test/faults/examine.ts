/**
 * Lets one operation go wrong at one point, and looks at what became of it (promises 6 and 7).
 *
 * @module
 */
import assert from 'node:assert/strict'
import type { LightMyRequestResponse } from 'fastify'
import { Browser, setCookies } from '../support/browser.ts'
import type { Clock } from '../support/clock.ts'
import type { CallPoint, How } from './fault.ts'
import { createFragileApp, type FragileApp } from './fragile.ts'
import type { Operation, Standing } from './operations.ts'

export interface Setup { readonly stored: boolean, readonly loading: 'at once' | 'later' }

async function begin ({ stored, loading }: Setup, { prepare, before }: Operation): Promise<{ test: FragileApp, browser: Browser, other: Browser }> {
  const test = await createFragileApp(stored, loading)
  const [browser, other] = [new Browser(test.app), new Browser(test.app)]
  await other.post('/login/2', { remember: true })
  await prepare(browser)
  assert.equal(before.user === null, browser.cookies.size === 0)
  return { test, browser, other }
}

/** The calls that an operation makes where nothing goes wrong. */
export async function pointsOf (setup: Setup, operation: Operation): Promise<CallPoint[]> {
  const { test, browser } = await begin(setup, operation)
  test.faults.count()
  const answer = await operation.act(browser)
  assert.equal(answer.statusCode, 200, operation.name)
  const { points } = test.faults
  await test.app.close()
  return points
}

export async function examine (setup: Setup, operation: Operation, point: CallPoint, how: How, clock: Clock): Promise<void> {
  const { test, browser, other } = await begin(setup, operation)
  try {
    test.events.length = 0
    test.faults.arm(point, how)
    const waits = how === 'hangs' || how === 'late'
    const answering = operation.act(browser)
    if (waits) await Promise.race([test.faults.barrier.reached, answering])
    if (waits) await meanwhile(operation, how, browser, other)
    test.faults.barrier.open()
    const answer = await answering
    browser.receive(answer)
    const isListener = point.what.startsWith('listener')
    if (waits || isListener) assert.equal(answer.statusCode, 200, answer.body)
    if (answer.statusCode >= 500) await failed(operation, point, how, test, browser, answer, clock)
    else await succeeded(operation, browser, clock, waits && operation.restores === true)
    assert.equal((await standingOf(other)).user, '2', 'the login of somebody else')
  } finally {
    await test.app.close()
  }
}

/** Nobody else waits, and what has not been answered has logged nobody out. */
async function meanwhile (operation: Operation, how: How, browser: Browser, other: Browser): Promise<void> {
  assert.equal((await standingOf(other)).user, '2', 'somebody else, meanwhile')
  const { user } = await standingOf(browser)
  const allowed = how === 'hangs' ? [operation.before.user] : [operation.before.user, operation.after.user]
  // A logout may have ended the login before what hangs, and a login of another user, too.
  if (operation.after.user !== operation.before.user) allowed.push(null)
  assert.ok(allowed.includes(user), `${user} is logged in meanwhile`)
}

/** Where the request that went on meanwhile restored the login first, the one that waited proves nothing. */
async function succeeded ({ after }: Operation, browser: Browser, clock: Clock, wasOvertaken: boolean): Promise<void> {
  for (const seconds of [0, 11]) {
    clock.advance(seconds)
    const { user, fresh } = await standingOf(browser)
    assert.deepEqual({ user, fresh: wasOvertaken ? after.fresh : fresh }, after, `after ${seconds} seconds`)
  }
}

async function failed (
  operation: Operation, { what, nth }: CallPoint, how: How, { events, faults }: FragileApp, browser: Browser, answer: LightMyRequestResponse, clock: Clock
): Promise<void> {
  assert.equal(answer.statusCode, what.startsWith('store') ? 503 : 500, answer.body)
  assert.deepEqual(setCookies(answer).filter(({ value }) => value !== ''), [], 'a credential in an answer of 5xx')
  const told = events.map(({ name }) => name).filter((name) => name !== 'userLoadedFromCookie')
  faults.count()
  // Past the grace of whatever may have been replaced.
  clock.advance(61)
  const ends = operation.after.user === null
  const hasEnded = ends && (what.startsWith('session') || (what === 'store.remove' && (nth > 0 || how === 'rejectsAfter')))
  if (hasEnded) assert.equal((await standingOf(browser)).user, null, 'an end holds whatever becomes of the answer')
  else {
    assert.deepEqual(told, [], 'an event of what did not happen')
    assert.deepEqual(await standingOf(browser), operation.before, 'the login that the request came with lives on')
    await succeedsAgain(operation, browser)
  }
}

/** Once nothing is wrong any more, the same request works. */
async function succeedsAgain ({ act, after }: Operation, browser: Browser): Promise<void> {
  const again = await act(browser)
  assert.equal(again.statusCode, 200, 'the same request again')
  browser.receive(again)
  assert.deepEqual(await standingOf(browser), after, 'after the same request again')
}

async function standingOf (browser: Browser): Promise<Standing> {
  const answer = await browser.get('/whoami')
  assert.equal(answer.statusCode, 200, answer.body)
  const { user, fresh } = answer.json() as Standing
  return { user, fresh }
}
