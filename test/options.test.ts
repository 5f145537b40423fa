import assert from 'node:assert/strict'
import { describe, test } from 'node:test'
import Fastify from 'fastify'
import login, { MemoryStore } from 'fastify-login'
import { cookieRules, optionRules, rememberRules } from '../lib/option-rules.ts'
import { key } from './support/app.ts'
import type { LoginOptions } from 'fastify-login'

async function boot (options: Record<string, unknown>): Promise<void> {
  const app = Fastify()
  app.decorateRequest('session')
  await app.register(login, { key, loadUser: () => null, ...options } as unknown as LoginOptions)
  await app.ready()
}

/** `shows`: a wrong number or word is shown, and else the kind of the value alone. */
interface Values {
  readonly may: string
  readonly right: readonly unknown[]
  readonly wrong: readonly unknown[]
  readonly shows?: true
}

const give = () => null
const notFunctions = ['x', 1, {}, true]
const notSeconds = ['60', 0, -1, Number.NaN, Number.POSITIVE_INFINITY, true, {}, 10n]
const year = 365 * 24 * 3600

const aFunction: Values = { may: 'a function', right: [give, async () => null], wrong: [null, ...notFunctions] }
const aFunctionOrNull: Values = { may: 'a function or null', right: [give, null], wrong: notFunctions }
const aBoolean: Values = { may: 'true or false', right: [true, false], wrong: ['true', 'auto', 1, 0, null], shows: true }
const aText: Values = { may: 'a string', right: ['', 'warning'], wrong: [1, null, {}] }
const aTextOrNull: Values = { may: 'a string or null', right: ['', 'Please log in.', null], wrong: [1, true, {}, ['x']] }
const anObject: Values = { may: 'an object', right: [{}], wrong: ['x', null, [], 7, true, give] }
const aName: Values = {
  may: 'a name that a cookie may have, without __Host-, which is put before it where it may be',
  right: ['a', 'sid', "!#$%&'*+.^`|~-", 'Host-x', 'x__Host-'],
  wrong: ['', 'a b', 'a;b', 'a=b', ' a', 'a ', 'a\n', 'caf\u00e9', '__Host-login', '__host-login', 7, null]
}
const secondsOrNull: Values = {
  may: 'a positive number of seconds or null', right: [0.001, 1, 10 * year, null], wrong: notSeconds, shows: true
}
const aLongTime: Values = {
  may: 'a positive number of seconds, at most 34560000 (400 days)',
  right: [0.001, 34_559_999, 34_560_000],
  wrong: [...notSeconds, null, 34_560_000.001, 34_560_001],
  shows: true
}
const aPage: Values = {
  may: "a path such as '/login', an absolute http(s) URL (percent-encoded, as in a header, and " +
    'without a password), or null',
  right: ['/', '/login', '/!~', '/a//b', '/caf%C3%A9?x=1#y', 'https://login.example.net/enter', 'http://localhost:3000', 'HTTPS://example.org', null],
  wrong: [
    '', 'login', '//evil.example', '/\\evil.example', '/a b', '/a ', ' /a', '/caf\u00e9', '/a\r\nb', '/a\u007f',
    'https://ada:password@example.org/login', 'https://ada@example.org', 'https://:password@example.org',
    'ftp://example.org/login', 'javascript:alert(1)', 'web+http://example.org', 'http://', 7, ['/login'], undefined + 'x'
  ]
}
const aWholeNumber = { right: [1, 3, Number.MAX_SAFE_INTEGER], wrong: [0, -1, 1.5, '3', true, 3n, Number.NaN, Number.POSITIVE_INFINITY, 2 ** 53] }

