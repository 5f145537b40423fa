/**
 * Writes answers into the ledger: what they issued, and what ended with them.
 *
 * @module
 */
import { credentialsOf } from './judge.ts'
import type { Issued, Line } from './ledger.ts'
import { absoluteTimeout, rememberDuration } from './move.ts'
import type { Seen, Ticket } from './ticket.ts'
import { isCurrent, mayLetIn, type Setting } from './worth.ts'

export function record (setting: Setting, ticket: Ticket, now: number): void {
  const { ledger } = setting
  const { login, remember } = credentialsOf(ticket)
  noteUse(setting, ticket)
  noteRefusal(setting, ticket)
  if (ticket.alarm) ledger.end(ledger.cookie('remember', ticket.carried)?.line)
  if (login === undefined && remember === undefined) return
  const { user, login: id } = ticket.after as { user: string, login: string }
  const line = ledger.lineOf(id) ?? ledger.begin(id, user, ticket.beaten.has(user))
  if (line.endedTick === null && isBySomebodyElse(ticket, line)) line.contested = true
  const proves = isProof(ticket)
  if (proves) line.stamp = ticket.actedPassword
  if (login !== undefined) issueLogin(setting, ticket, line, id, login.value, now)
  if (remember !== undefined) issueRemember(setting, ticket, line, id, remember.value, now)
  if (proves && login !== undefined) {
    const begins = ticket.sending.act.startsWith('logIn')
    if (ticket.sending.fresh !== false || !begins) ledger.staleTicks.delete(id)
    if (begins) endOthers(setting, ticket, user)
  }
}

/** Whether what the answer sets proves an identity anew. */
function isProof ({ ok, sending: { act } }: Ticket): boolean {
  return ok && (act === 'confirm' || act === 'newPassword' || act.startsWith('logIn'))
}

function isBySomebodyElse ({ sending }: Ticket, line: Line): boolean {
  return sending.who === 'thief' && line.user.endsWith('-1')
}

function noteUse (setting: Setting, ticket: Ticket): void {
  const { ledger, terms } = setting
  const { login } = ticket.before as Seen
  if (login === null) return
  ledger.lastUses.set(login, Math.max(ticket.arrivedAt, ledger.lastUses.get(login) ?? 0))
  const cookie = ledger.cookie('login', ticket.carried)
  const remember = ledger.cookie('remember', ticket.carried)
  const byLogin = mayLetIn(setting, cookie, ticket) && cookie?.replacedTick === null
  if (byLogin && remember?.line === cookie.line && ticket.sending.fails !== true) remember.cameTick ??= ledger.next()
  if (byLogin && cookie.agent !== ticket.agent && terms.sessionProtection !== false && !ledger.staleTicks.has(login)) {
    ledger.staleTicks.set(login, ledger.next())
  }
}

/** A login ends that is used in another browser under strong protection, and one whose user is gone. */
function noteRefusal (setting: Setting, ticket: Ticket): void {
  const { ledger, terms } = setting
  const cookie = ledger.cookie('login', ticket.carried)
  const remember = ledger.cookie('remember', ticket.carried)
  if (cookie === undefined || !isCurrent(setting, cookie, ticket.arrivedAt) || cookie.tick > ticket.sentTick) return
  const idle = terms.idleTimeout !== null && ticket.arrivedAt >= (ledger.lastUses.get(cookie.login) ?? 0) + terms.idleTimeout
  if (idle) return
  // Without a store an older copy of a cookie knows an older use, by which it may have lapsed before it was looked at more closely.
  if (!setting.stored && terms.idleTimeout !== null && ledger.loginsOf(cookie.login).some(({ tick }) => tick > cookie.tick)) {
    cookie.line.contested = true
    return
  }
  const elsewhere = terms.sessionProtection === 'strong' && !terms.permanentSession && cookie.agent !== ticket.agent
  if (elsewhere && isCurrent(setting, remember, ticket.arrivedAt) && remember?.line.user === cookie.line.user) ledger.end(remember.line)
  if (elsewhere || ticket.loaded.get(cookie.line.user) === null) ledger.end(cookie.line)
}

