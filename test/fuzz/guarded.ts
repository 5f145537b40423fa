/**
 * Guarded pages under any header and any request target: nobody gets in, and nobody is sent off the site.
 *
 * @module
 */
import assert from 'node:assert/strict'
import type { FastifyInstance, InjectOptions } from 'fastify'
import { requireFreshLogin, requireLogin } from 'fastify-login'
import { createApp } from '../support/app.ts'
import { fragments, headerText } from './fragments.ts'
import type { Fuzzer } from './fuzzer.ts'
import { leadsTo } from './next.ts'
import type { Random } from './random.ts'

const secret = 'for members only'
const headerNames = ['accept', 'sec-fetch-mode', 'sec-fetch-dest', 'sec-fetch-site', 'sec-fetch-user', 'x-requested-with', 'user-agent', 'origin', 'referer', 'host', 'upgrade',
  'access-control-request-method', 'access-control-request-headers', 'x-forwarded-for', 'x-forwarded-proto', 'x-forwarded-host', 'authorization', 'cookie', 'accept-language']
const likely = ['text/html', '*/*', 'text/html;q=0', 'application/json', 'navigate', 'cors', 'no-cors', 'websocket', 'document', 'same-origin', 'none', '?1', 'XMLHttpRequest', 'GET', 'POST', 'OPTIONS', '']
const methods = ['GET', 'GET', 'GET', 'HEAD', 'POST', 'OPTIONS', 'PUT', 'DELETE'] as const
const pages = ['/members', '/vault', '/by-config', '/fresh-by-config', '/all', '/scope/page']

async function open (): Promise<FastifyInstance> {
  const { app } = await createApp({
    options: { loginPath: '/login', refreshPath: '/confirm?again=1' },
    server: {
      trustProxy: true,
      // `inject` normalises a target, which the parser of a real server does not.
      rewriteUrl (request) {
        const { target } = request.headers
        if (typeof target !== 'string') return request.url as string
        const url = Buffer.from(target, 'base64').toString('latin1')
        Object.assign(request, { originalUrl: url })
        return url
      }
    },
    after: (app) => {
      app.all('/all', { preHandler: requireLogin }, () => secret)
      app.get('/by-config', { config: { login: 'required' } }, () => secret)
      app.get('/fresh-by-config', { config: { login: 'fresh' } }, () => secret)
      app.get('/login', (request) => request.nextUrl('/home'))
      app.get('/*', { preHandler: requireFreshLogin }, () => secret)
      app.get('/:name/page', { onRequest: requireLogin }, () => secret)
    }
  })
  return app
}

export const headerFuzzer: Fuzzer = {
  name: 'headers of guarded pages',
  async open () {
    const app = await open()
    return { attempt: async (random) => await refuses(app, { method: random.pick(methods), url: random.pick(pages), headers: drawHeaders(random) }), close: async () => { await app.close() } }
  }
}

export const targetFuzzer: Fuzzer = {
  name: 'request targets of guarded pages',
  async open () {
    const app = await open()
    const attempt = async (random: Random) => {
      const target = drawTarget(random)
      const accept = random.pick(['text/html', 'text/html', '*/*', 'application/json'])
      await refuses(app, { method: 'GET', url: '/', headers: { accept, target: Buffer.from(target, 'latin1').toString('base64') } }, target)
    }
    return { attempt, close: async () => { await app.close() } }
  }
}

function drawHeaders (random: Random): Record<string, string> {
  const count = 1 + random.below(4)
  return Object.fromEntries(Array.from({ length: count }, () => [random.pick(headerNames), random.chance(0.5) ? random.pick(likely) : headerText(random)]))
}

/** What the parser lets through: no spaces, no control characters. */
function drawTarget (random: Random): string {
  const drawn = random.chance(0.2) ? random.bytes(60).toString('latin1') : random.joined(fragments, 12)
  // eslint-disable-next-line no-control-regex
  const text = drawn.replace(/[\u0000-\u0020\u007f]/g, '').replace(/[^\u0021-\u00ff]/g, '')
  return random.pick(['/', '/', '/', '//', '/\\', '', '/members?', '/%', 'http://evil.example/']) + text || '/'
}

async function refuses (app: FastifyInstance, asked: InjectOptions, target: unknown = undefined): Promise<void> {
  const { statusCode, headers: { location, 'set-cookie': set }, body } = await app.inject(asked)
  const told = JSON.stringify([asked, target])
  assert.ok(statusCode < 500, `${statusCode} ${body} for ${told}`)
  assert.ok(!body.includes(secret), told)
  assert.equal(set, undefined, told)
  if (location === undefined) return
  const page = leadsTo(location, told)
  assert.ok(page.pathname === '/login' || page.pathname === '/confirm', told)
  const next = page.searchParams.get('next')
  if (next === null) return
  leadsTo(next, told)
}
