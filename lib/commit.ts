/**
 * Commits what a request prepared, with its answer, and takes it back where the answer fails after all.
 *
 * @module
 */
import { writeCookies, writeHeaders, withdrawCookies } from './answer-headers.ts'
import { isThenable } from './chain.ts'
import type { Committed, MaybePromise, Prepared } from './logins/keeper.ts'
import { familyOf } from './logins/record.ts'
import { forEachSlice } from './logins/slices.ts'
import { nowInSeconds, type LoginState } from './state.ts'

/** An answer of 5xx carries no credential and changes none; what ended has ended all the same. */
export function commit (state: LoginState): MaybePromise<void> {
  const { prepared, reply } = state
  // A hook that runs after this one may fail: then the answer comes by again, as an error.
  if (reply.statusCode >= 500 && state.committed !== null) return withdraw(state, state.committed)
  state.prepared = null
  state.answered = true
  if (prepared === null || reply.statusCode >= 500 || isOutdated(state, prepared)) return finish(state, null)
  const committing = state.settings.realm.logins.commit(prepared, nowInSeconds())
  if (!isThenable(committing)) return carriedOut(state, prepared, committing)
  return committing.then((committed) => carriedOut(state, prepared, committed), (error: unknown) => failed(state, prepared, error))
}

/** A login that is restored late must not take the place of one that was proven, or begun, meanwhile. */
function isOutdated ({ settings, successions }: LoginState, { change: { kind, login } }: Prepared): boolean {
  return kind === 'restore' && settings.realm.successions.followed(familyOf(login.id), successions)
}

/** A use that cannot be written down is not worth an error; of anything else the visitor must know that it did not happen. */
function failed (state: LoginState, prepared: Prepared, error: unknown): void {
  finish(state, null)
  if (prepared.change.kind !== 'use') throw error
  state.request.log.warn({ err: error }, 'fastify-login could not write down that a login was used')
}

/** Writes what the answer is to say of a change that was carried out, if one was. */
function finish (state: LoginState, done: Prepared | null): void {
  const { guarded, consulted, clearsLogin, clearsRemember } = state
  if (done !== null || clearsLogin || clearsRemember) writeCookies(state, done)
  if (guarded || consulted) writeHeaders(state)
}

function carriedOut (state: LoginState, prepared: Prepared, committed: Committed | null): void {
  // Another request was first.
  if (committed === null) return finish(state, null)
  finish(state, prepared)
  state.committed = committed
  noteSuccession(state, prepared)
  tellWhenAnswered(state, committed)
}

function noteSuccession ({ settings, family }: LoginState, { change: { kind, login } }: Prepared): void {
  // A restore that a handler has made a proof of is one.
  if (kind === 'use' || (kind === 'restore' && !login.fresh)) return
  const { successions } = settings.realm
  const by = familyOf(login.id)
  if (family !== null) successions.note(family, by)
  // No other request can know the family of a login that begins here.
  if (kind !== 'begin') successions.note(by, by)
}

/** The change is final, and listeners are told, once the answer is out, or lost on its way: what is still taken back has never happened. */
function tellWhenAnswered (state: LoginState, committed: Committed): void {
  const { raw } = state.reply
  const tell = () => {
    if (state.committed !== committed) return
    state.committed = null
    committed.settle()
    const { listeners } = state.settings.realm
    forEachSlice(committed.ended, (slice) => {
      for (const { id, userId, reason } of slice) listeners.tell('loginEnded', { id, userId, exceptId: null, reason })
    })
    for (const { name, payload } of state.pendingEvents) listeners.tell(name, payload)
  }
  if (raw.destroyed) tell()
  // It comes after 'finish', too.
  else raw.once('close', tell)
}

function withdraw (state: LoginState, committed: Committed): MaybePromise<void> {
  state.committed = null
  withdrawCookies(state)
  return committed.undo()
}
