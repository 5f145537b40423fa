/** The guards that an application writes by hand on a session, where it has no library for logins. */

import type { FastifyReply, FastifyRequest, HookHandlerDoneFunction } from 'fastify'
import { findUser, freshFor } from '../page.ts'
import type { User } from '../page.ts'

/** A request with a session of whichever plugin. */
export type Visit = FastifyRequest & {
  user: User | null
  session: {
    get: (name: string) => unknown
    set: (name: string, value: unknown) => void
    delete: () => void
    regenerate: () => Promise<void>
    destroy: () => Promise<void>
  }
}

export function proven ({ session }: Visit, user: User): void {
  session.set('userId', user.id)
  session.set('provenAt', Date.now())
}

export function requireUser (request: FastifyRequest, reply: FastifyReply, done: HookHandlerDoneFunction): void {
  if (loadUser(request as Visit)) done()
  else reply.code(401).send()
}

export function requireFreshUser (request: FastifyRequest, reply: FastifyReply, done: HookHandlerDoneFunction): void {
  const visit = request as Visit
  if (!loadUser(visit)) reply.code(401).send()
  else if (Date.now() >= Number(visit.session.get('provenAt')) + freshFor * 1000) reply.code(403).send()
  else done()
}

function loadUser (visit: Visit): boolean {
  const id = visit.session.get('userId')
  const user = typeof id === 'string' ? findUser(id) : undefined
  if (!user?.isActive) return false
  visit.user = user
  return true
}
