/**
 * The end of a sequence: everything that was ever issued comes again, early and late, each from a browser of its own.
 *
 * @module
 */
import assert from 'node:assert/strict'
import type { Issued, Line } from './ledger.ts'
import { absoluteTimeout, type Delivery } from './move.ts'
import type { Ticket } from './ticket.ts'
import type { World } from './world.ts'

export async function sweep (world: World): Promise<void> {
  const delivery: Delivery = 'at once'
  while (world.waiting.length > 0) await world.release(world.waiting[0] as Ticket, delivery)
  while (world.travelling.length > 0) world.deliver(world.travelling[0] as Ticket)
  const issued = [...world.ledger.issued.values()]
  await tryDead(world, issued)
  // What has ended must stay so if the clock is set back, too; every sequence would take too long.
  if (world.ledger.tick % 4 === 0) {
    world.setBack(30 * 24 * 3600)
    await tryDead(world, issued)
  }
  // Beyond every grace, so that what is still good is good in its own right.
  do world.wait(61); while (issued.some((cookie) => mayBeInGrace(cookie, world)))
  const alive = issued.filter(({ line }) => line.endedTick === null)
  await tryDead(world, issued)
  // The oldest first shows whether a copy is noticed; the newest first, whether there is another beside it.
  if (world.ledger.tick % 2 === 0) alive.reverse()
  await onlyOneSuccessor(world, alive.filter(({ purpose }) => purpose === 'login'), ({ login }) => login)
  await onlyOneSuccessor(world, alive.filter(({ purpose }) => purpose === 'remember'), ({ line }) => line)
  // No login cookie lives as long; what has ended by then stays so.
  world.wait(absoluteTimeout + 100)
  await tryDead(world, issued)
}

/** By the clocks of all processes; a grace that lies in the future is none, unless it begins soon. */
function mayBeInGrace ({ replacedFrom, replacedAt }: Issued, { now, terms: { apart = 0 } }: World): boolean {
  if (replacedFrom === null || replacedAt === null) return false
  return now > replacedFrom - 400 - Math.abs(apart) && now < replacedAt + 61 + Math.abs(apart)
}

/** Early or late, what has ended is worth nothing, nor is a login cookie that has expired. */
async function tryDead (world: World, issued: readonly Issued[]): Promise<void> {
  const isDead = ({ purpose, line, expiresAt }: Issued) => line.endedTick !== null || (purpose === 'login' && expiresAt <= world.now)
  for (const cookie of issued.filter(isDead)) {
    assert.equal(await userOf(world, cookie), null, `a ${cookie.purpose} cookie of a login that had ended`)
  }
}

/** With a store each token has one live successor at the most; without one, a login has one generation. */
async function onlyOneSuccessor (world: World, cookies: readonly Issued[], key: (cookie: Issued) => string | Line): Promise<void> {
  const good = new Map<string | Line, Issued>()
  for (const cookie of cookies) {
    if (await userOf(world, cookie) === null) continue
    const before = good.get(key(cookie))
    const isCopy = !world.stored && (cookie.purpose === 'remember' || before?.replacedTick === cookie.replacedTick)
    assert.ok(before === undefined || isCopy, `two ${cookie.purpose} cookies of one login are good`)
    good.set(key(cookie), cookie)
  }
}

async function userOf (world: World, cookie: Issued): Promise<string | null> {
  const { browser } = world.visitors.thief
  browser.cookies.clear()
  browser.cookies.set(cookie.purpose === 'login' ? 'login' : 'remember_token', { value: cookie.value, persistent: true })
  browser.userAgent = cookie.agent
  const ticket = await world.send({ move: 'send', who: 'thief', act: 'visit' })
  return ticket.before?.user ?? null
}
