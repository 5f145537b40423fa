/**
 * The hooks that every request passes: they find out who is asking, ask what the route asks for, and commit what was prepared.
 *
 * @module
 */
import type { FastifyReply, FastifyRequest, HookHandlerDoneFunction } from 'fastify'
import { failureOf, isThenable } from './chain.ts'
import { commit } from './commit.ts'
import { enforce } from './guards.ts'
import { resolve, resolveLate } from './resolve.ts'
import { handedOverPolicyOf, policyOf } from './route-policy.ts'
import { settingsOf, type Settings } from './settings.ts'
import { loginStateOf, noteArrival, noteSuccessions, presentStateOf } from './slots.ts'
import type { LoginState } from './state.ts'
import type { LoginPolicy } from './typing.ts'
import { isResponse, isUsed, unwrap } from './unwrap.ts'

/** Resolves the request, then asks what its route asks for. Where nothing needs awaiting, no promise is made. */
export function resolveRequest (request: FastifyRequest, reply: FastifyReply, done: HookHandlerDoneFunction): void {
  const settings = settingsOf(request.server) as Settings
  noteArrivalNow(request, reply, settings)
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

function noteArrivalNow (request: FastifyRequest, reply: FastifyReply, settings: Settings): void {
  const now = Date.now()
  noteArrival(request, reply, now, settings.realm.moments.at(now))
}

/** An error handler of the application may yet log out who could not be found out here. */
function fail (request: FastifyRequest, error: unknown, done: HookHandlerDoneFunction): void {
  const state = presentStateOf(request)
  if (state) state.resolved = false
  done(failureOf(error))
}

/** Asks what the config of a not-found handler asks for: where a route hands a request over, `onRequest` has passed. */
export function askNotFound (request: FastifyRequest, reply: FastifyReply, done: HookHandlerDoneFunction): void {
  const policy = handedOverPolicyOf(request)
  if (policy === null) {
    done()
    return
  }
  const settings = settingsOf(request.server) as Settings
  const state = loginStateOf(request, settings)
  // The route may have said `login: 'ignored'`.
  if (state.resolved || policy === 'ignored') ask(settings, request, reply, done, policy)
  else resolveLate(state).then(() => ask(settings, request, reply, done, policy)).then(undefined, (error: unknown) => fail(request, error, done))
}

/** Asks what the route asks for. */
function ask (settings: Settings, request: FastifyRequest, reply: FastifyReply, done: HookHandlerDoneFunction, policy: LoginPolicy): void {
  if (policy === 'optional' || policy === 'ignored') done()
  else enforce(settings, request, reply, done, policy)
}

/** Commits what the request prepared, before its headers go out. */
export function commitAnswer (request: FastifyRequest, reply: FastifyReply, payload: unknown, done: (error: Error | null, payload?: unknown) => void): void {
  const state = presentStateOf(request)
  if (state === null) return done(null, payload)
  if (state === undefined) {
    noteArrivalNow(request, reply, settingsOf(request.server) as Settings)
    done(null, payload)
  } else if (!isResponse(payload)) commitThen(state, payload, done)
  // Fastify answers with an error: the response comes by again, as that.
  else if (isUsed(payload)) done(null, payload)
  else commitThen(state, unwrap(reply, payload), done)
}

/** Lets error handlers ask who is logged in, where a hook failed before the plugin's own: nobody is, as nobody has looked. */
export function noteUnseen (request: FastifyRequest, reply: FastifyReply, _error: Error, done: () => void): void {
  if (presentStateOf(request) === undefined) noteArrivalNow(request, reply, settingsOf(request.server) as Settings)
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
