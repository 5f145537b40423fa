/**
 * Ids of logins that a visitor made up: they end nothing, find nothing and break nothing.
 *
 * @module
 */
import assert from 'node:assert/strict'
import type { FastifyInstance } from 'fastify'
import { Browser } from '../support/browser.ts'
import type { Way } from '../support/ways.ts'
import type { Fuzzer } from './fuzzer.ts'
import { drawLoginId } from './made-up-ids.ts'

/** What the id of a login begins with: the name of its family. */
const familyLength = 22

export function loginIdFuzzer (way: Way, stored: boolean): Fuzzer {
  return {
    name: `ids of logins, ${way.name}`,
    async open () {
      const { app } = await way.createApp()
      const [one, two] = [new Browser(app), new Browser(app)]
      const ids = [await logIn(one, '1'), await logIn(two, '2')] as const
      return {
        attempt: async (random) => await asks(app, drawLoginId(random, ids), ids, stored),
        async control () {
          await app.login.endLogin(ids[0], { userId: '2' })
          assert.equal(await one.whoami(), '1', 'an id that was made up, or named as that of another user, ended a login')
          assert.equal(await two.whoami(), '2', 'an id that was made up ended a login')
          const third = new Browser(app)
          assert.equal(await app.login.endLogin(await logIn(third, '1')), true)
          assert.equal(await third.whoami(), null)
        },
        close: async () => { await app.close() }
      }
    }
  }
}

async function logIn (browser: Browser, user: string): Promise<string> {
  await browser.post(`/login/${user}`)
  return (await browser.get('/whoami')).json().login.id as string
}

async function asks (app: FastifyInstance, drawn: unknown, ids: readonly string[], stored: boolean): Promise<void> {
  const id = drawn as string
  const told = String(typeof drawn === 'object' ? JSON.stringify(drawn) : drawn)
  const isWellFormed = typeof drawn === 'string' && /^[\w-]{33}$/.test(drawn)
  // Without a store a login ends by the name of its family, of which an id is made that is only wrong behind it.
  const isKin = !stored && isWellFormed && ids.some((own) => own.slice(0, familyLength) === id.slice(0, familyLength))
  if (!isKin) assert.equal(await app.login.endLogin(id), !stored && isWellFormed, told)
  assert.equal(await app.login.endLogin(id, { userId: '3' }), !stored && isWellFormed, told)
  if (stored) assert.equal(await app.login.loginData(id), null, told)
}
