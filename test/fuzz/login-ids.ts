/**
 * Ids of logins that a visitor made up: they end nothing, find nothing and break nothing.
 *
 * @module
 */
import assert from 'node:assert/strict'
import type { FastifyInstance } from 'fastify'
import { Browser } from '../support/browser.ts'
import type { Way } from '../support/ways.ts'
import { wideText } from './fragments.ts'
import type { Fuzzer } from './fuzzer.ts'
import type { Random } from './random.ts'

export function loginIdFuzzer (way: Way, stored: boolean): Fuzzer {
  return {
    name: `ids of logins, ${way.name}`,
    async open () {
      const { app } = await way.createApp({ options: { endedLogins: 50 } })
      const browser = new Browser(app)
      const login = async () => {
        await browser.post('/login/1')
        return (await browser.get('/whoami')).json().login.id as string
      }
      const id = await login()
      let tried = 0
      const attempt = async (random: Random) => {
        await asks(app, draw(random, id), stored)
        if (++tried % 500 > 0) return
        // Without a store, what is forgotten of so many ids may log somebody out; it ends nobody's login by name.
        if (stored) assert.equal(await browser.whoami(), '1', 'an id that was made up ended a login')
      }
      return { attempt, close: async () => { await app.close() } }
    }
  }
}

/** Not the id itself. */
function draw (random: Random, id: string): unknown {
  const at = random.below(id.length)
  const near = id.slice(0, at) + random.pick([...'AZaz09-_ .%/\u00e9', '']) + id.slice(at + 1)
  const drawn = random.pick<unknown>([
    near, id.slice(0, at), `${id}${random.pick(['A', ' ', '\n', '\u0000', '.'])}`, ` ${id}`, id.toLowerCase(), wideText(random), random.bytes(24).toString('base64url').slice(0, 33).padEnd(33, 'A'),
    null, undefined, 7, Number.NaN, true, [], [id], { toString: () => id }, Symbol.iterator, 'x'.repeat(10_000), '__proto__', `${id}\n`
  ])
  return drawn === id ? '' : drawn
}

async function asks (app: FastifyInstance, drawn: unknown, stored: boolean): Promise<void> {
  const id = drawn as string
  const told = String(typeof drawn === 'object' ? JSON.stringify(drawn) : drawn)
  const isWellFormed = typeof drawn === 'string' && /^[\w-]{33}$/.test(drawn)
  assert.equal(await app.login.endLogin(id), !stored && isWellFormed, told)
  assert.equal(await app.login.endLogin(id, { userId: '2' }), !stored && isWellFormed, told)
  if (stored) assert.equal(await app.login.loginData(id), null, told)
}
