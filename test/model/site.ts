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
import { absoluteTimeout, rememberDuration, type Terms } from './move.ts'
import { registerSession, writeAround, writeSession } from './session-writes.ts'
import { Ticket, type Seen } from './ticket.ts'

/** What the site tells whoever follows it, at the moment when it is so. */
export interface Witness {
  readonly users: ReadonlyMap<string, User>
  changePassword (id: string): void
  acted (ticket: Ticket): void
  loggedOut (ticket: Ticket): void
  ended (loginId: string): void
  endedAll (userId: string, exceptId: string | null): void
}

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

async function act (request: FastifyRequest, ticket: Ticket, witness: Witness): Promise<boolean> {
  const { sending, before } = ticket
  const { login: manager } = request.server
  const { user, login: id } = before as Seen
  switch (sending.act) {
    case 'visit': return true
    case 'confirm': return user !== null && await request.confirmLogin()
    case 'logOut': {
      const ok = await request.logoutUser()
      witness.loggedOut(ticket)
      return ok
    }
    case 'endThis': {
      if (id === null) return false
      const ok = await manager.endLogin(id)
      witness.ended(id)
      return ok
    }
    case 'endOthers': {
      if (user === null) return false
      await manager.endLogins(user, { except: id })
      witness.endedAll(user, id)
      return true
    }
    case 'newPassword': {
      if (user === null || !witness.users.has(user)) return false
      witness.changePassword(user)
      return await request.confirmLogin(witness.users.get(user) as User)
    }
    default: return await logIn(request, ticket, witness)
  }
}

async function logIn (request: FastifyRequest, { remember, sending: { act, fresh } }: Ticket, witness: Witness): Promise<boolean> {
  const user = [...witness.users.values()].find(({ name }) => name === act.slice('logIn '.length))
  return user !== undefined && await request.loginUser(user, { remember, fresh: fresh !== false })
}
