import assert from 'node:assert/strict'
import { test } from 'node:test'
import fc from 'fast-check'
import { UserMixin } from 'fastify-login'
import { Browser, setCookies } from './support/browser.ts'
import { describeWays } from './support/ways.ts'
import type { Way } from './support/ways.ts'
import type { User } from './support/user.ts'

/** An application whose one user is what the test puts there. */
async function open (way: Way, options: Record<string, unknown> = {}) {
  const box: { user: unknown, entering: (() => unknown) | null, asked: unknown[] } = { user: null, entering: null, asked: [] }
  const made = await way.createApp({
    options: { loadUser: (id: string) => { box.asked.push(id); return box.user as User }, ...options },
    after: (app) => app.post('/enter', async (request) => ({ ok: await request.loginUser((box.entering === null ? box.user : box.entering()) as User, { remember: true }) }))
  })
  return { ...made, box, browser: new Browser(made.app) }
}

class Account extends UserMixin {
  override id: string

  constructor (id: unknown) {
    super()
    this.id = id as string
  }
}

const noText = (kind: string) => `is ${kind}: it must be a string, a whole number or a bigint`
const inexact = 'is a number, but not a safe integer: JavaScript rounds fractions and numbers beyond ±9007199254740991, ' +
  'so that two users could have the same id. Use a string or a bigint'

const wrongIds: ReadonlyArray<readonly [sentence: string, user: unknown, reason: string]> = [
  ['that has none', {}, noText('undefined')],
  ['whose id is empty', { id: '' }, 'is empty'],
  ['whose id is null', { id: null }, noText('null')],
  ['whose id is an object', { id: { toString: () => '1' } }, noText('an object')],
  ['whose id is a list', { id: ['1'] }, noText('an array')],
  ['whose id is true', { id: true }, noText('true')],
  ['whose id is a symbol', { id: Symbol('1') }, noText('a symbol')],
  ['whose id is a function', { id: () => '1' }, noText('a function')],
  ['whose id is not a number', { id: Number.NaN }, inexact],
  ['whose id is a fraction', { id: 1.5 }, inexact],
  ['whose id is minus zero', { id: -0 }, inexact],
  ['whose id is endless', { id: -Infinity }, inexact],
  ['whose id was rounded', { id: Number('9007199254740993') }, inexact],
  ['whose id is longer than 255 bytes', { id: 'x'.repeat(256) }, 'takes more than 255 bytes'],
  ['whose id is longer than 255 bytes in UTF-8', { id: '\u00e9'.repeat(128) }, 'takes more than 255 bytes'],
  ['whose id holds half a character', { id: 'a\ud800' }, 'is not well-formed Unicode'],
  ['whose id holds the other half', { id: '\udc00a' }, 'is not well-formed Unicode'],
  ['whose getId gives a promise', { getId: async () => '1' }, noText('a promise')]
]

const wrongClasses: ReadonlyArray<readonly [sentence: string, user: UserMixin, message?: string]> = [
  ['whose id was rounded', new Account(2 ** 53), `The id of the user ${inexact}`],
  ['whose id is minus zero', new Account(-0), `The id of the user ${inexact}`],
  ['whose id is not a number', new Account(Number.NaN), `The id of the user ${inexact}`],
  ['without an id', new Account(undefined)],
  ['whose id is empty', new Account('')],
  ['whose id is an object', new Account({ secret: 1 })],
  ['whose id is a symbol', new Account(Symbol('1'))]
]

const nobody: ReadonlyArray<readonly [sentence: string, user: unknown, type: string]> = [
  ['null', null, 'null'], ['undefined', undefined, 'undefined'], ['a name', 'Ada', 'a string'], ['a number', 1, 'a number']
]

