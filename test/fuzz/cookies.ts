/**
 * Cookies that were never issued: noise, and what can be made of genuine ones. They log nobody in.
 *
 * @module
 */
import assert from 'node:assert/strict'
import type { FastifyInstance } from 'fastify'
import type { Way } from '../support/ways.ts'
import type { Fuzzer } from './fuzzer.ts'
import { headerText } from './fragments.ts'
import { issueCookies } from './genuine.ts'
import { mutate } from './mutations.ts'
import type { Random } from './random.ts'

const names = ['login', 'remember_token', 'login-admin', 'remember_token-admin']

export function cookieFuzzer (way: Way): Fuzzer {
  return {
    name: `cookies, ${way.name}`,
    async open () {
      const { app, values, work, close } = await issueCookies(way)
      return { attempt: async (random) => await isNobodys(app, draw(random, values)), control: work, close }
    }
  }
}

function draw (random: Random, values: readonly string[]): string {
  const one = () => {
    const value = random.chance(0.25) ? headerText(random) : mutate(random, random.pick(values), random.pick(values))
    return `${random.pick(names)}=${value}`
  }
  const pairs = Array.from({ length: 1 + random.below(2) }, one)
  return random.chance(0.05) ? headerText(random) : pairs.join(random.pick(['; ', ';', ' ; ']))
}

/** Whether a request with this header is anonymous, in the realm that it is for. */
export async function isNobodys (app: FastifyInstance, cookie: string): Promise<void> {
  const answer = await app.inject({ url: cookie.includes('-admin') ? '/admin/nobody' : '/nobody', headers: { cookie, 'user-agent': 'Firefox' } })
  assert.equal(answer.statusCode, 200, `${answer.body} for ${JSON.stringify(cookie)}`)
  assert.equal(answer.body, 'nobody', JSON.stringify(cookie))
}
