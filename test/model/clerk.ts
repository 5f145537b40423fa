/**
 * Writes answers into the ledger: what was used by them, what ended with them, and what they issued.
 *
 * @module
 */
import { issueLogin, issueRemember } from './issuance.ts'
import { credentialsOf, isProof, provesFresh } from './judge.ts'
import { longestRequest, type Line } from './ledger.ts'
import type { Seen, Ticket } from './ticket.ts'
import { isCurrent, mayLetIn, type Setting } from './worth.ts'

export function record (setting: Setting, ticket: Ticket, now: number): void {
  const { ledger } = setting
  const { login, remember } = credentialsOf(ticket)
  // Before it counts as a use: by then a login may have lapsed.
  ticket.byLogin = mayLetIn(setting, ledger.cookie('login', ticket.carried), ticket)
  noteRefusal(setting, ticket)
  noteUse(setting, ticket)
  if (ticket.alarm) ledger.end(ledger.cookie('remember', ticket.carried)?.line)
  if (login === undefined && remember === undefined) return
  const { user, login: id } = ticket.after as { user: string, login: string }
  const line = ledger.lineOf(id) ?? ledger.begin(id, user, ticket.beaten.has(user))
  if (line.endedTick === null && (isBySomebodyElse(ticket, line) || ticket.perhapsBeaten.has(user))) line.contested = true
  const proves = isProof(ticket)
  if (proves) line.stamp = ticket.actedPassword
  if (login !== undefined) issueLogin(setting, ticket, line, id, login.value, now)
  if (remember !== undefined) issueRemember(setting, ticket, line, id, remember.value, now)
  if (proves && login !== undefined) {
    if (provesFresh(ticket)) ledger.staleTicks.delete(id)
    if (ticket.sending.act.startsWith('logIn')) endOthers(setting, ticket, line)
  }
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
  const byLogin = ticket.byLogin && cookie?.replacedTick === null
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
  const mayHaveLapsed = !setting.stored && terms.idleTimeout !== null && ledger.loginsOf(cookie.login).some(({ tick }) => tick > cookie.tick)
  // Where the clocks differ, how long it was not used depends on who asks, and when.
  const isUnsure = !setting.hasOneClock && (terms.idleTimeout !== null || cookie.hasLapsed || ticket.arrivedAt >= cookie.goodUntil - longestRequest)
  // In the store it may have been replaced already: a copy of what was replaced ends nothing.
  if (isUnsure || mayHaveLapsed || setting.isChanging(cookie.login)) {
    cookie.line.contested = true
    return
  }
  const elsewhere = terms.sessionProtection === 'strong' && !terms.permanentSession && cookie.agent !== ticket.agent
  if (elsewhere && isCurrent(setting, remember, ticket.arrivedAt) && remember?.line.user === cookie.line.user) ledger.end(remember.line)
  if (elsewhere || ticket.loaded.get(cookie.line.user) === null) ledger.end(cookie.line)
}

/** What of another user the browser held ends with a login. */
function endOthers (setting: Setting, ticket: Ticket, begun: Line): void {
  const { ledger } = setting
  const { user } = begun
  const held = ledger.lineOf((ticket.before as Seen).login)
  const remember = ledger.cookie('remember', ticket.carried)
  if (held !== undefined && held.user !== user) {
    ledger.end(held)
    held.successor = begun
  }
  if (remember === undefined || remember.line.user === user || !isCurrent(setting, remember, ticket.arrivedAt)) return
  // Another request is ending it, and takes that back where its answer fails.
  if (setting.isChanging(remember.login)) remember.line.contested = true
  else ledger.end(remember.line)
}
