/**
 * The guards of routes: hooks that let a request through or have it answered.
 *
 * @module
 */
import type { FastifyReply, FastifyRequest, HookHandlerDoneFunction } from 'fastify'
import { alreadyLoggedIn, needsRefresh, unauthorized } from './answers.ts'
import { failureOf, isThenable } from './chain.ts'
import { AlreadyLoggedInError, InvalidArgumentError, NeedsRefreshError, NotRegisteredError, UnauthorizedError } from './errors.ts'
import { checkGuardCall, isRequestPayload, misuse } from './guard-calls.ts'
import { kindOf } from './kind-of.ts'
import { isPreflight } from './preflight.ts'
import { settingsOf, type Settings } from './settings.ts'
import { nowInSeconds } from './state.ts'
import { isResolved, loginStateOf } from './slots.ts'
import type { AnonymousGuard, AnyReply, AnyRequest, Guard } from './typing.ts'

/** What a route asks of a request; `within`: seconds since the last proof of identity. */
export type Requirement = 'required' | 'fresh' | 'anonymous' | { readonly within: number }

/** A guard as a hook calls it: with `done`, after a payload as `preParsing`, or with neither, to be awaited. */
type Called = (request: AnyRequest, reply: AnyReply, done?: unknown, doneAfterPayload?: unknown) => void | Promise<void>

/**
 * Lets active users through, as `onRequest`, `preValidation` or `preHandler` hook; others are answered 401
 * (`FST_LOGIN_UNAUTHORIZED`) or sent to `loginPath`. CORS preflights pass where OPTIONS is the only method of the
 * route. Without `done` it returns a promise, which rejects for those who are refused, once their answer is out.
 *
 * @example
 * import Fastify from 'fastify'
 * import { requireLogin } from 'fastify-login'
 *
 * const app = Fastify()
 * app.get('/settings', { preHandler: requireLogin }, (request) => request.currentUser.id)
 */
export const requireLogin = guardFor('requireLogin', 'required') as Guard

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
export const requireFreshLogin = guardFor('requireFreshLogin', 'fresh') as Guard

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
    throw new InvalidArgumentError('fastify-login: requireFreshLoginWithin makes a guard for a positive number of seconds, ' +
      `and was given ${typeof seconds === 'number' ? seconds : kindOf(seconds)}. Write preHandler: requireFreshLoginWithin(60)`)
  }
  return guardFor(`requireFreshLoginWithin(${seconds})`, { within: seconds }) as Guard
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
export const requireAnonymous = guardFor('requireAnonymous', 'anonymous') as AnonymousGuard

function guardFor (name: string, requirement: Requirement): Called {
  const guard: Called = (request, reply, done, doneAfterPayload) => {
    if (typeof done === 'function' && request?.server !== undefined) {
      return enforceIfRegistered(request, reply, done as HookHandlerDoneFunction, requirement)
    }
    checkGuardCall(name, request, reply, done, doneAfterPayload)
    if (doneAfterPayload === undefined) return awaited(request, reply, requirement)
    const next = doneAfterPayload as HookHandlerDoneFunction
    if (isRequestPayload(request, done)) enforceIfRegistered(request, reply, next, requirement)
    else next(misuse(`${name} ran after the handler, when the answer was made already. Use it as onRequest, preValidation or preHandler`))
  }
  return Object.defineProperty(guard, 'name', { value: name })
}

function enforceIfRegistered (request: FastifyRequest, reply: FastifyReply, done: HookHandlerDoneFunction, requirement: Requirement): void {
  const settings = settingsOf(request.server)
  if (settings === undefined || !isResolved(request)) done(new NotRegisteredError())
  else enforce(settings, request, reply, done, requirement)
}

/** Asks a requirement of a resolved request: goes on, or has it answered. */
export function enforce (
  settings: Settings, request: FastifyRequest, reply: FastifyReply, done: HookHandlerDoneFunction, requirement: Requirement
): void {
  const refusal = refusalOf(settings, request, requirement)
  if (refusal === null) done()
  else refuse(refusal, settings, request, reply, done)
}

function refuse (
  { answer, Refused }: Refusal, settings: Settings, request: FastifyRequest, reply: FastifyReply, done: HookHandlerDoneFunction
): void {
  let answering
  try {
    // It cannot be answered a second time, as in onResponse.
    if (reply.sent) throw new Refused()
    answering = answer(settings, request, reply)
  } catch (error) {
    done(failureOf(error))
    return
  }
  if (isThenable(answering)) answering.then(undefined, (error: unknown) => done(failureOf(error)))
}

/**
 * Asks a requirement without `done`. Whoever is refused is answered here, and the promise rejects once the answer is
 * out: in a hook Fastify stops then, and in a handler nothing runs that stands after the guard.
 */
function awaited (request: FastifyRequest, reply: FastifyReply, requirement: Requirement): Promise<void> {
  const passing = passOrAnswer(request, reply, requirement)
  // The answer is sent all the same where nobody awaits the guard, and the process must not end by it.
  passing.catch(() => {})
  return passing
}

async function passOrAnswer (request: FastifyRequest, reply: FastifyReply, requirement: Requirement): Promise<void> {
  let failure: Error
  try {
    const settings = settingsOf(request.server)
    if (settings === undefined || !isResolved(request)) throw new NotRegisteredError()
    const refusal = refusalOf(settings, request, requirement)
    if (refusal === null) return
    failure = new refusal.Refused()
    if (reply.sent) throw failure
    const answering = refusal.answer(settings, request, reply)
    if (isThenable(answering)) await answering
  } catch (error) {
    failure = failureOf(error)
    if (!reply.sent) reply.send(failure instanceof Error ? failure : Object.assign(failureOf(undefined), { cause: failure }))
  }
  await reply
  throw failure
}

interface Refusal {
  readonly answer: typeof unauthorized
  /** The error of those who are refused. */
  readonly Refused: new () => Error
}

const refusals = {
  unauthorized: { answer: unauthorized, Refused: UnauthorizedError },
  needsRefresh: { answer: needsRefresh, Refused: NeedsRefreshError },
  alreadyLoggedIn: { answer: alreadyLoggedIn, Refused: AlreadyLoggedInError }
} satisfies Record<string, Refusal>

function refusalOf (settings: Settings, request: FastifyRequest, requirement: Requirement): Refusal | null {
  if (isPreflight(request)) return null
  const state = loginStateOf(request, settings)
  state.guarded = true
  // A route of another realm may have handed the request over to a not-found handler here: its user is none of ours.
  const active = state.settings.realm === settings.realm && state.isActive
  if (requirement === 'anonymous') return active ? refusals.alreadyLoggedIn : null
  if (!active) return refusals.unauthorized
  if (requirement === 'required') return null
  const within = requirement === 'fresh' ? settings.freshFor : requirement.within
  return state.isFresh(within, nowInSeconds()) ? null : refusals.needsRefresh
}