const wrong: ReadonlyArray<readonly [sentence: string, user: unknown, code: string, message: string]> = [
  ...wrongIds.map(([sentence, user, reason]) =>
    [sentence, user, 'FST_LOGIN_INVALID_USER_ID', `fastify-login: the id of the user ${reason}. The id is what the option getId returns; by default user.getId(), or else user.id`] as const),
  ...wrongClasses.map(([sentence, user, message = 'The id of the user is missing: give the class an "id" or a getId() of its own']) =>
    [`of a class, ${sentence}`, user, 'FST_LOGIN_INVALID_USER_ID', message] as const),
  ...nobody.map(([sentence, user, type]) =>
    [`that is ${sentence}`, user, 'FST_LOGIN_INVALID_ARGUMENT', `fastify-login: loginUser needs a user, an object, and was given ${type}.`] as const)
]

describeWays('a user', (way) => {
  for (const [sentence, user, code, message] of wrong) {
    test(`${sentence} is refused with ${code} and the reason, and nothing is half-written`, async () => {
      const { browser, box, events } = await open(way)
      box.user = { id: '7', name: 'before' }
      await browser.post('/enter')
      const before = new Map(browser.cookies)
      events.length = 0
      box.entering = () => user
      const response = await browser.post('/enter')
      assert.equal(response.statusCode, 500)
      assert.deepEqual([response.json().code, response.json().message], [code, message])
      assert.deepEqual(setCookies(response).filter(({ value }) => value !== ''), [])
      assert.deepEqual(events.filter(({ name }) => name === 'userLoggedIn'), [])
      for (const [name, kept] of before) browser.cookies.set(name, kept)
      assert.equal(await browser.whoami(), '7')
    })
  }

  const right: Array<[unknown, string]> = [
    ['1', '1'], [0, '0'], [-1, '-1'], [42, '42'], [2 ** 53 - 1, '9007199254740991'], [10n ** 30n, '1' + '0'.repeat(30)], ['0', '0'], [' ', ' '], ['x'.repeat(255), 'x'.repeat(255)],
    ['null', 'null'], ['undefined', 'undefined'], ['__proto__', '__proto__'], ['constructor', 'constructor'], ['a|b.c;d=e,"%', 'a|b.c;d=e,"%'],
    ['\u{1f600}', '\u{1f600}'], ['\u0000', '\u0000'], ['caf\u00e9', 'caf\u00e9'], ['cafe\u0301', 'cafe\u0301']
  ]

  test('with an id of any text or number is asked for by that id, as a string', async () => {
    for (const [id, asked] of right) {
      const { browser, box } = await open(way)
      box.user = { id, name: 'x' }
      assert.equal((await browser.post('/enter')).statusCode, 200, String(id))
      box.user = null
      await browser.get('/whoami')
      assert.equal(box.asked[0], asked)
    }
  })

  test('is who they are, whatever the id is made of', async () => {
    const { browser, box } = await open(way)
    await fc.assert(fc.asyncProperty(fc.string({ unit: 'binary', minLength: 1, maxLength: 60 }), async (id) => {
      box.user = { id, name: 'x' }
      browser.cookies.clear()
      const response = await browser.post('/enter')
      if (!id.isWellFormed() || id === 'NaN') return assert.equal(response.json().code, 'FST_LOGIN_INVALID_USER_ID')
      box.asked.length = 0
      await browser.get('/members')
      assert.deepEqual(box.asked, [id])
      browser.restart()
      box.asked.length = 0
      assert.equal((await browser.get('/members')).statusCode, 200)
      assert.deepEqual(box.asked, [id])
    }), { numRuns: 60 })
  })

  test('may be told apart by getId, the method or the option', async () => {
    const { browser, box } = await open(way)
    box.user = { id: 'no', getId (this: { email: string }) { return this.email }, email: 'a@example.org' }
    await browser.post('/enter')
    await browser.get('/members')
    assert.deepEqual(box.asked, ['a@example.org'])
    const other = await open(way, { getId: (user: { email: string }) => user.email })
    other.box.user = box.user
    await other.browser.post('/enter')
    await other.browser.get('/members')
    assert.deepEqual(other.box.asked, ['a@example.org'])
  })
})
