/**
 * What a handler of the model does, and what it tells of it.
 *
 * @module
 */
import type { FastifyRequest } from 'fastify'
import type { User } from '../support/user.ts'
import type { Seen, Ticket } from './ticket.ts'

/** What the site tells whoever follows it, at the moment when it is so. */
export interface Witness {
  readonly users: ReadonlyMap<string, User>
  changePassword (id: string): void
  acted (ticket: Ticket): void
  loggedOut (ticket: Ticket): void
  ended (loginId: string, wasKnown: boolean): void
  endingAll (ticket: Ticket, userId: string, exceptId: string | null): void
  endedAll (ticket: Ticket, userId: string, exceptId: string | null): void
}

/** Does what the request asks for; whether it came about. */
export async function act (request: FastifyRequest, ticket: Ticket, witness: Witness): Promise<boolean> {
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
      witness.ended(id, ok)
      return ok
    }
    case 'endOthers': {
      if (user === null) return false
      witness.endingAll(ticket, user, id)
      await manager.endLogins(user, { except: id })
      witness.endedAll(ticket, user, id)
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

async function logIn (request: FastifyRequest, { sending: { act, remember, fresh } }: Ticket, witness: Witness): Promise<boolean> {
  const user = [...witness.users.values()].find(({ name }) => name === act.slice('logIn '.length))
  return user !== undefined && await request.loginUser(user, { remember: remember === true, fresh: fresh !== false })
}
