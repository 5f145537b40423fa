/**
 * Who should be logged in after requests that were under way together, as far as that can be told.
 *
 * @module
 */
import { credentialsOf } from './judge.ts'
import { statusOf } from './move.ts'
import type { Ticket } from './ticket.ts'

/** Users of whom one should be logged in; null among them: it may be nobody. */
export type Users = ReadonlySet<string | null>

export const anybody = null

export interface Settlement {
  /** Null: whoever it may be. */
  readonly expected: Users | null
  /** The login that it depends on alone from here on. */
  readonly begunBy?: Ticket | undefined
}

export function settle (expected: Users | null, batch: readonly Ticket[]): Settlement {
  const unknown = { expected: anybody }
  if (expected === anybody || batch.some(({ lost, sending: { act } }) => lost && act !== 'visit')) return unknown
  const counts = batch.filter(({ sending }) => sending.act === 'logOut' || (sending.act.startsWith('logIn') && statusOf(sending) < 400))
  const setting = batch.filter((ticket) => credentialsOf(ticket).login !== undefined)
  const logins = counts.filter(({ ok, sending: { act } }) => act !== 'logOut' && ok)
  const logouts = counts.filter(({ sending: { act } }) => act === 'logOut')
  const users = logins.map(({ after }) => after?.user as string)
  if (logins.some((ticket) => !setting.includes(ticket))) return unknown
  if (counts.length === 0 || (logouts.length === 0 && users.every((user) => isOnly(expected, user)))) return { expected }
  if (logouts.length === 0 && setting.length === 1) return { expected: new Set(users), begunBy: logins[0] }
  if (logins.length === 0 && logouts.length > 0) return { expected: new Set([null]) }
  const first = logins[0] as Ticket
  const isLast = logouts.every(({ actedTick }) => actedTick as number < first.sentTick)
  return setting.length === 1 && isLast && first.carried.size > 0 ? { expected: new Set(users), begunBy: first } : unknown
}

function isOnly (expected: Users, user: string): boolean {
  return expected.size === 1 && expected.has(user)
}
