/**
 * Answers of a provider that no provider gave: parameters of the callback, and what is asked of the other routes.
 *
 * @module
 */
import assert from 'node:assert/strict'
import type { LightMyRequestResponse } from 'fastify'
import { issuer, siteOrigin } from '../oidc/support/provider.ts'
import { fragments, headerText, wideText } from './fragments.ts'
import type { Fuzzer } from './fuzzer.ts'
import { honestAnswer, refusals, strangers, type Answer, type Given } from './oidc-alterations.ts'
import { openAttempts, type Attempts } from './oidc-attempts.ts'
import { Random } from './random.ts'

const parameters = ['code', 'state', 'iss', 'error', 'error_description', 'error_uri', 'response', 'session_state', 'id_token', 'access_token', 'next', 'nonce']
const others = ['/login?next=', '/logout?next=', '/oidc/logout?state=', '/register?next=', '/reauthenticate?next=']

/** How many inputs meet an attempt: one that it is good for, after those that it must outlast. */
const inputsEach = 3

export const callbackFuzzer: Fuzzer = {
  name: 'answers to the OpenID Connect callback',
  async open () {
    const attempts = await openAttempts()
    const { story } = attempts
    const entered = await answers(attempts, honestAnswer(await attempts.begin()))
    const values = entered.cookies.map(({ value }) => value).filter(Boolean)
    let genuine = 1
    const enters = async (answer: Answer) => {
      genuine++
      isIn(await answers(attempts, answer))
      isNobody(await answers(attempts, answer), 'an answer that came before')
    }
    let tried = 0
    let latest = attempts.begin()
    let line: Promise<Given>
    const attempt = (random: Random) => {
      // The rest is drawn when there is an attempt to draw for, and of a seed that is drawn now.
      const later = new Random(random.below(2 ** 31))
      const turn = tried++ % inputsEach
      if (turn === 0) {
        const before = latest
        latest = attempts.begin()
        line = Promise.all([latest, before]).then(([own, other]) => ({ own, other, values }))
      }
      line = line.then(async (given) => {
        const isLast = turn === inputsEach - 1
        if (isLast && later.chance(0.15)) await enters(honestAnswer(given.own))
        else if (later.chance(0.15)) await asksNoise(attempts, later, given, isLast)
        else await comesBackAltered(attempts, later, given, isLast)
        return given
      })
      return line
    }
    const control = async () => {
      await enters(honestAnswer(await attempts.begin()))
      assert.equal(story.events.filter((name) => name === 'userLoggedIn').length, genuine)
    }
    return { attempt, control, close: attempts.close }
  }
}

async function comesBackAltered (attempts: Attempts, random: Random, given: Given, isLast: boolean): Promise<void> {
  const answer = honestAnswer(given.own)
  random.pick(isLast ? refusals : strangers)(answer, random, given)
  const noise = random.chance(0.2) ? `; oidc_${random.bytes(12).toString('base64url')}=${headerText(random)}` : ''
  isNobody(await answers(attempts, answer, noise), JSON.stringify([answer, noise, given]))
}

/** What has nothing to do with the attempt, but for its cookie, and its state where it may be over. */
async function asksNoise ({ send }: Attempts, random: Random, { own: { name, value, state } }: Given, isLast: boolean): Promise<void> {
  const pairs = Array.from({ length: random.below(5) }, () => `${random.pick(parameters)}=${encode(random, wideText(random))}`)
  if (isLast) pairs.push(`state=${state}`, 'code=a-code')
  const isOther = random.chance(0.5)
  const url = isOther ? random.pick(others) + encode(random, wideText(random)) : `/oidc/callback?${pairs.join('&')}`
  const answer = await send(url, `${name}=${value}`)
  if (!isOther) isNobody(answer, url)
  else grantsNothing(answer, url)
}

function encode (random: Random, text: string): string {
  return random.chance(0.7) ? encodeURIComponent(text.toWellFormed()) : random.joined(fragments, 4).replace(/[^\u0021-\u00ff]|#/g, '')
}

async function answers ({ send }: Attempts, { state, code, iss, more, name, value }: Answer, noise = ''): Promise<LightMyRequestResponse> {
  const query = [['code', code], ['state', state], ['iss', iss], ...more].flatMap(([name, value]) => value === null ? [] : [`${name}=${encodeURIComponent((value as string).toWellFormed())}`])
  return await send(`/oidc/callback?${query.join('&')}`, (value === null ? '' : `${name}=${value}`) + noise)
}

function isIn ({ statusCode, body, headers, cookies }: LightMyRequestResponse): void {
  assert.deepEqual([statusCode, headers.location], [302, '/'], body)
  assert.ok(cookies.some(({ name, value }) => name === 'login' && value !== ''), 'an honest answer did not log in')
}

/** Refused, with nothing that would let anybody in. */
function isNobody (answer: LightMyRequestResponse, told: string): void {
  grantsNothing(answer, told)
  assert.ok(answer.statusCode >= 400, told)
}

function grantsNothing ({ statusCode, headers: { location }, cookies, body }: LightMyRequestResponse, told: string): void {
  assert.ok(statusCode < 500, `${statusCode} ${body.slice(0, 300)} for ${told}`)
  assert.ok(!cookies.some(({ name, value }) => value !== '' && /^(?:__Host-)?(?:login|remember_token|oidc_id_token)$/.test(name)), told)
  if (location === undefined) return
  const { origin } = new URL(String(location), siteOrigin)
  assert.ok(origin === siteOrigin || origin === issuer, told)
}
