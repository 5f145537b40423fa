/**
 * The cookies that a login sets in its life.
 *
 * @module
 */
import assert from 'node:assert/strict'
import type { LoginOptions } from 'fastify-login'
import type { TestApp, TestSetup } from '../support/app.ts'
import { Browser, setCookies, type SetCookie } from '../support/browser.ts'

type CreateApp = (setup?: TestSetup) => Promise<TestApp>

/** The cookies of a login that is remembered, confirmed, restored and ended, as they are set in production. */
export async function cookiesSet (createApp: CreateApp, options: Partial<LoginOptions> = {}): Promise<SetCookie[]> {
  const before = process.env['NODE_ENV']
  process.env['NODE_ENV'] = 'production'
  try {
    const browser = new Browser((await createApp({ options })).app)
    const answers = [await browser.post('/login/1', { remember: true }), await browser.post('/confirm')]
    browser.restart()
    answers.push(await browser.get('/whoami'), await browser.post('/logout'))
    const set = answers.flatMap(setCookies)
    assert.ok(set.length >= 6 && answers.every((answer) => setCookies(answer).length > 0))
    return set
  } finally {
    if (before === undefined) delete process.env['NODE_ENV']
    else process.env['NODE_ENV'] = before
  }
}
