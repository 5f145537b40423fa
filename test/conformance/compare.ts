/** How an answer differs from the recorded one. */
import { isDeepStrictEqual } from 'node:util'
import type { LightMyRequestResponse } from 'fastify'
import { isCleared, lifetimeOf, roleOf } from './browser.ts'
import type { Expectation } from './trace.ts'

export interface Difference { what: string, expected: unknown, got: unknown }

/** `rotates`: restoring a login may set the remember cookie anew, which Flask-Login never did. */
export function compare (expected: Expectation, response: LightMyRequestResponse, events: string[], rotates: boolean): Difference[] {
  const differences: Difference[] = []
  const check = (what: string, wanted: unknown, got: unknown) => {
    if (!isDeepStrictEqual(wanted, got)) differences.push({ what, expected: wanted, got })
  }
  check('status', expected.status, response.statusCode)
  if (expected.body !== undefined) check('body', expected.body, bodyOf(response))
  check('location', resolved(expected.location), resolved(response.headers.location))
  check('events', expected.events.toSorted(), events.toSorted())

  const cookie = response.cookies.findLast(({ name }) => roleOf(name) === 'remember')
  const done = cookie && (isCleared(cookie) ? 'cleared' : 'set')
  const mayDo = expected.rememberCookie === undefined &&
    (done === 'cleared' || (rotates && done === 'set' && events.includes('userLoadedFromCookie')))
  if (!mayDo) check('remember cookie', expected.rememberCookie, done)
  if (cookie && done === 'set' && expected.rememberMaxAge !== undefined) {
    check('lifetime of the remember cookie', expected.rememberMaxAge, lifetimeOf(cookie))
  }
  return differences
}

function bodyOf (response: LightMyRequestResponse): unknown {
  try {
    return response.json()
  } catch {
    return response.body
  }
}

function resolved (location: unknown): unknown {
  if (typeof location !== 'string' || !URL.canParse(location, 'http://localhost')) return location
  const url = new URL(location, 'http://localhost')
  url.searchParams.sort()
  return url.href
}
