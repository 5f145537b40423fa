/**
 * Targets to go on to after logging in, in query, body and session: they stay on the site.
 *
 * @module
 */
import assert from 'node:assert/strict'
import formbody from '@fastify/formbody'
import type { FastifyInstance, FastifyRequest, InjectOptions } from 'fastify'
import { createApp } from '../support/app.ts'
import { sessionOf, sessionPlugins } from '../support/sessions.ts'
import { workOf } from '../support/work.ts'
import { fragments, wideFragments, wideText } from './fragments.ts'
import type { Fuzzer } from './fuzzer.ts'
import type { Random } from './random.ts'

/** The site's own origin. */
export const origin = 'https://www.example.org'

/** What is made of the longest target that is allowed, where a parser writes three characters for each. */
const longestTarget = 3 * 2048 + origin.length

/** As the application asks for it; throws where something reads more of a target than the longest that is allowed. */
function nextOf (request: FastifyRequest): string {
  const { result, longest } = workOf(() => request.nextUrl('/home'))
  if (longest > longestTarget) throw new Error(`${longest} characters were read`)
  return result
}

export const nextFuzzer: Fuzzer = {
  name: 'where to go on to',
  async open () {
    const { app } = await createApp({
      options: { loginPath: '/login', refreshPath: '/confirm?again=1', nextIn: 'session', origin },
      before: async (app) => {
        await sessionPlugins[0]?.register(app)
        await app.register(formbody)
      },
      after: (app) => {
        app.route({ method: ['GET', 'POST'], url: '/next', handler: nextOf })
        app.post<{ Body: { kept?: unknown } | null }>('/kept', (request) => {
          sessionOf(request).set('next', request.body?.kept)
          return nextOf(request)
        })
      }
    })
    return {
      attempt: async (random) => await stays(app, draw(random)),
      control: async () => { assert.equal((await app.inject('/next?next=/members')).body, '/members') },
      close: async () => { await app.close() }
    }
  }
}

function draw (random: Random): InjectOptions {
  const text = target(random)
  const value = random.chance(0.1) ? random.pick<unknown>([[text], [text, text], { next: text }, { toString: text }, 7, null, true]) : text
  switch (random.below(5)) {
    case 0: return { method: 'GET', url: `/next?next=${random.joined(fragments, 8).replace(/[^\u0021-\u00ff]/g, '').replaceAll('#', '')}` }
    case 1: return { method: 'GET', url: `/next?next=${encodeURIComponent(text.toWellFormed())}` }
    case 2: return { method: 'POST', url: '/next', payload: `next=${encodeURIComponent(text.toWellFormed())}`, headers: { 'content-type': 'application/x-www-form-urlencoded' } }
    case 3: return { method: 'POST', url: '/next', payload: { next: value } }
    default: return { method: 'POST', url: '/kept', payload: { kept: value } }
  }
}

function target (random: Random): string {
  const beginning = random.pick(['', '/', '/', origin, `${origin}/`]) + wideText(random)
  return random.chance(0.02) ? beginning + longText(random) : beginning
}

/** One thing again and again, or many: from what is just allowed to far more than that. */
function longText (random: Random): string {
  const unit = random.pick([random.pick(wideFragments), random.joined(wideFragments, 5)])
  return unit.repeat(Math.ceil(random.pick([2000, 2040, 4000, 20_000]) / Math.max(unit.length, 1)))
}

async function stays (app: FastifyInstance, asked: InjectOptions): Promise<void> {
  const answer = await app.inject(asked)
  assert.equal(answer.statusCode, 200, `${answer.body} for ${JSON.stringify(asked).slice(0, 5000)}`)
  leadsTo(answer.body, asked)
}

/** What a browser makes of an address that this site tells it. */
export function leadsTo (location: string, asked: unknown): URL {
  const told = `${JSON.stringify(location)} for ${JSON.stringify(asked).slice(0, 5000)}`
  assert.match(location, /^\/[\u0021-\u007e]*$/, told)
  assert.doesNotMatch(location, /^[/\\]{2}/, told)
  const url = new URL(location, `${origin}/login`)
  assert.equal(url.origin, origin, told)
  return url
}
