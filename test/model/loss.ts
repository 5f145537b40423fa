/**
 * Judges a request that no other of its browser overlapped: no login was lost, and no proof of identity (promise 8).
 *
 * @module
 */
import assert from 'node:assert/strict'
import type { User } from '../support/user.ts'
import type { Terms } from './move.ts'
import type { Tally } from './tally.ts'
import type { Ticket } from './ticket.ts'
import type { Visitor } from './visitor.ts'

interface Asked { readonly terms: Terms, readonly stored: boolean, readonly users: ReadonlyMap<string, User>, readonly tally: Tally }

export function judgeLoss ({ terms, stored, users, tally }: Asked, visitor: Visitor, ticket: Ticket): void {
  // A list that forgets may log anybody out.
  if (terms.endedLogins !== undefined) return
  const present = { terms, stored, passwordOf: (user: string) => users.get(user)?.passwordHash ?? null }
  const expected = [...visitor.expected ?? []].join(' or ')
  if (visitor.isLoginDue(ticket, present)) tally.count('login due')
  assert.ok(visitor.isAsExpected(ticket, present), `a login was lost: ${String(ticket.before?.user)} is logged in, not ${expected}`)
  if (!visitor.isProofDue(ticket, present)) return
  tally.count('proof due')
  assert.equal(ticket.before?.fresh, true, 'a proof of identity was lost')
}
