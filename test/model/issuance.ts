/**
 * Writes the cookies that an answer sets into the ledger, and what they take the place of.
 *
 * @module
 */
import { isProof, provesFresh } from './judge.ts'
import type { Issued, Line } from './ledger.ts'
import { absoluteTimeout, rememberDuration } from './move.ts'
import type { Ticket } from './ticket.ts'
import type { Setting } from './worth.ts'

/** What a cookie has, whatever its purpose, that was not replaced yet. */
const current = { replacedFrom: null, replacedAt: null, replacedTick: null, successor: null, cameTick: null, hasLapsed: false }

export function issueLogin (setting: Setting, ticket: Ticket, line: Line, id: string, value: string, now: number): void {
  const { ledger, stored } = setting
  const carried = ledger.cookie('login', ticket.carried)
  const proves = isProof(ticket)
  const touched = !stored && !proves && carried?.login === id ? carried : undefined
  const restoredFrom = ledger.cookie('remember', ticket.carried)
  const [earliest, latest] = boundsOf(ticket, now)
  const issued: Issued = {
    ...current,
    purpose: 'login',
    value,
    line,
    login: id,
    agent: touched?.agent ?? ticket.agent,
    stamp: proves ? ticket.actedPassword : touched?.stamp ?? (stored ? line.stamp : restoredFrom?.stamp ?? null),
    provenAt: provesFresh(ticket) ? ticket.actedAt : touched?.provenAt ?? null,
    tick: ticket.committedTick ?? ledger.next(),
    goodUntil: touched?.goodUntil ?? Math.min(earliest + absoluteTimeout, boundOf(setting, ticket, line)),
    expiresAt: touched?.expiresAt ?? latest + absoluteTimeout
  }
  if (touched === undefined) for (const other of ledger.loginsOf(id)) replace(other, issued, [earliest, latest], ledger.next())
  else Object.assign(issued, { replacedFrom: touched.replacedFrom, replacedAt: touched.replacedAt, replacedTick: touched.replacedTick })
  ledger.issued.set(value, issued)
  ledger.lastUses.set(id, Math.max(latest, ledger.lastUses.get(id) ?? 0))
}

/** Between which times the request reckoned: the clock may have been set back meanwhile. */
function boundsOf ({ arrivedAt, actedAt }: Ticket, now: number): readonly [number, number] {
  return [Math.min(actedAt, now), Math.max(arrivedAt, actedAt, now)]
}

/** A remembered login ends at the latest with its remember cookie, whatever is proven meanwhile. */
function boundOf ({ ledger }: Setting, { carried, byLogin }: Ticket, { newest }: Line): number {
  const login = byLogin && newest !== null ? ledger.cookie('login', carried) : undefined
  return Math.min(login?.goodUntil ?? Infinity, ledger.cookie('remember', carried)?.goodUntil ?? Infinity)
}

export function issueRemember (setting: Setting, ticket: Ticket, line: Line, id: string, value: string, now: number): void {
  const { ledger, terms, stored } = setting
  const carried = ledger.cookie('remember', ticket.carried)
  const own = carried?.line === line ? carried : undefined
  const again = ticket.sending.act.startsWith('logIn') && ticket.ok && ticket.sending.remember === true
  const [earliest, latest] = boundsOf(ticket, now)
  const isNew = again || own === undefined || terms.refreshEachRequest
  const expiresAt = isNew ? latest + rememberDuration : own.expiresAt
  const goodUntil = isNew ? earliest + rememberDuration : own.goodUntil
  const known = ledger.issued.get(value)
  if (known !== undefined) {
    known.goodUntil = Math.max(known.goodUntil, goodUntil)
    known.expiresAt = Math.max(known.expiresAt, expiresAt)
    return
  }
  const issued: Issued = {
    ...current,
    purpose: 'remember',
    value,
    line,
    login: id,
    agent: ticket.agent,
    stamp: isProof(ticket) ? ticket.actedPassword : own?.stamp ?? null,
    provenAt: null,
    tick: ticket.committedTick ?? ledger.next(),
    goodUntil,
    expiresAt
  }
  ledger.issued.set(value, issued)
  const predecessor = ticket.byLogin ? line.newest : own ?? line.newest
  const unseen = predecessor?.successor ?? null
  if (stored && unseen !== null) replace(unseen, issued, [-Infinity, -Infinity], ledger.next())
  if (stored && predecessor !== null) replace(predecessor, issued, [earliest, latest], ledger.next())
  if (line.newest === null || line.newest.tick < issued.tick) line.newest = issued
}

function replace (older: Issued, newer: Issued, [from, to]: readonly [number, number], tick: number): void {
  const [before, after] = older.tick <= newer.tick ? [older, newer] : [newer, older]
  if (before.purpose === 'login' && before.replacedTick !== null) return
  before.replacedFrom = from
  before.replacedAt = to
  before.replacedTick ??= tick
  before.successor = after
}
