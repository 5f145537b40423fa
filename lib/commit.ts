/**
 * Commits what a request prepared, with its response, and takes it back where the response fails after all.
 *
 * @module
 */
import { linesWithoutLogin, writeCookies, writeHeaders } from './answer-headers.ts'
import { after, isThenable } from './chain.ts'
import type { Committed, MaybePromise, Prepared } from './logins/keeper.ts'
import { familyOf } from './logins/record.ts'
import { forEachSlice } from './logins/slices.ts'
import { beforeHead, keepOutOfCaches } from './response-head.ts'
import { isOfRequest, nowInSeconds, type CarriedOut, type LoginState } from './state.ts'

/**
 * Carries out what the status of the response allows: below 400 what the handler prepared, below 500 what the request
 * does by itself. What ended has ended whatever the status. A response comes by again where a later hook failed.
 */
export function commit (state: LoginState): MaybePromise<void> {
  const { reply, carriedOut } = state
  state.answered = true
  dropWhatCannotBe(state, reply.statusCode)
  // Where the head is out already, no cookie can go with it.
  if (carriedOut === null && reply.raw.headersSent) dropAll(state, 'its headers were already sent')
  const { prepared } = state
  if (carriedOut === null) return prepared === null ? finish(state) : carryOut(state, prepared)
  if (carriedOut.prepared === prepared) return finishHeaders(state)
  return after(takeBack(state, carriedOut), () => prepared === null ? finish(state) : carryOut(state, prepared))
}

/** A response of 4xx says that the handler's part did not succeed, one of 5xx that nothing did. */
function dropWhatCannotBe (state: LoginState, statusCode: number): void {
  if (statusCode >= 500) dropAll(state)
  else if (statusCode >= 400) dropHandlersPart(state, `it has the status ${statusCode}`)
}

function dropAll (state: LoginState, reason?: string): void {
  dropHandlersPart(state, reason)
  state.byRequest = null
}

/** The application believes that somebody was logged in: without a reason to tell, an error says why not. */
function dropHandlersPart (state: LoginState, reason?: string): void {
  if (state.byHandler === null) return
  const event = state.pendingEvents.findLast((one) => !isOfRequest(one))
  state.dropHandlersPart()
  if (reason === undefined) return
  const call = event?.name === 'userLoginConfirmed' ? 'confirmLogin' : 'loginUser'
  state.request.log.warn(`fastify-login: ${call} has no effect with this response, because ${reason}. A login takes ` +
    `effect with a response whose status is below 400: call ${call} after everything else was checked, and before anything is sent`)
}

function carryOut (state: LoginState, prepared: Prepared): MaybePromise<void> {
  if (isOutdated(state, prepared)) return giveUp(state)
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
  giveUp(state)
  if (prepared.change.kind !== 'use') throw error
  state.request.log.warn({ err: error }, 'fastify-login could not write down that a login was used')
}

/** Nothing is tried again, should the response come by once more. */
function giveUp (state: LoginState): void {
  dropAll(state)
  finish(state)
}

/** Writes what the response is to say of a change that was carried out, if one was. */
function finish (state: LoginState): void {
  const { clearsLogin, clearsRemember, carriedOut, wroteCookies } = state
  if (carriedOut !== null || clearsLogin || clearsRemember || wroteCookies) {
    writeCookies(state)
    if (state.wroteCookies && !wroteCookies) watchHead(state)
  }
  finishHeaders(state)
}

function finishHeaders (state: LoginState): void {
  if (state.guarded || state.consulted) writeHeaders(state)
}

function carriedOut (state: LoginState, prepared: Prepared, committed: Committed | null): void {
  // Another request was first.
  if (committed === null) return giveUp(state)
  const done: CarriedOut = { prepared, committed, forgetSuccession: () => {} }
  state.carriedOut = done
  finish(state)
  done.forgetSuccession = noteSuccession(state, prepared)
  tellWhenAnswered(state, done)
}

function noteSuccession ({ settings, family }: LoginState, { change: { kind, login } }: Prepared): () => void {
  // A restore that a handler has made a proof of is one.
  if (kind === 'use' || (kind === 'restore' && !login.fresh)) return () => {}
  const { successions } = settings.realm
  const by = familyOf(login.id)
  const notes: Array<() => void> = []
  if (family !== null) notes.push(successions.note(family, by))
  // No other request can know the family of a login that begins here.
  if (kind !== 'begin') notes.push(successions.note(by, by))
  return () => { for (const forget of notes.reverse()) forget() }
}

/** The change is final, and listeners are told, once the response is out, or lost on its way: what is still taken back has never happened. */
function tellWhenAnswered (state: LoginState, carriedOut: CarriedOut): void {
  const { raw } = state.reply
  const { committed } = carriedOut
  const tell = () => {
    if (state.carriedOut !== carriedOut) return
    state.carriedOut = null
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

function takeBack (state: LoginState, { committed, forgetSuccession }: CarriedOut): MaybePromise<void> {
  state.carriedOut = null
  forgetSuccession()
  return committed.undo()
}

/**
 * Watches the head of a response that has cookies of ours. A later hook may have changed its status by `reply.code`, or
 * by a `Response`, or have allowed caches to keep it; and Fastify passes over hooks where those fail on an error, too.
 */
function watchHead (state: LoginState): void {
  const { raw } = state.reply
  beforeHead(raw, (statusCode) => {
    keepOutOfCaches(raw)
    const { carriedOut } = state
    dropWhatCannotBe(state, statusCode)
    if (carriedOut === null || carriedOut.prepared === state.prepared) return
    // What the store has to undo it undoes meanwhile: a head cannot wait.
    takeBack(state, carriedOut)
    const lines = linesWithoutLogin(state, raw.getHeader('set-cookie'))
    if (lines.length > 0) raw.setHeader('set-cookie', lines)
    else raw.removeHeader('set-cookie')
  })
}