function issueLogin (setting: Setting, ticket: Ticket, line: Line, id: string, value: string, now: number): void {
  const { ledger, stored } = setting
  const carried = ledger.cookie('login', ticket.carried)
  const proves = isProof(ticket)
  const touched = !stored && !proves && carried?.login === id ? carried : undefined
  const restoredFrom = ledger.cookie('remember', ticket.carried)
  const fresh = ticket.sending.fresh !== false || !ticket.sending.act.startsWith('logIn')
  const issued: Issued = {
    purpose: 'login',
    value,
    line,
    login: id,
    agent: touched?.agent ?? ticket.agent,
    stamp: proves ? ticket.actedPassword : touched?.stamp ?? (stored ? line.stamp : restoredFrom?.stamp ?? null),
    provenAt: proves ? fresh ? ticket.actedAt : null : touched?.provenAt ?? null,
    tick: ticket.committedTick ?? ledger.next(),
    expiresAt: touched?.expiresAt ?? now + absoluteTimeout,
    replacedAt: null,
    replacedTick: null,
    successor: null,
    cameTick: null
  }
  if (touched === undefined) for (const other of ledger.loginsOf(id)) replace(other, issued, now, ledger.next())
  else [issued.replacedAt, issued.replacedTick] = [touched.replacedAt, touched.replacedTick]
  ledger.issued.set(value, issued)
  ledger.lastUses.set(id, Math.max(now, ledger.lastUses.get(id) ?? 0))
}

function issueRemember (setting: Setting, ticket: Ticket, line: Line, id: string, value: string, now: number): void {
  const { ledger, terms, stored } = setting
  const carried = ledger.cookie('remember', ticket.carried)
  const own = carried?.line === line ? carried : undefined
  const again = ticket.sending.act.startsWith('logIn') && ticket.ok && ticket.remember
  const expiresAt = again || own === undefined || terms.refreshEachRequest ? now + rememberDuration : own.expiresAt
  const known = ledger.issued.get(value)
  if (known !== undefined) {
    known.expiresAt = Math.max(known.expiresAt, expiresAt)
    return
  }
  const issued: Issued = {
    purpose: 'remember',
    value,
    line,
    login: id,
    agent: ticket.agent,
    stamp: isProof(ticket) ? ticket.actedPassword : own?.stamp ?? null,
    provenAt: null,
    tick: ticket.committedTick ?? ledger.next(),
    expiresAt,
    replacedAt: null,
    replacedTick: null,
    successor: null,
    cameTick: null
  }
  ledger.issued.set(value, issued)
  const byLogin = mayLetIn(setting, ledger.cookie('login', ticket.carried), ticket)
  const predecessor = byLogin ? line.newest : own ?? line.newest
  const unseen = predecessor?.successor ?? null
  if (stored && unseen !== null) replace(unseen, issued, -Infinity, ledger.next())
  if (stored && predecessor !== null) replace(predecessor, issued, now, ledger.next())
  if (line.newest === null || line.newest.tick < issued.tick) line.newest = issued
}

function replace (older: Issued, newer: Issued, now: number, tick: number): void {
  const [before, after] = older.tick <= newer.tick ? [older, newer] : [newer, older]
  if (before.purpose === 'login' && before.replacedTick !== null) return
  before.replacedAt = now
  before.replacedTick ??= tick
  before.successor = after
}

/** What of another user the browser held ends with a login. */
function endOthers (setting: Setting, ticket: Ticket, user: string): void {
  const { ledger } = setting
  const held = ledger.lineOf((ticket.before as Seen).login)
  const remember = ledger.cookie('remember', ticket.carried)
  if (held !== undefined && held.user !== user) ledger.end(held)
  if (isCurrent(setting, remember, ticket.arrivedAt) && remember?.line.user !== user) ledger.end(remember?.line)
}
