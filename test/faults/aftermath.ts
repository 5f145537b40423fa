/**
 * What is to be true after an operation in which a call went wrong.
 *
 * @module
 */
import assert from 'node:assert/strict'
import type { LightMyRequestResponse } from 'fastify'
import { setCookies } from '../support/browser.ts'
import type { CallPoint } from './fault.ts'
import { standingOf, standingOnceClosed, type Scene } from './scene.ts'

/** What is looked at after a failure: whether the remember cookie still works, or whether the same request does. */
export type Look = 'the browser is closed' | 'the same request again'

/** Events that say what a request came with, and how it was refused: they are true whatever becomes of it. */
const ofTheRequest: readonly string[] = ['userLoadedFromCookie', 'userLoadedFromRequest', 'userUnauthorized', 'userNeedsRefresh']

/** Where the request that went on meanwhile restored the login first, the one that waited proves nothing. */
export async function succeeded ({ operation: { before, after }, browser, clock, remembered }: Scene, wasOvertaken: boolean): Promise<true> {
  for (const seconds of [0, 11]) {
    clock.advance(seconds)
    const { user, fresh } = await standingOf(browser)
    assert.deepEqual({ user, fresh: wasOvertaken ? after.fresh : fresh }, after, `after ${seconds} seconds`)
  }
  if (remembered && after.user === before.user) {
    assert.equal((await standingOnceClosed(browser)).user, after.user, 'once the browser was closed')
  }
  return true
}

/** Whether it had happened all the same. */
export async function failed (scene: Scene, { what }: CallPoint, answer: LightMyRequestResponse, look: Look): Promise<boolean> {
  const { setup: { stored }, operation: { before, after, happened }, test: { events, faults }, browser, clock } = scene
  assert.equal(answer.statusCode, what.startsWith('store') ? 503 : 500, answer.body)
  const credentials = setCookies(answer).filter(({ name, value }) => name !== 'session' && value !== '')
  assert.deepEqual(credentials, [], 'a credential in an answer of 5xx')
  const told = events.map(({ name }) => name).filter((name) => !ofTheRequest.includes(name))
  const { done } = faults
  // Past the grace of whatever may have been replaced.
  clock.advance(61)
  if (happened?.({ what, done, stored }) === true) {
    assert.deepEqual(await standingOf(browser), after, 'what happened holds whatever becomes of the answer')
    return true
  }
  assert.deepEqual(told, [], 'an event of what did not happen')
  assert.deepEqual(await standingOf(browser), before, 'the login that the request came with lives on')
  if (look === 'the same request again') {
    await succeedsAgain(scene)
    return true
  }
  if (scene.remembered) assert.deepEqual(await standingOnceClosed(browser), { ...before, fresh: false }, 'once the browser was closed')
  return false
}

/** Once nothing is wrong any more, the same request works. */
async function succeedsAgain ({ operation: { act, after, status = 200, elsewhere }, browser }: Scene): Promise<void> {
  const again = await act(browser)
  assert.equal(again.statusCode, status, 'the same request again')
  if (elsewhere !== true) browser.receive(again)
  assert.deepEqual(await standingOf(browser), after, 'after the same request again')
}
