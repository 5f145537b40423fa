/**
 * The guards of routes: hooks that let a request through or have it answered.
 *
 * @module
 */
import type { FastifyReply, FastifyRequest, HookHandlerDoneFunction } from 'fastify'
import { alreadyLoggedIn, needsRefresh, unauthorized } from './answers.ts'
import { failureOf } from './chain.ts'
import { InvalidArgumentError, NotRegisteredError } from './errors.ts'
import { given } from './given.ts'
import { isPreflight } from './preflight.ts'
import { settingsOf, type Settings } from './settings.ts'
import { nowInSeconds } from './state.ts'
import { isResolved, loginStateOf } from './slots.ts'
import type { AnonymousGuard, AnyReply, AnyRequest, Guard } from './typing.ts'

/** What a route asks of a request; `within`: seconds since the last proof of identity. */
export type Requirement = 'required' | 'fresh' | 'anonymous' | { readonly within: number }

/**
 * Lets active users through, as `onRequest`, `preValidation` or `preHandler` hook; others are answered 401
 * (`FST_LOGIN_UNAUTHORIZED`) or sent to `loginPath`. CORS preflights pass where OPTIONS is the only
 * method of the route.
 *
 * @example
 * import Fastify from 'fastify'
 * import { requireLogin } from 'fastify-login'
 *
 * const app = Fastify()
 * app.get('/settings', { preHandler: requireLogin }, (request) => request.currentUser.id)
 */
export const requireLogin: Guard = function requireLogin (request: AnyRequest, reply: AnyReply, done: HookHandlerDoneFunction) {
  guard(request, reply, done, 'required')
}

/**
 * Lets active users through who proved who they are during the last `freshFor` seconds, and not by a remember cookie;
 * others are answered 403 (`FST_LOGIN_NEEDS_REFRESH`) or sent to `refreshPath`, visitors as by `requireLogin`.
 *
 * @example
 * import Fastify from 'fastify'
 * import { requireFreshLogin } from 'fastify-login'
 *
 * Fastify().post('/password', { preHandler: requireFreshLogin }, () => 'changed')
 */
export const requireFreshLogin: Guard = function requireFreshLogin (request: AnyRequest, reply: AnyReply, done: HookHandlerDoneFunction) {
  guard(request, reply, done, 'fresh')
}

/**
 * Makes a guard that lets users through who proved who they are in the last so many seconds, however long `freshFor`
 * is; others are answered as by `requireFreshLogin`. Throws `FST_LOGIN_INVALID_ARGUMENT` for what is no positive number.
 *
 * @example
 * import Fastify from 'fastify'
 * import { requireFreshLoginWithin } from 'fastify-login'
 *
 * Fastify().post('/transfer', { preHandler: requireFreshLoginWithin(60) }, () => 'sent')
 */
export function requireFreshLoginWithin (seconds: number): Guard {
  if (typeof seconds !== 'number' || !(seconds > 0)) {
    const what = given(seconds, '')
    throw new InvalidArgumentError(`requireFreshLoginWithin takes a positive number of seconds, not ${what}`)
  }
  const within = { within: seconds }
  return function requireFreshLoginWithin (request: AnyRequest, reply: AnyReply, done: HookHandlerDoneFunction) {
    guard(request, reply, done, within)
  }
}

/**
 * Lets visitors through; users are answered 403 (`FST_LOGIN_ALREADY_LOGGED_IN`) or sent to where they wanted to go.
 *
 * @example
 * import Fastify from 'fastify'
 * import { requireAnonymous } from 'fastify-login'
 *
 * Fastify().get('/register', { preHandler: requireAnonymous }, () => 'the form')
 */
export const requireAnonymous: AnonymousGuard = function requireAnonymous (request, reply, done) {
  guard(request, reply, done, 'anonymous')
}

function guard (request: FastifyRequest, reply: FastifyReply, done: HookHandlerDoneFunction, requirement: Requirement): void {
  const settings = settingsOf(request.server)
  if (settings === undefined || !isResolved(request)) done(new NotRegisteredError())
  else enforce(settings, request, reply, done, requirement)
}

/** Asks a requirement of a resolved request: goes on, or has it answered. */
export function enforce (
  settings: Settings, request: FastifyRequest, reply: FastifyReply, done: HookHandlerDoneFunction, requirement: Requirement
): void {
  const refuse = refusalOf(settings, request, requirement)
  if (refuse === null) done()
  else refuse(settings, request, reply).catch((error: unknown) => done(failureOf(error)))
}

function refusalOf (settings: Settings, request: FastifyRequest, requirement: Requirement): typeof unauthorized | null {
  if (isPreflight(request)) return null
  const state = loginStateOf(request, settings)
  state.guarded = true
  // A route of another realm may have handed the request over to a not-found handler here: its user is none of ours.
  const active = state.settings.realm === settings.realm && state.isActive
  if (requirement === 'anonymous') return active ? alreadyLoggedIn : null
  if (!active) return unauthorized
  if (requirement === 'required') return null
  const within = requirement === 'fresh' ? settings.freshFor : requirement.within
  return state.isFresh(within, nowInSeconds()) ? null : needsRefresh
}
