/**
 * What a browser may be doing when something goes wrong, and what it was and should be after.
 *
 * @module
 */
import type { LightMyRequestResponse } from 'fastify'
import type { LoginOptions } from 'fastify-login'
import type { Browser } from '../support/browser.ts'
import type { Clock } from '../support/clock.ts'
import type { Loaders } from './loaders.ts'

/** Who is logged in, as `/whoami` says. */
export interface Standing { readonly user: string | null, readonly fresh: boolean }

/** The call that failed, and those that were carried out, whatever they answered. */
export interface Failure { readonly what: string, readonly done: readonly string[], readonly stored: boolean }

export interface Operation {
  readonly name: string
  readonly prepare: (browser: Browser, clock: Clock) => Promise<void>
  readonly act: (browser: Browser) => Promise<LightMyRequestResponse>
  readonly before: Standing
  readonly after: Standing
  /** What it is answered where nothing goes wrong; 200 unless named. */
  readonly status?: number
  /** What the application is given for it. */
  readonly options?: (loaders: Loaders) => Partial<LoginOptions>
  readonly needsStore?: true
  /** Whether the application's session is written to. */
  readonly writesSession?: true
  /** Whether it begins with a restore: another request of the same browser may do that first. */
  readonly restores?: true
  /** Whether another browser acts, and gets the answer. */
  readonly elsewhere?: true
  /** The calls whose errors the visitor does not notice. */
  readonly forgives?: readonly string[]
  /** Whether it had happened when a call failed: then it holds, whatever becomes of the answer. */
  readonly happened?: (failure: Failure) => boolean
  /** Whether it ends the logins of other users, too. */
  readonly endsEverybody?: true
}

export const nobody: Standing = { user: null, fresh: false }
export const remembered: Standing = { user: '1', fresh: false }
export const proven: Standing = { user: '1', fresh: true }

export async function stayAway (): Promise<void> {}

export async function logIn (browser: Browser): Promise<void> { await browser.post('/login/1', { remember: true, fresh: false }) }

export async function logInFresh (browser: Browser): Promise<void> { await browser.post('/login/1', { remember: true }) }

export async function logInBriefly (browser: Browser): Promise<void> { await browser.post('/login/1', { fresh: false }) }

export async function comeBack (browser: Browser): Promise<void> {
  await logInFresh(browser)
  browser.restart()
}

/** The answer is sent, and not received: a test decides on that. */
export const post = (url: string, payload: object = {}) => (browser: Browser) => browser.send({ method: 'POST', url, payload })
export const get = (url: string, headers: Record<string, string> = {}) => (browser: Browser) => browser.send({ url, headers })

/** An end is never deferred: what follows it may fail, and it holds. The session is loaded before, and emptied after it. */
export const endsAtOnce = ({ what, done }: Failure): boolean =>
  done.includes('store.remove') || (what.startsWith('session') && what !== 'session.load')
