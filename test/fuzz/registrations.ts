/**
 * Cookies that go from one registration to another of the same key, renamed, swapped and altered: they log nobody in,
 * and do nothing to the login that they were taken from.
 *
 * @module
 */
import assert from 'node:assert/strict'
import type { Browser } from '../support/browser.ts'
import { cookieNames, other, sides, type RegistrationsWay, type Side, type TwoRegistrations } from '../support/registrations.ts'
import type { Fuzzer } from './fuzzer.ts'
import { mutate } from './mutations.ts'
import type { Random } from './random.ts'

const uses = ['login', 'remember'] as const

interface Genuine { readonly side: Side, readonly use: typeof uses[number], readonly value: string }

export function registrationsFuzzer (way: RegistrationsWay): Fuzzer {
  return {
    name: `cookies of another registration, ${way.name}`,
    async open () {
      const two = await way.open()
      const browsers = await logIn(two)
      const genuine = browsers.flatMap(([side, , browser]) => uses.map((use) => ({ side, use, value: browser.cookies.get(cookieNames[side][use])!.value })))
      return {
        attempt: async (random) => await isNobodys(two, random, genuine),
        async control () {
          for (const [side, name, browser] of browsers) {
            const { user, remembered } = (await browser.send({ url: `/${side}/whoami` })).json()
            assert.deepEqual([user, remembered], [name, true], 'a genuine cookie is worth less than it was')
          }
        },
        close: async () => { await Promise.all([two.members.app.close(), two.staff.app.close()]) }
      }
    }
  }
}

/** Users of the same ids on both sides, each in a browser of their own. */
async function logIn (two: TwoRegistrations): Promise<Array<readonly [side: Side, user: string, browser: Browser]>> {
  return await Promise.all(sides.flatMap((side) => ['1', '2'].map(async (id) => {
    const browser = two.browser(side)
    await browser.post(`/${side}/login/${id}`, { remember: true })
    return [side, `${side} ${id}`, browser] as const
  })))
}

async function isNobodys (two: TwoRegistrations, random: Random, genuine: readonly Genuine[]): Promise<void> {
  const side = random.pick(sides)
  const browser = two.browser(side)
  const [own, foreign] = [side, other(side)].map((of) => genuine.filter((one) => one.side === of)) as [Genuine[], Genuine[]]
  for (const use of uses) {
    if (random.chance(0.2)) continue
    // What is of this side comes under the name of its other cookie only: under its own it is genuine.
    const { value } = random.pick([...foreign, ...own.filter((one) => one.use !== use)])
    const drawn = random.chance(0.2) ? mutate(random, value, random.pick(foreign).value) : value
    browser.cookies.set(cookieNames[side][use], { value: drawn, persistent: true })
  }
  // And what a browser holds that visits both.
  for (const use of uses) if (random.chance(0.3)) browser.cookies.set(cookieNames[foreign[0]!.side][use], { value: random.pick(foreign).value, persistent: true })
  const sent = JSON.stringify([...browser.cookies])
  const call = random.pick(['whoami', 'whoami', 'logout', 'confirm'])
  const { statusCode, body } = await (call === 'whoami' ? browser.send({ url: `/${side}/whoami` }) : browser.send({ method: 'POST', url: `/${side}/${call}` }))
  assert.equal(statusCode, 200, `${body} for ${sent}`)
  assert.equal(call === 'whoami' ? JSON.parse(body).user : body, call === 'whoami' ? null : 'false', `${side} ${call} ${sent}`)
}
