/**
 * What a browser may be doing when something goes wrong, and what it was and should be after.
 *
 * @module
 */
import type { LightMyRequestResponse } from 'fastify'
import type { Browser } from '../support/browser.ts'

/** Who is logged in, as `/whoami` says. */
export interface Standing { readonly user: string | null, readonly fresh: boolean }

export interface Operation {
  readonly name: string
  readonly prepare: (browser: Browser) => Promise<void>
  readonly act: (browser: Browser) => Promise<LightMyRequestResponse>
  readonly before: Standing
  readonly after: Standing
  /** Whether it begins with a restore: another request of the same browser may do that first. */
  readonly restores?: boolean
}

const nobody: Standing = { user: null, fresh: false }
const remembered: Standing = { user: '1', fresh: false }
const proven: Standing = { user: '1', fresh: true }

async function logIn (browser: Browser): Promise<void> { await browser.post('/login/1', { remember: true, fresh: false }) }

async function logInFresh (browser: Browser): Promise<void> { await browser.post('/login/1', { remember: true }) }

async function logInBriefly (browser: Browser): Promise<void> { await browser.post('/login/1', { fresh: false }) }

async function comeBack (browser: Browser): Promise<void> {
  await logInFresh(browser)
  browser.restart()
}

/** The answer is sent, and not received: a test decides on that. */
const post = (url: string, payload: object = {}) => (browser: Browser) => browser.send({ method: 'POST', url, payload })
const get = (url: string) => (browser: Browser) => browser.send({ url })

export const operations: readonly Operation[] = [
  { name: 'a guarded page', prepare: logInFresh, act: get('/members'), before: proven, after: proven },
  { name: 'a page that asks for a fresh login', prepare: logInFresh, act: get('/vault'), before: proven, after: proven },
  { name: 'a restore', prepare: comeBack, act: get('/members'), before: remembered, after: remembered, restores: true },
  { name: 'a first login', prepare: async () => {}, act: post('/login/1', { remember: true }), before: nobody, after: proven },
  { name: 'a login of the same user', prepare: logIn, act: post('/login/1', { remember: true }), before: remembered, after: proven },
  { name: 'a login of one who comes back', prepare: comeBack, act: post('/login/1'), before: remembered, after: proven, restores: true },
  { name: 'a login of another user', prepare: logInFresh, act: post('/login/2', { remember: true }), before: proven, after: { user: '2', fresh: true } },
  { name: 'a confirmation', prepare: logIn, act: post('/confirm'), before: remembered, after: proven },
  { name: 'a confirmation of a login that is not remembered', prepare: logInBriefly, act: post('/confirm'), before: remembered, after: proven },
  { name: 'a confirmation of one who comes back', prepare: comeBack, act: post('/confirm'), before: remembered, after: proven, restores: true },
  { name: 'a logout', prepare: logInFresh, act: post('/logout'), before: proven, after: nobody },
  { name: 'a logout of one who comes back', prepare: comeBack, act: post('/logout'), before: remembered, after: nobody, restores: true },
  { name: 'an end by endLogin', prepare: logInFresh, act: post('/end/this'), before: proven, after: nobody },
  { name: 'an end of the others by endLogins', prepare: logInFresh, act: post('/end/others'), before: proven, after: proven }
]
