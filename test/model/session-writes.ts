/**
 * An application that writes its session whenever a request of the model says so.
 *
 * @module
 */
import type { FastifyInstance, FastifyRequest } from 'fastify'
import { sessionOf, type SessionPlugin } from '../support/sessions.ts'
import type { Moment } from './move.ts'
import { Ticket } from './ticket.ts'

const usually: readonly Moment[] = ['early', 'late']

/** Writes something of this moment, if the request is one that writes then. */
export function writeSession (request: FastifyRequest, moment: Moment): void {
  const { sending: { writes = usually }, sentTick } = Ticket.current.getStore() as Ticket
  if (writes.includes(moment)) sessionOf(request).set(moment, sentTick)
}

/** Registers the session plugin; what is written in this `onSend` hook it still keeps. */
export async function registerSession (app: FastifyInstance, session: SessionPlugin): Promise<void> {
  app.addHook('onSend', async (request) => writeSession(request, 'onSend'))
  await session.register(app)
}

/** Writes around what the login plugin does, which is registered by now. */
export function writeAround (app: FastifyInstance): void {
  app.addHook('preHandler', async (request) => writeSession(request, 'preHandler'))
  app.addHook('onSend', async (request) => writeSession(request, 'afterwards'))
}
