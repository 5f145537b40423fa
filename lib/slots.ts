/**
 * Where a request keeps its login state: symbols, so that no other plugin's decorator can be in the way.
 *
 * @module
 */
import type { FastifyReply, FastifyRequest } from 'fastify'
import { NotRegisteredError } from './errors.ts'
import { settingsOf, type Settings } from './settings.ts'
import { LoginState } from './state.ts'

const stateSlot = Symbol('fastify-login.state')
const replySlot = Symbol('fastify-login.reply')
const arrivalSlot = Symbol('fastify-login.arrival')
const momentSlot = Symbol('fastify-login.moment')
const successionsSlot = Symbol('fastify-login.successions')

// Not decorated: assigned in one place, in one order, they give requests one shape at half the cost.
interface Slots {
  [stateSlot]?: LoginState | null
  [replySlot]?: FastifyReply
  [arrivalSlot]: number
  [momentSlot]: number
  [successionsSlot]?: number
}

/** Notes the arrival of a request, in milliseconds, and its moment. Where it carries nothing to resolve, this is all that is kept of it. */
export function noteArrival (request: FastifyRequest, reply: FastifyReply, milliseconds: number, moment: number): void {
  const slots = request as unknown as Slots
  slots[replySlot] = reply
  slots[arrivalSlot] = milliseconds
  slots[momentSlot] = moment
  slots[stateSlot] = null
}

/** Notes, of a request that is not resolved, how many browsers had been given another login by then. */
export function noteSuccessions (request: FastifyRequest, { realm }: Settings): void {
  (request as unknown as Slots)[successionsSlot] = realm.successions.count
}

/** Whether the plugin's hook has seen the request. */
export function isResolved (request: FastifyRequest): boolean {
  return (request as unknown as Slots)[replySlot] !== undefined
}

/** The login state of a request; null if there was no reason to make one, undefined if the plugin's hook has not seen it. */
export function presentStateOf (request: FastifyRequest): LoginState | null | undefined {
  return (request as unknown as Slots)[stateSlot]
}

/** The login state of a request. */
export function loginStateOf (request: FastifyRequest, settings = settingsOf(request.server) as Settings): LoginState {
  const slots = request as unknown as Slots
  const present = slots[stateSlot]
  if (present !== null && present !== undefined) return present
  if (slots[replySlot] === undefined) throw new NotRegisteredError()
  const successions = slots[successionsSlot] ?? settings.realm.successions.count
  const state = new LoginState(request, slots[replySlot], settings, slots[arrivalSlot] / 1000, slots[momentSlot] / 1000, successions)
  slots[stateSlot] = state
  return state
}
