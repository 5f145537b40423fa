import assert from 'node:assert/strict'
import { describe, test } from 'node:test'
import Fastify from 'fastify'
import login from 'fastify-login'
import { key } from './support/app.ts'
import type { FastifyInstance } from 'fastify'

type Options = Record<string, unknown>

const loadUser = () => null
const getToken = () => 'x'

/** What the boot stops with: with options of one registration, or of several, each inside the one before it. */
async function mistake (...registrations: Options[]): Promise<{ code: string, sentence: string }> {
  const app = Fastify()
  const register = async (scope: FastifyInstance, [options, ...inside]: Options[]): Promise<void> => {
    await scope.register(login, options as never)
    if (inside.length > 0) scope.register(async (inner) => { await register(inner, inside) })
  }
  try {
    await register(app, registrations)
    await app.ready()
  } catch (error) {
    const { code, message } = error as { code: string, message: string }
    return { code, sentence: message }
  }
  assert.fail('the boot went on')
}

/** Where the boot stops by a wrong option, with the sentence. */
async function wrongOption (...registrations: Options[]): Promise<string> {
  const { code, sentence } = await mistake(...registrations)
  assert.equal(code, 'FST_LOGIN_INVALID_OPTION', sentence)
  return sentence
}

const outermost = { key, loadUser }

describe('the boot stops with a sentence that says what to do', () => {
  test('without a key', async () => {
    for (const options of [{ loadUser }, { loadUser, key: undefined }, {}]) {
      assert.equal(await wrongOption(options), 'The option key of fastify-login is missing: it may be a secret of at least 32 bytes, or several with the newest first')
    }
  })

  test('where an inner registration names what is of the outermost one alone', async () => {
    for (const [name, options] of [['key', { key }], ['store', { store: {} }], ['thisScopeOnly', { thisScopeOnly: false }]] as const) {
      assert.equal(await wrongOption(outermost, options), `The option ${name} of fastify-login belongs to the outermost registration: inner scopes share it`)
    }
  })

  test('without a loader of either kind, also in a realm', async () => {
    const how = 'it may be a function that takes an id and returns the user or null; loadUserFromRequest will do as well'
    assert.equal(await wrongOption({ key }), `The option loadUser of fastify-login is missing: ${how}`)
    const ofRealm = `The option loadUser of fastify-login of realm admin is missing, and that of another realm cannot stand for it: ${how}`
    assert.equal(await wrongOption({ key, realm: 'admin' }), ofRealm)
    assert.equal(await wrongOption(outermost, { realm: 'admin' }), ofRealm)
  })

  test('where one half of the token pair is missing', async () => {
    for (const remember of [{ getToken }, { loadUserByToken: loadUser }]) {
      assert.equal(await wrongOption({ ...outermost, remember }), 'The options remember.getToken and remember.loadUserByToken of fastify-login go together: one makes the token, the other finds its user')
    }
  })

  test('where tokens are loaded and users are not', async () => {
    assert.equal(
      await wrongOption({ key, loadUserFromRequest: loadUser, remember: { getToken, loadUserByToken: loadUser } }),
      'The option remember.loadUserByToken of fastify-login needs loadUser: it loads the user after the login was restored'
    )
  })

  test('where the number of logins is limited and nothing counts them', async () => {
    assert.deepEqual(await mistake({ ...outermost, maxLogins: 3 }), {
      code: 'FST_LOGIN_STORE_REQUIRED',
      sentence: 'The option maxLogins of fastify-login needs the option store: without one, logins are kept in their cookies and are not listed. Pass one, such as new MemoryStore()'
    })
  })

  test('where a scope that joins a realm gives it other cookies, or other limits', async () => {
    for (const [name, options] of Object.entries({
      cookieName: { cookieName: 'x' },
      cookie: { cookie: {} },
      endedLogins: { endedLogins: 5 },
      maxLogins: { maxLogins: null },
      onMaxLogins: { onMaxLogins: 'refuse' },
      'remember.cookieName': { remember: { cookieName: 'x' } },
      'remember.cookie': { remember: { cookie: {} } }
    })) {
      assert.equal(await wrongOption(outermost, options), `The option ${name} of fastify-login belongs to the registration in which the realm begins: all scopes of a realm share its cookies`)
    }
  })

  test('where two registrations would write one cookie, and names the realm that is not the first', async () => {
    const instead = 'is already in use on this server, by another registration or realm, or for the other cookie of this one. ' +
      'They would overwrite each other, and could be taken for one another: ' +
      'set another cookieName or remember.cookieName, or a realm if these are another kind of user'
    assert.equal(await wrongOption({ ...outermost, cookieName: 'remember_token' }), `fastify-login: the cookie remember_token ${instead}`)
    assert.equal(
      await wrongOption(outermost, { realm: 'admin', loadUser, cookieName: 'login' }),
      `fastify-login: the cookie login of the realm admin ${instead}`
    )
  })
})

describe('a wrong value is shown', () => {
  test('in the sentence about its option, where it is a word or a number', async () => {
    const shown = [
      ['ten', "'ten'"], ['60', "'60'"], [-1, '-1'], [Number.NaN, 'NaN'], [true, 'true'], [null, 'null']
    ] as const
    for (const [value, words] of shown) {
      const option = value === null ? 'absoluteTimeout' : 'freshFor'
      assert.ok((await wrongOption({ ...outermost, [option]: value })).endsWith(`, not ${words}`), String(value))
    }
  })

  test('by its kind alone, where it is anything else', async () => {
    const kinds: Array<[unknown, string]> = [
      [{ deep: 'secret' }, 'an object'], [['x'], 'an array'], [() => 'x', 'a function'], ['ten minutes', 'a string'],
      ['0x5ec4e7', 'a string'], [Symbol('x'), 'a symbol']
    ]
    const sentence = 'The option freshFor of fastify-login may be a positive number of seconds or null, not'
    for (const [value, kind] of kinds) {
      assert.equal(await wrongOption({ ...outermost, freshFor: value }), `${sentence} ${kind}`)
    }
  })

  test('unless it may be a secret: what stands for a key, and the address of a store', async () => {
    for (const one of ['nobody should read this', ['nobody should read this']]) {
      assert.equal(await wrongOption({ key: one, loadUser }), 'The option key of fastify-login may be a secret of at least 32 bytes, or several with the newest first')
    }
    assert.equal(await wrongOption({ ...outermost, store: 'redis://:password@localhost' }), 'The option store of fastify-login may be a LoginStore, such as new MemoryStore()')
  })
})
