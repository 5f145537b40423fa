import assert from 'node:assert/strict'
import { describe, test } from 'node:test'
import Fastify from 'fastify'
import login from 'fastify-login'
import { cookieRules, optionRules, rememberRules } from '../lib/option-rules.ts'
import { key } from './support/app.ts'
import type { LoginOptions } from 'fastify-login'

async function boot (options: Record<string, unknown>): Promise<void> {
  const app = Fastify()
  await app.register(login, { key, loadUser: () => null, ...options } as unknown as LoginOptions)
  await app.ready()
}

const notFunctions = [null, 'x', 1, {}, true]
const notSeconds = ['60', 0, -1, Number.NaN, Number.POSITIVE_INFINITY, true, {}, 10n]
const notPages = ['', 'login', '//evil.example', '/\\evil.example', 'ftp://example.org/login', 'javascript:alert(1)', 'http://', 7, ['/login'], undefined + 'x']

/** For each option, values that it may not have. */
const wrong: Record<string, unknown[]> = {
  key: ['short', 'x'.repeat(31), '', [], ['x'.repeat(32), 'short'], Buffer.alloc(31), 7, null, {}, [null], [['x'.repeat(32)]]],
  realm: ['', 'a b', 'a/b', 'x'.repeat(65), 7, null],
  loadUser: notFunctions,
  loadUserFromRequest: notFunctions.slice(1),
  anonymousUser: notFunctions.slice(1),
  getId: notFunctions,
  isActive: notFunctions,
  authHash: notFunctions.slice(1),
  loginPath: notPages,
  refreshPath: notPages,
  loginMessage: [1, true, {}, ['x']],
  loginMessageCategory: [1, null, {}],
  needsRefreshMessage: [1, true, {}],
  needsRefreshMessageCategory: [1, null, {}],
  localize: notFunctions.slice(1),
  unauthorizedHandler: notFunctions.slice(1),
  needsRefreshHandler: notFunctions.slice(1),
  nextIn: ['Query', 'cookie', null, true],
  nextField: ['', 7, null],
  origin: ['', 'www.example.org', 'https://www.example.org/', 'https://www.example.org/path', 'https://user@www.example.org', 'null', 'file:///x', 7],
  sessionProtection: ['Strong', 'on', true, null, 'none'],
  permanentSession: ['true', 1, null],
  identifyBrowser: notFunctions,
  idleTimeout: notSeconds,
  absoluteTimeout: [...notSeconds, null],
  freshFor: notSeconds,
  defaultLogin: ['Required', 'fresh', 'ignored', true, null],
  cacheControl: ['', true, null, 7],
  dropAtLogin: ['_csrf', [7], null, {}],
  cookieName: ['', 'a b', 'a;b', 'a=b', 'caf\u00e9', '__Host-login', '__host-login', 7, null],
  cookie: ['x', null, [], 7],
  remember: ['x', null, [], true],
  store: ['memory', null, 7],
  maxLogins: [0, -1, 1.5, '3', true],
  onMaxLogins: ['end-newest', null, true],
  endedLogins: [0, -1, 1.5, '3', null, Number.POSITIVE_INFINITY]
}

const wrongInCookie: Record<string, unknown[]> = {
  path: ['', 'x', '/a;b', '/a b', '/\r\n', 7, null],
  domain: ['', 'a b', 'a;b', 'https://x', 7, null],
  secure: ['true', 'auto', 1, null],
  sameSite: ['Lax', true, false, null, ''],
  partitioned: ['true', null, 1]
}

const wrongInRemember: Record<string, unknown[]> = {
  cookieName: ['', 'a b', 7, null],
  duration: [...notSeconds, null, 400 * 24 * 3600 + 1],
  refreshEachRequest: ['true', null, 1],
  cookie: ['x', null, []],
  getToken: notFunctions,
  loadUserByToken: notFunctions
}

const sets = [
  ['', optionRules, wrong, (options: object) => options as Record<string, unknown>],
  ['cookie.', cookieRules, wrongInCookie, (cookie: object) => ({ cookie })],
  ['remember.', rememberRules, wrongInRemember, (remember: object) => ({ remember })],
  ['remember.cookie.', cookieRules, wrongInCookie, (cookie: object) => ({ remember: { cookie } })]
] as const

describe('a wrong value stops the boot with a sentence that names the option and what it may be:', () => {
  for (const [prefix, rules, values, within] of sets) {
    for (const [name, { may }] of Object.entries(rules)) {
      test(prefix + name, async () => {
        for (const value of values[name] ?? assert.fail(`no wrong values for ${name}`)) {
          await assert.rejects(boot(within({ [name]: value })), (error: { code: string, message: string }) => {
            assert.equal(error.code, 'FST_LOGIN_INVALID_OPTION')
            assert.ok(error.message.includes(`option ${prefix}${name} of fastify-login may be ${may}`), error.message)
            return true
          })
        }
      })
    }
  }
})

describe('an option that does not exist stops the boot with a sentence that lists those that do:', () => {
  for (const [prefix, rules, , within] of sets) {
    for (const name of ['loginpath', 'maxAge', 'toString', 'constructor', 'hasOwnProperty', '__proto__']) {
      test(prefix + name, async () => {
        const options = within(Object.defineProperty({}, name, { value: 1, enumerable: true }))
        await assert.rejects(boot(options), (error: { code: string, message: string }) => {
          assert.equal(error.code, 'FST_LOGIN_INVALID_OPTION')
          assert.ok(error.message.includes(`no option ${prefix}${name}: its options here are ${Object.keys(rules).join(', ')}`), error.message)
          return true
        })
      })
    }
  }
})
