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
import { absoluteTimeout, rememberDuration, type Terms } from './move.ts'
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
    ...store === null ? {} : { store }
  } as unknown as LoginOptions)
  writeAround(app)
  app.login.on('rememberTokenStolen', () => { (Ticket.current.getStore() as Ticket).alarm = true })
  app.post('/act', async (request, reply) => await handle(request, reply, witness))
  await app.ready()
  return app
}

async function handle (request: FastifyRequest, reply: FastifyReply, witness: Witness): Promise<string> {
  const ticket = Ticket.current.getStore() as Ticket
  ticket.before = see(request)
  writeSession(request, 'early')
  await ticket.pass('acting')
  ticket.ok = await act(request, ticket, witness)
  witness.acted(ticket)
  ticket.after = see(request)
  await ticket.pass('acted')
  writeSession(request, 'late')
  if (ticket.sending.fails === true) reply.code(500)
  return 'done'
}

function see (request: FastifyRequest): Seen {
  return {
    user: (request.currentUser as User | null)?.id ?? null,
    login: request.currentLogin?.id ?? null,
    fresh: request.loginFresh,
    remembered: request.loginRemembered
  }
}
