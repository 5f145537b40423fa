/**
 * Lets one operation go wrong at one point, and has looked at what became of it (promises 6 and 7).
 *
 * @module
 */
import assert from 'node:assert/strict'
import type { Clock } from '../support/clock.ts'
import { failed, succeeded, type Look } from './aftermath.ts'
import { waits, type CallPoint, type How } from './fault.ts'
import type { Setup } from './fragile.ts'
import type { Operation } from './operation.ts'
import { setScene, standingOf, type Scene } from './scene.ts'

/** What goes wrong, and what is looked at after a failure. */
export interface Fault { readonly point: CallPoint, readonly how: How, readonly look: Look }

export async function examine (setup: Setup, operation: Operation, { point, how, look }: Fault, clock: Clock): Promise<void> {
  const scene = await setScene(setup, operation, clock)
  const { test: { app, events, faults }, browser, other } = scene
  try {
    events.length = 0
    faults.arm(point, how)
    const isListener = point.what.startsWith('listener')
    const answering = operation.act(browser)
    // Nobody waits for a listener: the answer is there before the listener goes on.
    if (isListener) await answering
    else if (waits(how)) await Promise.race([faults.barrier.reached, answering])
    if (waits(how)) await meanwhile(scene, how)
    faults.barrier.open()
    const answer = await answering
    assert.ok(faults.fired, 'the call that was to go wrong did not come')
    if (operation.elsewhere !== true) browser.receive(answer)
    // Only the first answer of a thenable counts.
    const forgiven = waits(how) || how === 'a thenable that resolves twice' || isListener || operation.forgives?.includes(point.what) === true
    if (forgiven) assert.equal(answer.statusCode, operation.status ?? 200, answer.body)
    const happened = forgiven
      ? await succeeded(scene, waits(how) && operation.restores === true)
      : await failed(scene, point, answer, look)
    const ended = happened && operation.endsEverybody === true
    assert.equal((await standingOf(other)).user, ended ? null : '2', 'the login of somebody else')
  } finally {
    await app.close()
  }
}

/** Nobody else waits, and what has not been answered has logged nobody out. */
async function meanwhile ({ operation: { before, after, endsEverybody }, browser, other }: Scene, how: How): Promise<void> {
  const { user: somebodyElse } = await standingOf(other)
  assert.ok(somebodyElse === '2' || (endsEverybody === true && somebodyElse === null), 'somebody else, meanwhile')
  const { user } = await standingOf(browser)
  const allowed = how === 'hangs' || how === 'a thenable that hangs' ? [before.user] : [before.user, after.user]
  // A logout may have ended the login before what hangs, and a login of another user, too.
  if (after.user !== before.user) allowed.push(null)
  assert.ok(allowed.includes(user), `${user} is logged in meanwhile`)
}
