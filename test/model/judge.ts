/**
 * Judges an answer: what it must never show, whatever happened before (promises 2, 3, 4, 7 and 8).
 *
 * @module
 */
import assert from 'node:assert/strict'
import { setCookies, type SetCookie } from '../support/browser.ts'
import type { Issued, Line } from './ledger.ts'
import { statusOf } from './move.ts'
import type { Ticket, Seen } from './ticket.ts'
import { generationGrace, mayBeFresh, mayLetIn, mayRestore, resolvedAfter, type Setting } from './worth.ts'

/** The credentials that an answer sets. */
export function credentialsOf ({ answer }: Ticket): { login: SetCookie | undefined, remember: SetCookie | undefined } {
  const set = answer === null ? [] : setCookies(answer).filter(({ value }) => value !== '')
  return { login: set.find(({ name }) => name === 'login'), remember: set.find(({ name }) => name === 'remember_token') }
}

export function judge (setting: Setting, ticket: Ticket): void {
  const { answer, sending } = ticket
  assert.equal(answer?.statusCode, statusOf(sending), `an answer that nobody asked for: ${answer?.body}`)
  judgeResolution(setting, ticket, ticket.before as Seen)
  judgeAct(ticket, ticket.before as Seen, ticket.after as Seen)
  judgeCookies(setting, ticket)
  judgeSuccession(setting, ticket)
  const remember = setting.ledger.cookie('remember', ticket.carried)
  assert.ok(!ticket.alarm || remember?.line.contested === true, 'false alarm: no remember cookie of this login was stolen')
}

function judgeResolution (setting: Setting, ticket: Ticket, before: Seen): void {
  const { ledger } = setting
  assert.equal(before.user === null, before.login === null, 'a user without a login')
  if (before.user === null || before.login === null) return
  const carried = (['login', 'remember'] as const).map((purpose) => ledger.cookie(purpose, ticket.carried)) as [Issued | undefined, Issued | undefined]
  const line = ledger.lineOf(before.login)
  assert.ok(line !== undefined && carried.some((cookie) => cookie?.line === line), 'a login that no cookie of the request was issued for')
  assert.equal(before.user, line.user, 'the login of another user')
  assert.ok(line.endedTick === null || line.endedTick > resolvedAfter(setting, ticket), 'a login that had ended')
  assert.ok(mayLetIn(setting, carried[0], ticket) || mayRestore(setting, carried[1], ticket), 'a login by cookies that are worth nothing any more')
  assert.ok(!before.fresh || mayBeFresh(setting, carried[0], ticket), 'fresh without a proof of identity')
}

/** Whether an act proved an identity. */
export function isProof ({ ok, sending: { act } }: Ticket): boolean {
  return ok && (act === 'confirm' || act === 'newPassword' || act.startsWith('logIn'))
}

/** Whether an act proved an identity so that the login is fresh by it. */
export function provesFresh (ticket: Ticket): boolean {
  const { act, fresh } = ticket.sending
  return isProof(ticket) && (fresh !== false || !act.startsWith('logIn'))
}

function judgeAct (ticket: Ticket, before: Seen, after: Seen): void {
  const { sending: { act }, ok, loaded } = ticket
  assert.ok(!after.fresh || before.fresh || provesFresh(ticket), 'fresh without a proof of identity, after the act')
  assert.ok(before.user === null || loaded.get(before.user) !== null, 'a user who is gone')
  if (act === 'logOut') assert.equal(after.user, null, 'logged in after a logout')
  else if (act.startsWith('logIn') && ok) assert.ok(after.user?.endsWith(act.slice('logIn'.length).replace(' ', '-')), 'not the user who logged in')
  else assert.deepEqual([after.user, after.login], [before.user, before.login], 'another login after the act')
}

/** A login as another user takes the place of the login that the request came with: one does, and then no other (promise 8). */
function judgeSuccession ({ ledger }: Setting, ticket: Ticket): void {
  const [before, after] = [ticket.before, ticket.after].map((seen) => ledger.lineOf(seen?.login ?? null)) as [Line | undefined, Line | undefined]
  if (credentialsOf(ticket).login === undefined || before === undefined || before.user === ticket.after?.user) return
  assert.ok(before.successor === null || before.successor === after, 'two logins in the place of one')
}

/** A login that nothing overlapped has come about: it began after whatever was ended before it. */
export function judgeLogin (setting: Setting, ticket: Ticket, now: number): void {
  const { ok, before, after, sending } = ticket
  // A list that forgets may end the login that the request came with, while it is at it.
  if (setting.terms.endedLogins !== undefined && before?.login !== null) return
  if (!ok || !sending.act.startsWith('logIn') || statusOf(sending) >= 400 || sending.hold !== undefined) return
  // What another process ended counts until its time has come, if that is soon.
  if (setting.stored && setting.terms.twoProcesses && setting.hasJustEnded(after?.user ?? '', ticket.arrivedAt, now)) return
  assert.notEqual(credentialsOf(ticket).login, undefined, 'a login that succeeded set no cookie')
}

function judgeCookies (setting: Setting, ticket: Ticket): void {
  const { ledger } = setting
  const lines = setCookies(ticket.answer as NonNullable<Ticket['answer']>).map(({ name }) => name)
  const isPrivate = ticket.answer?.headers['cache-control'] === 'no-store'
  assert.ok(isPrivate || !lines.some((name) => name === 'login' || name === 'remember_token'), 'a response that caches may keep sets or clears a cookie')
  const { login, remember } = credentialsOf(ticket)
  if (login === undefined && remember === undefined) return
  assert.notEqual(ticket.sending.fails, true, 'a credential in an answer of 5xx')
  const { login: id } = ticket.after as Seen
  assert.notEqual(id, null, 'a credential for nobody')
  const line = ledger.lineOf(id)
  const begins = ticket.ok && ticket.sending.act.startsWith('logIn')
  assert.ok(line !== undefined || begins, 'a login that nobody began')
  const noticed = ticket.wasHeldBeforeCommit ? ticket.releasedTick as number : ticket.sentTick
  const ended = line?.endedTick ?? null
  assert.ok(ended === null || ended > noticed, 'a credential of a login that had ended')
  const carried = ledger.cookie('login', ticket.carried)
  // A login cookie that strong protection refuses, or that is too old, leaves the request to its remember cookie.
  const { replacedFrom, replacedAt, replacedTick } = carried ?? { replacedFrom: null, replacedAt: null, replacedTick: null }
  const isSetBack = (replacedTick ?? Infinity) < setting.setBackTick || ticket.arrivedAt < (replacedAt ?? -Infinity) - 60
  const isOver = ticket.arrivedAt >= (replacedFrom ?? Infinity) + generationGrace || isSetBack
  const letIn = carried !== undefined && !isOver && mayLetIn(setting, carried, ticket)
  // A login by name and password begins another where the cookie had been replaced.
  const anew = begins && id !== ticket.before?.login
  assert.ok(anew || !letIn || carried.replacedTick === null || carried.replacedTick > noticed, 'a credential by a login cookie that had been replaced')
}
