/**
 * Makes the moves of a sequence; what cannot be done at the time is passed over.
 *
 * @module
 */
import { lineIdOf, type Issued } from './ledger.ts'
import type { Move } from './move.ts'
import type { World } from './world.ts'

/** Whether a move can be made now. */
export function isPossible (world: World, move: Move): boolean {
  switch (move.move) {
    case 'send': case 'race': case 'rotate': return world.waiting.length + world.travelling.length < 4
    case 'release': return world.waiting.length > 0
    case 'deliver': return world.travelling.length > 0
    case 'dig': return world.ledger.issued.size > 0
    case 'hand': return move.from !== move.to && world.visitors[move.from].browser.cookies.has(move.cookie)
    case 'alter': return world.visitors[move.who].browser.cookies.has(move.cookie)
    case 'end': return move.what === 'every' || world.ledger.lines.size > 0
    default: return true
  }
}

export async function make (world: World, move: Move): Promise<void> {
  world.wait(0.001)
  switch (move.move) {
    case 'send': {
      await world.send(move)
      return
    }
    case 'race': return await race(world, move)
    case 'rotate': return await rotate(world, move)
    case 'setBack': return world.setBack(move.seconds)
    case 'hand': return hand(world, move)
    case 'release': return await world.release(pick(world.waiting, move.index), move.delivery ?? 'at once')
    case 'deliver': return world.deliver(pick(world.travelling, move.index))
    case 'wait': return await wait(world, move.seconds)
    case 'restart': return world.visitors[move.who].restarts()
    case 'steal': return copy(world, world.visitors[move.from].browser.cookies)
    case 'dig': return dig(world, move.login, move.remember)
    case 'alter': return alter(world, move)
    case 'change': return change(world, move)
    case 'end': return await end(world, move)
  }
}

async function race (world: World, { slow, quick, delivery = 'at once', restart = false, pause = 0.001 }: Move & { move: 'race' }): Promise<void> {
  if (restart) world.visitors[slow.who].restarts()
  const ticket = await world.send(slow)
  for (const one of quick) {
    world.wait(0.001)
    await world.send(one)
  }
  world.wait(pause)
  if (world.waiting.includes(ticket)) await world.release(ticket, delivery)
}

async function rotate (world: World, { who, by, times, process = 0 }: Move & { move: 'rotate' }): Promise<void> {
  const visitor = world.visitors[who]
  visitor.restarts()
  const late = await world.send({ move: 'send', who, act: 'visit', hold: { point: 'sent', nth: 0 }, process })
  for (let done = 0; done < times; done++) {
    world.wait(0.001)
    if (by === 'restores') visitor.restarts()
    await world.send({ move: 'send', who, act: by === 'restores' ? 'visit' : 'logIn 1', ...by === 'proofs' && { remember: true }, process })
  }
  await world.release(late, 'at once')
  // What came so late may have brought an older login than the browser had by then.
  visitor.expectsAnything()
}

/** Whoever has such a cookie now, what else was under way with it looks like a copy. */
function hand ({ visitors, ledger }: World, { cookie, from, to }: Move & { move: 'hand' }): void {
  const [giver, taker] = [visitors[from], visitors[to]]
  const kept = giver.browser.cookies.get(cookie)!
  giver.browser.cookies.delete(cookie)
  taker.browser.cookies.set(cookie, kept)
  const line = ledger.issued.get(kept.value)?.line
  if (line !== undefined) line.contested = true
  for (const visitor of [giver, taker]) visitor.expectsAnything()
}

function pick<Value> (values: readonly Value[], index: number): Value {
  return values[index % values.length] as Value
}

/** What takes long is for a race; here no answer takes longer than the grace in which its request is honoured. */
async function wait (world: World, seconds: number): Promise<void> {
  if (seconds > 3) {
    while (world.waiting.length > 0) await world.release(world.waiting[0]!, 'at once')
    while (world.travelling.length > 0) world.deliver(world.travelling[0]!)
  }
  world.wait(seconds)
}

function copy (world: World, cookies: ReadonlyMap<string, { value: string, persistent: boolean }>): void {
  const { thief } = world.visitors
  thief.browser.cookies.clear()
  for (const [name, kept] of cookies) thief.browser.cookies.set(name, kept)
}

function dig (world: World, login: number, remember: number): void {
  const { cookies } = world.visitors.thief.browser
  for (const [name, purpose, index] of [['login', 'login', login], ['remember_token', 'remember', remember]] as const) {
    const issued = [...world.ledger.issued.values()].filter((cookie) => cookie.purpose === purpose)
    // One past the end is none at all.
    const found: Issued | undefined = issued[index % (issued.length + 1)]
    if (found === undefined) cookies.delete(name)
    else cookies.set(name, { value: found.value, persistent: true })
  }
}

function alter (world: World, { who, cookie, at }: Move & { move: 'alter' }): void {
  const visitor = world.visitors[who]
  const { value, persistent } = visitor.browser.cookies.get(cookie)!
  const place = at % value.length
  const altered = value.slice(0, place) + (value[place] === 'A' ? 'B' : 'A') + value.slice(place + 1)
  visitor.browser.cookies.set(cookie, { value: altered, persistent })
  visitor.expectsAnything()
}

function change (world: World, { user, what }: Move & { move: 'change' }): void {
  if (what === 'password') world.changePassword(world.idOf(user))
  else if (what === 'delete') world.users.delete(world.idOf(user))
  else world.recreate(user)
}

async function end (world: World, { what, index }: Move & { move: 'end' }): Promise<void> {
  const { login: manager } = world.processes[0]!
  const logins = [...world.ledger.issued.values()].filter(({ purpose }) => purpose === 'login')
  if (what === 'every') {
    await manager.endEveryLogin()
    return world.endedAll(null, null, null)
  }
  const { login, line } = pick(logins, index)
  if (what === 'login') {
    return world.ended(login, await manager.endLogin(login))
  }
  const except = what === 'others' ? login : null
  await manager.endLogins(line.user, { except })
  // The excepted login stays; a restore of its line is the same line.
  world.endedAll(null, line.user, except === null ? null : lineIdOf(except))
}
