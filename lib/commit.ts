/**
 * Commits what a request prepared, with its answer: cookies, events, and the headers that go with them.
 *
 * @module
 */
import type { FastifyReply } from 'fastify'
import { isThenable } from './chain.ts'
import { clearCookie, setCookie } from './cookies.ts'
import type { EndedLogin, MaybePromise, Prepared } from './logins/keeper.ts'
import { nowInSeconds, type LoginState } from './state.ts'

/** An answer of 5xx carries no credential and changes none; what ended has ended all the same. */
export function commit (state: LoginState): MaybePromise<void> {
  const { prepared, reply } = state
  state.prepared = null
  if (prepared === null || reply.statusCode >= 500) return finish(state, null, null)
  const now = nowInSeconds()
  const committing = state.settings.realm.logins.commit(prepared, now)
  if (!isThenable(committing)) return finish(state, prepared, committing)
  return committing.then((ended) => finish(state, prepared, ended), (error: unknown) => failed(state, prepared, error))
}

/** A use that cannot be written down is not worth an error; of anything else the visitor must know that it did not happen. */
function failed (state: LoginState, prepared: Prepared, error: unknown): void {
  finish(state, null, null)
  if (prepared.change.kind !== 'use') throw error
  state.request.log.warn({ err: error }, 'fastify-login could not write down that a login was used')
}

/** Writes the headers, and tells what happened; `ended` is null where the change was not carried out. */
function finish (state: LoginState, prepared: Prepared | null, ended: EndedLogin[] | null): void {
  writeCookies(state, ended === null ? null : prepared)
  writeHeaders(state)
  if (ended === null) return
  const { listeners } = state.settings.realm
  for (const { id, userId, reason } of ended) listeners.tell('loginEnded', { id, userId, exceptId: null, reason })
  for (const { name, payload } of state.pendingEvents) listeners.tell(name, payload)
}

function writeCookies ({ request, reply, settings, clearsLogin, clearsRemember }: LoginState, committed: Prepared | null): void {
  const { realm, permanentSession } = settings
  const now = nowInSeconds()
  let touched = false
  if (committed?.loginCookie) {
    setCookie(reply, realm.cookie, committed.loginCookie, permanentSession ? committed.change.login.expiresAt - now : undefined)
    touched = true
  } else if (clearsLogin && request.headers.cookie !== undefined) {
    clearCookie(reply, realm.cookie)
    touched = true
  }
  if (committed?.rememberCookie) {
    setCookie(reply, realm.rememberCookie, committed.rememberCookie, (committed.remember?.expiresAt ?? now) - now)
    touched = true
  } else if ((clearsRemember || committed?.change.clearsRemember) && request.headers.cookie !== undefined) {
    clearCookie(reply, realm.rememberCookie)
    touched = true
  }
  // A shared cache that kept the answer would hand the cookie to the next visitor.
  if (touched) reply.header('cache-control', 'no-store')
}

function writeHeaders ({ reply, settings, guarded, consulted }: LoginState): void {
  if (guarded && settings.cacheControl !== false && !reply.hasHeader('cache-control')) {
    reply.header('cache-control', settings.cacheControl)
  }
  if (guarded || consulted) varyByCookie(reply)
}

function varyByCookie (reply: FastifyReply): void {
  const present = reply.getHeader('vary')
  const vary = Array.isArray(present) ? present.join(', ') : String(present ?? '')
  if (vary === '') reply.header('vary', 'Cookie')
  else if (!/(?:^|,)\s*(?:\*|cookie)\s*(?:,|$)/i.test(vary)) reply.header('vary', `${vary}, Cookie`)
}
