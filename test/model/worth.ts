/**
 * What a cookie of the ledger may be worth to a request at the most: the rules of the design.
 *
 * @module
 */
import type { Issued, Ledger } from './ledger.ts'
import type { Terms } from './move.ts'
import type { Ticket } from './ticket.ts'

/** For how long an older login cookie, and an older remember cookie, is still accepted. */
export const generationGrace = 10
const validatorGrace = 60

/** A grace that seems to begin later than this has been over since the clock was set back. */
const longestWait = 300

export interface Setting {
  readonly ledger: Ledger
  readonly terms: Terms
  readonly stored: boolean
  /** Whether all processes have gone by one clock, which was never set back. */
  readonly hasOneClock: boolean
  /** When the clock was last set back, in the order of things. */
  readonly setBackTick: number
  /** Whether all logins of a user were ended at a time after this arrival, but not long after now, by whichever clock. */
  hasJustEnded (user: string, arrivedAt: number, now: number): boolean
  /** Whether a change of this login is in the store already, and its answer not out. */
  isChanging (login: string): boolean
}

/** From when on an end must be seen: what another process does is seen when a request arrives. */
export function resolvedAfter ({ terms, stored }: Setting, ticket: Ticket): number {
  return stored && terms.twoProcesses ? ticket.sentTick : ticket.resolvedAfter
}

/** Whether it was replaced when the request was resolved. */
function wasReplaced (setting: Setting, cookie: Issued, ticket: Ticket): boolean {
  return cookie.replacedTick !== null && cookie.replacedTick <= resolvedAfter(setting, ticket)
}

/** Whether what was replaced may still be accepted for these seconds. */
function mayBeAccepted ({ stored }: Setting, { replacedFrom, replacedAt }: Issued, seconds: number, { arrivedAt }: Ticket): boolean {
  if (arrivedAt >= (replacedAt ?? 0) + seconds) return false
  return !stored || arrivedAt >= (replacedFrom ?? 0) - seconds - longestWait
}

/** Whether a login cookie may let this request in. */
export function mayLetIn (setting: Setting, cookie: Issued | undefined, ticket: Ticket): boolean {
  const { ledger, terms } = setting
  if (cookie === undefined || cookie.login !== ticket.before?.login) return false
  const replaced = wasReplaced(setting, cookie, ticket)
  // What was good when the request arrived is good enough for it.
  const wasGood = (cookie.replacedTick ?? Infinity) > ticket.sentTick
  if (replaced && !wasGood && !mayBeAccepted(setting, cookie, generationGrace, ticket)) return false
  if (cookie.replacedTick === null && cookie.stamp !== ticket.loaded.get(cookie.line.user) && !setting.isChanging(cookie.login)) return false
  const lastUse = ledger.lastUses.get(cookie.login) ?? 0
  if (ticket.arrivedAt >= cookie.expiresAt || (terms.idleTimeout !== null && ticket.arrivedAt >= lastUse + terms.idleTimeout)) return false
  return terms.sessionProtection !== 'strong' || terms.permanentSession || ticket.agent === cookie.agent
}

/** Whether a login cookie may make this request fresh. */
export function mayBeFresh (setting: Setting, cookie: Issued | undefined, ticket: Ticket): boolean {
  const { ledger, terms } = setting
  if (cookie === undefined || cookie.provenAt === null || !mayLetIn(setting, cookie, ticket) || wasReplaced(setting, cookie, ticket)) return false
  if (terms.freshFor !== null && ticket.arrivedAt >= cookie.provenAt + terms.freshFor) return false
  if (terms.sessionProtection === false) return true
  const staleTick = ledger.staleTicks.get(cookie.login)
  return ticket.agent === cookie.agent && (staleTick === undefined || staleTick > ticket.sentTick)
}

/** Whether a remember cookie may let this request in. */
export function mayRestore (setting: Setting, cookie: Issued | undefined, ticket: Ticket): boolean {
  if (cookie === undefined || cookie.line !== setting.ledger.lineOf(ticket.before?.login ?? null)) return false
  if (ticket.arrivedAt >= cookie.expiresAt) return false
  if (!setting.stored) return cookie.stamp === ticket.loaded.get(cookie.line.user)
  if (cookie.replacedTick === null || cookie.replacedTick > ticket.sentTick) return true
  if (mayBeAccepted(setting, cookie, validatorGrace, ticket)) return true
  const { replacedTick, cameTick } = cookie.successor as Issued
  return (replacedTick ?? Infinity) > ticket.sentTick && (cameTick ?? Infinity) > ticket.sentTick
}

/** Whether a cookie is good beyond doubt, so that a logout that brings it ends its line. */
export function isCurrent ({ stored, terms }: Pick<Setting, 'stored' | 'terms'>, cookie: Issued | undefined, now: number): boolean {
  // A list that forgets may have ended any of them.
  if (terms.endedLogins !== undefined) return false
  if (cookie === undefined || now >= cookie.expiresAt || cookie.line.endedTick !== null) return false
  return cookie.purpose === 'login' || stored ? cookie.replacedTick === null : true
}
