/**
 * The two hooks that every request passes: one finds out who is asking, one commits what was prepared.
 *
 * @module
 */
import type { FastifyReply, FastifyRequest, HookHandlerDoneFunction } from 'fastify'
import { failureOf, isThenable } from './chain.ts'
import { commit } from './commit.ts'
import { enforce } from './guards.ts'
import { resolve } from './resolve.ts'
import { policyOf } from './route-policy.ts'
import { settingsOf, type Settings } from './settings.ts'
import { loginStateOf, noteArrival, noteSuccessions, presentStateOf } from './slots.ts'
import type { LoginState } from './state.ts'
import type { LoginPolicy } from './typing.ts'
import { isResponse, isUsed, unwrap } from './unwrap.ts'

/** Resolves the request, then asks what its route asks for. Where nothing needs awaiting, no promise is made. */
export function resolveRequest (request: FastifyRequest, reply: FastifyReply, done: HookHandlerDoneFunction): void {
  const settings = settingsOf(request.server) as Settings
  const now = Date.now()
  noteArrival(request, reply, now, settings.realm.moments.at(now))
  let policy, pending
  try {
    showInTemplates(request, reply)
    policy = policyOf(settings, request)
    const carriesNothing = request.headers.cookie === undefined && settings.loadUserFromRequest === null
    if (policy === 'ignored') noteSuccessions(request, settings)
    else if (!carriesNothing) pending = resolve(loginStateOf(request, settings))
  } catch (error) {
    fail(request, error, done)
    return
  }
  if (!isThenable(pending)) ask(settings, request, reply, done, policy)
  // What goes on from here may throw in this turn, and nobody else would hear of it.
  else pending.then(() => ask(settings, request, reply, done, policy)).then(undefined, (error: unknown) => fail(request, error, done))
}

/** An error handler of the application may yet log out who could not be found out here. */
function fail (request: FastifyRequest, error: unknown, done: HookHandlerDoneFunction): void {
  const state = presentStateOf(request)
  if (state) state.resolved = false
  done(failureOf(error))
}

/** Asks what the route asks for; a page that is not there is answered as such to everybody. */
function ask (settings: Settings, request: FastifyRequest, reply: FastifyReply, done: HookHandlerDoneFunction, policy: LoginPolicy): void {
  if (policy === 'optional' || policy === 'ignored' || request.is404) done()
  else enforce(settings, request, reply, done, policy)
}

/** Commits what the request prepared, before its headers go out. */
export function commitAnswer (request: FastifyRequest, reply: FastifyReply, payload: unknown, done: (error: Error | null, payload?: unknown) => void): void {
  const state = presentStateOf(request)
  if (state === null) return done(null, payload)
  if (state === undefined) {
    noteArrival(request, reply, Date.now())
    done(null, payload)
  } else if (!isResponse(payload)) commitThen(state, payload, done)
  // Fastify answers with an error: the response comes by again, as that.
  else if (isUsed(payload)) done(null, payload)
  else commitThen(state, unwrap(reply, payload), done)
}

/** Lets error handlers ask who is logged in, where a hook failed before the plugin's own: nobody is, as nobody has looked. */
export function noteUnseen (request: FastifyRequest, reply: FastifyReply, _error: Error, done: () => void): void {
  if (presentStateOf(request) === undefined) noteArrival(request, reply, Date.now())
  done()
}

function commitThen (state: LoginState, payload: unknown, done: (error: Error | null, payload?: unknown) => void): void {
  const pending = commit(state)
  if (isThenable(pending)) pending.then(() => done(null, payload)).then(undefined, (error: unknown) => done(failureOf(error)))
  else done(null, payload)
}

/** Gives templates `currentUser`, where `@fastify/view` is registered; asked for only when one is rendered. */
function showInTemplates (request: FastifyRequest, reply: FastifyReply): void {
  const { locals } = reply as { locals?: object | null }
  if (locals === undefined || locals === null) return
  Object.defineProperty(locals, 'currentUser', { get: () => request.currentUser, enumerable: true, configurable: true })
}
