/**
 * What the boot says once: what this configuration cannot do, and what is missing beside it.
 *
 * @module
 */
import cluster from 'node:cluster'
import type { FastifyInstance } from 'fastify'
import { InvalidOptionError } from './errors.ts'
import { isOwn } from './own-pages.ts'
import type { Settings } from './settings.ts'

/** Notes for the outermost registration. */
export function noteBoot (app: FastifyInstance, settings: Settings): void {
  if (settings.store !== null) return
  const level = settings.production || cluster.isWorker ? 'warn' : 'info'
  app.log[level]('fastify-login keeps logins without a store: a logout, a revocation or a stale mark holds in this ' +
    'process until it restarts, and no other process knows of it. The option store changes that')
}

/** A note for an application whose middleware runs before the plugin does. */
export function noteMiddleware (app: FastifyInstance, { defaultLogin }: Settings): void {
  if (defaultLogin !== 'required') return
  app.log.warn('fastify-login: middleware (@fastify/middie or @fastify/express) was registered before fastify-login, so it answers ' +
    "before anybody is asked to log in, although defaultLogin is 'required'. Register it after fastify-login")
}

/**
 * Logs what the store has to say about its server. Nobody waits for it, so that a server that is away does not stop the
 * boot. Some hosts do not let it be asked, which is no reason to worry their users.
 */
export async function noteStore (app: FastifyInstance, { store }: Settings): Promise<void> {
  try {
    for (const warning of await store?.warnings?.() ?? []) app.log.warn(`fastify-login: ${warning}`)
  } catch (error) {
    app.log.debug({ err: error }, 'fastify-login could not find out whether the server behind its store is set up as ' +
      'it should be: the server did not answer, or does not allow the question')
  }
}

/** Notes for every registration, once all plugins are there. */
export function noteScope (app: FastifyInstance, settings: Settings, sawLocals: boolean): void {
  const { loginPath, refreshPath, origin, nextIn } = settings
  if (nextIn === 'session' && !app.hasRequestDecorator('session')) {
    throw new InvalidOptionError("The option nextIn of fastify-login is 'session', and this scope has no session: register @fastify/session or @fastify/secure-session before it")
  }
  for (const [name, page] of Object.entries({ loginPath, refreshPath })) {
    if (page !== null && origin === null && !isOwn(page, null)) {
      app.log.warn(`fastify-login: ${name} is on another site and the option origin is not set, so visitors are not brought back. Set origin, such as 'https://www.example.org'`)
    }
  }
  if (!sawLocals && app.hasReplyDecorator('locals')) {
    app.log.warn('fastify-login was registered before @fastify/view, so templates have no currentUser: register @fastify/view first')
  }
}
