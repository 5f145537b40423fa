/**
 * Targets to go on to after logging in, in query, body and session: they stay on the site.
 *
 * @module
 */
import assert from 'node:assert/strict'
import formbody from '@fastify/formbody'
import type { FastifyInstance, InjectOptions } from 'fastify'
import { createApp } from '../support/app.ts'
import { sessionOf, sessionPlugins } from '../support/sessions.ts'
import { fragments, wideText } from './fragments.ts'
import type { Fuzzer } from './fuzzer.ts'
import type { Random } from './random.ts'

/** The site's own origin. */
export const origin = 'https://www.example.org'

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
        app.route({ method: ['GET', 'POST'], url: '/next', handler: (request) => request.nextUrl('/home') })
        app.post<{ Body: { kept?: unknown } | null }>('/kept', (request) => {
          sessionOf(request).set('next', request.body?.kept)
          return request.nextUrl('/home')
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
  return random.pick(['', '/', '/', origin, `${origin}/`]) + wideText(random)
}

async function stays (app: FastifyInstance, asked: InjectOptions): Promise<void> {
  const answer = await app.inject(asked)
  assert.equal(answer.statusCode, 200, `${answer.body} for ${JSON.stringify(asked)}`)
  leadsTo(answer.body, asked)
}

/** What a browser makes of an address that this site tells it. */
export function leadsTo (location: string, asked: unknown): URL {
  const told = `${JSON.stringify(location)} for ${JSON.stringify(asked)}`
  assert.match(location, /^\/[\u0021-\u007e]*$/, told)
  assert.doesNotMatch(location, /^[/\\]{2}/, told)
  const url = new URL(location, `${origin}/login`)
  assert.equal(url.origin, origin, told)
  return url
}
