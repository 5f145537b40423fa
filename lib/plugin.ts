/**
 * Wires the plugin into a scope: decorators and hooks, no logic.
 *
 * @module
 */
import cookie from '@fastify/cookie'
import type { FastifyInstance } from 'fastify'
import fastifyPlugin from 'fastify-plugin'
import type { LoginPlugin } from './augmentation.ts'
import { noteBoot, noteMiddleware, noteScope, noteStore } from './boot-notes.ts'
import { decorateRequests } from './decorators.ts'
import { requireAnonymous, requireFreshLogin, requireFreshLoginWithin, requireLogin } from './guards.ts'
import { askNotFound, commitAnswer, noteUnseen, resolveRequest } from './hooks.ts'
import { LoginManager } from './manager.ts'
import type { LoginOptions } from './options.ts'
import { hasMiddleware } from './route-policy.ts'
import { openScope, type ScopeOptions } from './scope.ts'
import { settingsOf } from './settings.ts'
import { checkRoutes } from './unguarded-routes.ts'

async function login (app: FastifyInstance, options: LoginOptions): Promise<void> {
  const outermost = settingsOf(app) === undefined
  if (!app.hasPlugin('@fastify/cookie')) await app.register(cookie)
  const settings = await openScope(app, options as unknown as ScopeOptions)
  app.decorate('login', new LoginManager(settings))
  const sawLocals = app.hasReplyDecorator('locals')
  app.addHook('onReady', async () => noteScope(app, settings, sawLocals))
  if (!outermost) return
  if (hasMiddleware(app)) app.addHook('onReady', async () => noteMiddleware(app, settings))
  app.addHook('onReady', async () => {
    noteBoot(app, settings)
    noteStore(app, settings)
  })
  app.addHook('onReady', async () => checkRoutes(app, options.thisScopeOnly === true))
  app.decorate('requireLogin', requireLogin)
  app.decorate('requireFreshLogin', requireFreshLogin)
  app.decorate('requireFreshLoginWithin', requireFreshLoginWithin)
  app.decorate('requireAnonymous', requireAnonymous)
  decorateRequests(app)
  app.addHook('onRequest', resolveRequest)
  app.addHook('preHandler', askNotFound)
  app.addHook('onSend', commitAnswer)
  app.addHook('onError', noteUnseen)
}

/**
 * Registers login sessions in a scope and all scopes inside it; in an inner scope, overrides what is passed.
 * Stops the boot with `FST_LOGIN_INVALID_OPTION` where an option is missing or wrong.
 *
 * @example
 * import Fastify from 'fastify'
 * import login from 'fastify-login'
 *
 * const users = new Map([['1', { id: '1' }]])
 * const app = Fastify()
 * await app.register(login, {
 *   key: 'a secret of at least thirty-two bytes',
 *   loadUser: (id) => users.get(id)
 * })
 */
export const fastifyLogin = fastifyPlugin(login, { name: 'fastify-login', fastify: '>=5.4.0 <6' }) as unknown as LoginPlugin
