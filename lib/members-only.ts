/**
 * Guards every route of a scope at once.
 *
 * @module
 */
import type { FastifyInstance } from 'fastify'
import { InvalidArgumentError } from './errors.ts'
import { requireLogin } from './guards.ts'
import { settingsOf } from './settings.ts'
import type { GuardScope } from './typing.ts'

/**
 * Guards every route of a scope, before its body is read, and hands the scope back with `request.currentUser` typed
 * as a user. Use it inside `register`: on the root it guards the login page, too.
 *
 * @param realm - The realm that the scope must be of, for its type; the boot stops where it is of another.
 *
 * @example
 * import Fastify from 'fastify'
 * import { membersOnly } from 'fastify-login'
 *
 * const app = Fastify()
 * app.register(async (scope) => {
 *   const members = membersOnly(scope)
 *   members.get('/account', (request) => request.currentUser.id)
 * })
 */
export const membersOnly: GuardScope = (scope, realm) => {
  const app = scope as unknown as FastifyInstance
  if (typeof (app as Partial<FastifyInstance> | undefined)?.addHook !== 'function') {
    throw new InvalidArgumentError('fastify-login: membersOnly guards a scope and is not a hook. Call it with an instance: membersOnly(scope)')
  }
  app.addHook('preParsing', function requireLoginInScope (request, reply, _payload, done) {
    requireLogin(request, reply, done)
  })
  app.addHook('onReady', async () => {
    const name = settingsOf(app)?.realm.name
    if (name !== undefined && name !== (realm ?? '')) {
      throw new InvalidArgumentError(`membersOnly guards a scope of the realm '${name}', and was called for ${realm === undefined ? 'that of the registered user' : `'${realm}'`}: name the realm as its second argument`)
    }
  })
  return scope as never
}
