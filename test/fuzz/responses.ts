/**
 * Handlers that log in and then return a `Response` of any status, headers and body: a credential goes out only with
 * a status that lets it, never where caches may keep it, and listeners are told of a login only where it did.
 *
 * @module
 */
import assert from 'node:assert/strict'
import { Readable } from 'node:stream'
import type { FastifyInstance, InjectOptions } from 'fastify'
import { setCookies } from '../support/browser.ts'
import { ways } from '../support/ways.ts'
import { headerText, wideText } from './fragments.ts'
import type { Fuzzer } from './fuzzer.ts'
import type { Random } from './random.ts'

/** What a handler is to do, kept here under the number that its request names. */
interface Plan { readonly act: 'login' | 'confirm' | 'logout' | 'nothing', readonly respond: () => unknown, readonly late: (() => unknown) | null }

const statuses = [100, 101, 103, 200, 200, 200, 201, 204, 205, 206, 301, 302, 304, 307, 400, 401, 403, 404, 409, 418, 429, 451, 499, 500, 502, 503, 599]
const impossible = [0, -1, 99, 600, 700, 200.5, Number.NaN, Infinity, '200', null, undefined]
const headerNames = ['cache-control', 'cdn-cache-control', 'surrogate-control', 'x-accel-expires', 'vary', 'expires', 'pragma', 'age', 'etag', 'set-cookie', 'set-cookie', 'content-type', 'location', 'www-authenticate', 'content-encoding']
const likely = ['public', 'public, max-age=600', 's-maxage=600', 'immutable', 'max-age=60', '*', 'Accept-Encoding', 'cookie', 'login=planted; Path=/', 'basket=full', 'login=; Max-Age=0', 'text/plain', 'gzip', '/home', '']
const bodies: ReadonlyArray<(random: Random) => unknown> = [
  () => null,
  () => undefined,
  (random) => wideText(random),
  (random) => random.bytes(40),
  // Of an empty piece the fetch of Node.js 20 makes a body that never ends.
  (random) => Readable.from([Buffer.concat([Buffer.from('x'), random.bytes(40)])]),
  (random) => new Response(random.bytes(40)).body,
  () => new Readable({ read () { this.destroy(new Error('broken on purpose')) } }),
  () => { const { body } = new Response('locked'); body?.getReader(); return body },
  () => 7
]

export const responseFuzzer: Fuzzer = {
  name: 'Responses that handlers return',
  async open () {
    const sites = await Promise.all(ways.map(async ({ createApp }) => await createSite(createApp)))
    return {
      attempt: async (random) => await random.pick(sites).attempt(random),
      control: async () => { for (const site of sites) await site.control() },
      close: async () => { for (const { app } of sites) await app.close() }
    }
  }
}

async function createSite (createApp: (typeof ways)[number]['createApp']) {
  const plans: Plan[] = []
  const told = new Set<string>()
  const planOf = (headers: Record<string, unknown>) => plans[Number(headers['x-plan'])] as Plan
  const { app } = await createApp({
    after: (app, users) => {
      app.addHook('onSend', async ({ headers }, reply, payload) => headers['x-plan'] !== undefined && reply.statusCode < 400 ? planOf(headers).late?.() ?? payload : payload)
      app.all('/act', async (request) => {
        const { act, respond } = planOf(request.headers)
        if (act === 'login') await request.loginUser(users.get('2')!, { remember: true })
        if (act === 'confirm') await request.confirmLogin()
        if (act === 'logout') await request.logoutUser()
        return respond()
      })
      for (const name of ['userLoggedIn', 'userLoginConfirmed'] as const) app.login.on(name, ({ request }) => { told.add(String(request.headers['x-plan'])) })
    }
  })
  const send = async (plan: Plan, options: InjectOptions) => {
    const name = String(plans.push(plan) - 1)
    const cookie = await cookieOf(app)
    const answer = await app.inject({ url: '/act', ...options, headers: { 'x-plan': name, 'user-agent': 'Firefox', cookie } })
    const lines = setCookies(answer).filter(({ name, value }) => (name === 'login' || name === 'remember_token') && value !== 'planted')
    const isPrivate = answer.headers['cache-control'] === 'no-store' && Object.keys(answer.headers).every((name) => !/.-cache-control|surrogate-control|x-accel/.test(name))
    const isIn = lines.some(({ value }) => value !== '')
    const what = `${plan.act} ${answer.statusCode} ${JSON.stringify(answer.headers)}`
    assert.ok(!isIn || answer.statusCode < 400, `a credential with ${what}`)
    assert.ok(lines.length === 0 || isPrivate || isPlantedAlone(lines), `caches may keep a cookie with ${what}`)
    assert.equal(told.has(name), isIn, `listeners were told otherwise of ${what}`)
    return { answer, isIn }
  }
  return {
    app,
    attempt: async (random: Random) => {
      const plan = draw(random)
      // A handler may fail to make what it wanted to return: that is an error as any other.
      await send(plan, { method: random.pick(['GET', 'POST', 'HEAD'] as const) }).catch((error: Error & { code?: string }) => { if (error.code !== 'LIGHT_ECONNRESET') throw error })
    },
    control: async () => {
      const { isIn } = await send({ act: 'login', respond: () => new Response('in', { headers: { 'cache-control': 'public' } }), late: null }, { method: 'POST' })
      assert.ok(isIn, 'a Response of 200 did not log in')
    }
  }
}

/** A cookie of our name that a `Response` clears by itself is no affair of the plugin. */
function isPlantedAlone (lines: ReadonlyArray<{ value: string, attributes: ReadonlyMap<string, string> }>): boolean {
  return lines.every(({ value, attributes }) => value === '' && !attributes.has('httponly'))
}

/** The cookie of a new login of somebody. */
async function cookieOf (app: FastifyInstance): Promise<string> {
  const answer = await app.inject({ method: 'POST', url: '/login/1', payload: { fresh: false }, headers: { 'user-agent': 'Firefox' } })
  return setCookies(answer).map(({ name, value }) => `${name}=${value}`).join('; ')
}

function draw (random: Random): Plan {
  return {
    act: random.pick(['login', 'login', 'confirm', 'logout', 'nothing']),
    respond: drawResponse(random),
    late: random.chance(0.2) ? drawResponse(random) : null
  }
}

function drawResponse (random: Random): () => unknown {
  const status = random.chance(0.15) ? random.pick(impossible) : random.pick(statuses)
  const headers = Array.from({ length: random.below(5) }, () => [random.pick(headerNames), random.chance(0.7) ? random.pick(likely) : random.chance(0.9) ? headerText(random) : wideText(random)] as [string, string])
  const body = random.pick(bodies)(random)
  const bodyUsed = random.chance(0.05)
  // As another library makes it; one of Node.js is refused in more cases before it is there.
  if (random.chance(0.5)) return () => ({ [Symbol.toStringTag]: 'Response', status, headers, body, bodyUsed })
  return () => new Response(body as string, { status: status as number, headers })
}
