/**
 * The application of the model: one route that acts as a request asks, and writes its session beside.
 *
 * @module
 */
import Fastify, { type FastifyInstance, type FastifyReply, type FastifyRequest } from 'fastify'
import login, { type LoginOptions, type LoginStore } from 'fastify-login'
import { key } from '../support/app.ts'
import type { SessionPlugin } from '../support/sessions.ts'
import type { User } from '../support/user.ts'
import { act, type Witness } from './act.ts'
import { absoluteTimeout, rememberDuration, statusOf, type Act, type Terms } from './move.ts'
import { registerSession, writeAround, writeSession } from './session-writes.ts'
import { Ticket, type Seen } from './ticket.ts'

export async function createSite (store: LoginStore | null, session: SessionPlugin, terms: Terms, witness: Witness): Promise<FastifyInstance> {
  const app = Fastify()
  await registerSession(app, session)
  const { slowLoader, idleTimeout, freshFor, sessionProtection, permanentSession, refreshEachRequest } = terms
  const read = (id: string) => {
    const user = witness.users.get(id) ?? null
    const ticket = Ticket.current.getStore()
    if (ticket !== undefined && !ticket.loaded.has(id)) ticket.loaded.set(id, user?.passwordHash ?? null)
    return user
  }
  const readSlowly = async (id: string) => {
    const ticket = Ticket.current.getStore()
    await ticket?.pass('loading')
    const user = read(id)
    await ticket?.pass('loaded')
    return user
  }
  await app.register(login, {
    key,
    loadUser: slowLoader ? readSlowly : read,
    authHash: (user: User) => user.passwordHash ?? null,
    absoluteTimeout,
    idleTimeout,
    freshFor,
    sessionProtection,
    permanentSession,
    remember: { duration: rememberDuration, refreshEachRequest },
    ...terms.endedLogins !== undefined && { endedLogins: terms.endedLogins },
    ...store === null ? {} : { store }
  } as unknown as LoginOptions)
  writeAround(app)
  failLate(app)
  app.login.on('rememberTokenStolen', () => { (Ticket.current.getStore() as Ticket).alarm = true })
  app.post('/act', async (request, reply) => await handle(request, reply, witness))
  await app.ready()
  return app
}

async function handle (request: FastifyRequest, reply: FastifyReply, witness: Witness): Promise<unknown> {
  const ticket = Ticket.current.getStore() as Ticket
  ticket.before = see(request)
  writeSession(request, 'early')
  await ticket.pass('acting')
  ticket.ok = await act(request, ticket, witness)
  witness.acted(ticket)
  ticket.after = see(request)
  if (statusOf(ticket.sending) >= 400 && isPrepared(ticket.sending.act)) ticket.isRefused()
  await ticket.pass('acted')
  writeSession(request, 'late')
  const { late, responds } = ticket.sending
  const status = late === true ? 200 : statusOf(ticket.sending)
  if (responds === true) return new Response('done', { status, headers: { 'cache-control': 'public, max-age=60' } })
  reply.code(status)
  return 'done'
}

/** Fails as the request says, once the plugin has committed what it prepared. */
function failLate (app: FastifyInstance): void {
  app.addHook('onSend', async (_request, reply) => {
    const { sending } = Ticket.current.getStore() as Ticket
    const statusCode = statusOf(sending)
    if (sending.late === true && reply.statusCode < 400 && statusCode >= 400) throw Object.assign(new Error('late'), { statusCode })
  })
}

/** Whether an act takes effect with the response only. */
function isPrepared (act: Act): boolean {
  return act === 'confirm' || act === 'newPassword' || act.startsWith('logIn')
}

function see (request: FastifyRequest): Seen {
  return {
    user: (request.currentUser as User | null)?.id ?? null,
    login: request.currentLogin?.id ?? null,
    fresh: request.loginFresh,
    remembered: request.loginRemembered
  }
}