/** For each option what it may be, and at, below and above its limits what is taken and what is not. */
const options: Record<string, Values> = {
  key: {
    may: 'a secret of at least 32 bytes, or several with the newest first',
    right: ['x'.repeat(32), '\u00e9'.repeat(16), Buffer.alloc(32, 1), new Uint8Array(32), ['x'.repeat(32)], [Buffer.alloc(32, 1), 'x'.repeat(40)]],
    wrong: ['short', 'x'.repeat(31), '', [], ['x'.repeat(32), 'short'], Buffer.alloc(31), 7, null, {}, [null], [['x'.repeat(32)]], new ArrayBuffer(32)]
  },
  realm: { may: 'a name of letters, digits, - and _', right: ['a', 'A-b_9', 'x'.repeat(64)], wrong: ['', 'a b', 'a/b', ' a', 'a\n', 'x'.repeat(65), 7, null, ['a']] },
  loadUser: aFunction,
  loadUserFromRequest: aFunctionOrNull,
  anonymousUser: aFunctionOrNull,
  getId: aFunction,
  isActive: aFunction,
  authHash: aFunctionOrNull,
  sameUsers: aBoolean,
  thisScopeOnly: aBoolean,
  loginPath: aPage,
  refreshPath: aPage,
  loginMessage: aTextOrNull,
  loginMessageCategory: aText,
  needsRefreshMessage: aTextOrNull,
  needsRefreshMessageCategory: aText,
  localize: aFunctionOrNull,
  unauthorizedHandler: aFunctionOrNull,
  needsRefreshHandler: aFunctionOrNull,
  nextIn: { may: "'query' or 'session'", right: ['query', 'session'], wrong: ['Query', 'cookie', null, true, ['query']], shows: true },
  nextField: { may: 'a string that is not empty', right: ['x', ' '], wrong: ['', 7, null] },
  origin: {
    may: "an origin such as 'https://www.example.org', without a path, or null",
    right: ['https://www.example.org', 'https://www.example.org:8443', 'http://localhost:3000', null],
    wrong: [
      '', 'www.example.org', 'https://www.example.org/', 'https://www.example.org/path', 'https://WWW.example.org', 'https://user@www.example.org',
      'https://www.example.org:443', 'null', 'file:///x', 7, ['https://www.example.org'], Symbol('x')
    ]
  },
  sessionProtection: { may: "'basic' or 'strong' or false", right: ['basic', 'strong', false], wrong: ['Strong', 'on', true, null, 'none', 'false'], shows: true },
  permanentSession: aBoolean,
  identifyBrowser: aFunction,
  idleTimeout: secondsOrNull,
  absoluteTimeout: aLongTime,
  freshFor: secondsOrNull,
  defaultLogin: { may: "'optional' or 'required'", right: ['optional', 'required'], wrong: ['Required', 'fresh', 'ignored', true, null], shows: true },
  cacheControl: {
    may: "a Cache-Control value such as 'no-store', or false",
    right: ['no-store', 'private, max-age=0', ' ~', false],
    wrong: ['', true, null, 7, 'no-store\r\nx: y', '\tno-store', 'caf\u00e9', 'x\u007f']
  },
  dropAtLogin: { may: 'an array of strings', right: [[], ['_csrf'], ['a', '']], wrong: ['_csrf', [7], ['a', 7], null, {}] },
  cookieName: aName,
  cookie: anObject,
  remember: anObject,
  store: { may: 'a LoginStore, such as new MemoryStore()', right: [new MemoryStore()], wrong: ['memory', null, 7, give] },
  maxLogins: { may: 'a positive whole number or null', right: [...aWholeNumber.right, null], wrong: aWholeNumber.wrong, shows: true },
  onMaxLogins: { may: "'end-oldest' or 'refuse'", right: ['end-oldest', 'refuse'], wrong: ['end-newest', null, true], shows: true },
  endedLogins: { may: 'a positive whole number of users', right: aWholeNumber.right, wrong: [...aWholeNumber.wrong, null], shows: true }
}

const inCookie: Record<string, Values> = {
  path: { may: "a path such as '/'", right: ['/', '/app', '/!:=~'], wrong: ['', 'x', 'x/', '/a;b', '/a<b', '/a b', '/a ', '/caf\u00e9', '/\r\n', 7, null, ['/']] },
  domain: {
    may: "a domain such as 'example.org'",
    right: ['x', 'example.org', '.WWW-1.example.org', `${'x'.repeat(63)}.org`],
    wrong: ['', '.', '..org', 'example.org.', 'a..b', '-a.org', 'a-.org', `${'x'.repeat(64)}.org`, 'a b', ' a', 'a;b', 'https://x', 'caf\u00e9.fr', 7, null]
  },
  secure: aBoolean,
  sameSite: { may: "'lax' or 'strict' or 'none'", right: ['lax', 'strict', 'none'], wrong: ['Lax', true, false, null, ''], shows: true },
  partitioned: aBoolean
}

const inRemember: Record<string, Values> = {
  cookieName: aName,
  duration: aLongTime,
  refreshEachRequest: aBoolean,
  cookie: anObject,
  getToken: aFunction,
  loadUserByToken: aFunction
}

/** What an option needs beside it. */
const beside: Record<string, object> = { maxLogins: { store: new MemoryStore() }, getToken: { loadUserByToken: give }, loadUserByToken: { getToken: () => 'x' } }

const sets = [
  ['', optionRules, options, (options: object) => options as Record<string, unknown>],
  ['cookie.', cookieRules, inCookie, (cookie: object) => ({ cookie })],
  ['remember.', rememberRules, inRemember, (remember: object) => ({ remember })],
  ['remember.cookie.', cookieRules, inCookie, (cookie: object) => ({ remember: { cookie } })]
] as const

function kindOf (value: unknown): string {
  if (value === '') return 'an empty string'
  if (Array.isArray(value)) return 'an array'
  if (value === null || typeof value === 'boolean') return String(value)
  return typeof value === 'object' ? 'an object' : `a ${typeof value}`
}

function shown (value: unknown): string {
  if (typeof value === 'number') return String(value)
  if (typeof value === 'bigint') return `${value}n`
  return typeof value === 'string' && value !== '' ? `'${value}'` : kindOf(value)
}

describe('a wrong value stops the boot with a sentence that names the option, what it may be, and what was given:', () => {
  for (const [prefix, rules, values, within] of sets) {
    for (const name of Object.keys(rules)) {
      test(prefix + name, async () => {
        const { may, wrong, shows } = values[name] ?? assert.fail(`no values for ${name}`)
        for (const value of wrong) {
          const not = ['key', 'store'].includes(name) ? '' : `, not ${shows === true ? shown(value) : kindOf(value)}`
          await assert.rejects(boot(within({ [name]: value })), {
            code: 'FST_LOGIN_INVALID_OPTION', message: `The option ${prefix}${name} of fastify-login may be ${may}${not}`
          })
        }
      })
    }
  }
})

describe('what an option may be lets the boot go on, up to its limits:', () => {
  for (const [prefix, rules, values, within] of sets) {
    for (const name of Object.keys(rules)) {
      test(prefix + name, async () => {
        for (const value of values[name]!.right) await boot(within({ ...beside[name], [name]: value }))
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
