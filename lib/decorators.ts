/**
 * What requests are decorated with: getters that note that the answer depends on who asks, and the three calls.
 *
 * @module
 */
import type { FastifyInstance, FastifyRequest } from 'fastify'
import { confirmLogin } from './confirm.ts'
import { loginUser } from './login.ts'
import type { LoginUserOptions } from './login-options.ts'
import { logoutUser } from './logout.ts'
import { nextUrl } from './next-target.ts'
import { resolveLate } from './resolve.ts'
import { loginStateOf } from './slots.ts'
import { nowInSeconds, type LoginState } from './state.ts'
import type { User } from './user.ts'
import { isRemembered } from './carried-remember.ts'

/** Decorates requests, once for a scope and all inside it. */
export function decorateRequests (app: FastifyInstance): void {
  getter(app, 'currentUser', (state) => state.currentUser)
  getter(app, 'currentLogin', (state) => state.currentLogin)
  getter(app, 'loginLapse', (state) => state.lapse)
  getter(app, 'loginFresh', (state) => state.isFresh(state.settings.freshFor, nowInSeconds()))
  getter(app, 'loginRemembered', (state) => isRemembered(state, nowInSeconds()))
  app.decorateRequest('loginUser', function (this: FastifyRequest, user: User, options?: LoginUserOptions) {
    return call(this, (state) => loginUser(state, user, options))
  })
  app.decorateRequest('logoutUser', function (this: FastifyRequest) {
    return logoutUser(loginStateOf(this))
  })
  app.decorateRequest('confirmLogin', function (this: FastifyRequest, user?: User) {
    return call(this, (state) => confirmLogin(state, user))
  })
  app.decorateRequest('nextUrl', function (this: FastifyRequest, fallback: string) {
    return nextUrl(loginStateOf(this).settings, this, fallback)
  })
}

function getter (app: FastifyInstance, name: string, read: (state: LoginState) => unknown): void {
  app.decorateRequest(name as never, {
    getter (this: FastifyRequest) {
      const state = loginStateOf(this)
      state.consulted = true
      return read(state)
    }
  } as never)
}

// A promise in any case: a mistake in the arguments rejects, as everything else does.
async function call (request: FastifyRequest, run: (state: LoginState) => Promise<boolean>): Promise<boolean> {
  const state = loginStateOf(request)
  // On a route with `login: 'ignored'` nobody has asked yet what the request came with.
  if (!state.resolved || state.resolving !== null) await resolveLate(state)
  return await run(state)
}
