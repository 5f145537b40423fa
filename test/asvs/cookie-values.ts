/** ASVS V3.3: that what is in a cookie stands nowhere else, and is short. */
import assert from 'node:assert/strict'
import type { LoginOptions } from 'fastify-login'
import { createApp } from '../support/app.ts'
import { Browser, setCookies } from '../support/browser.ts'
import { openSeal } from '../support/seal.ts'
import { cookiesSet } from './cookies-set.ts'
import { eachWay, type Requirement } from './requirement.ts'
import { referenceIn } from './secrets.ts'
import { tellAll } from './telling.ts'

export const cookieValues: readonly Requirement[] = [
  {
    id: '3.3.4',
    level: 2,
    asks: 'A session token is `HttpOnly`, and reaches the browser by `Set-Cookie` alone',
    metBy: 'the plugin',
    through: 'Always; neither `request.currentLogin` nor an event, an error or `app.login.logins` holds a secret',
    async prove (test) {
      await eachWay(async (createApp) => {
        for (const { attributes } of await cookiesSet(createApp)) assert.ok(attributes.has('httponly'))
      })
      for (const stored of [false, true]) {
        const { given, told, errors } = await tellAll(stored)
        const seal = await openSeal(test, stored)
        const references = given.map((cookie) => referenceIn(seal, cookie))
        assert.ok(given.length >= 6 && references.every((reference) => (reference !== null) === stored))
        assert.deepEqual(errors, [
          'FST_LOGIN_UNAUTHORIZED', 'FST_LOGIN_NEEDS_REFRESH', 'FST_LOGIN_INVALID_USER_ID',
          ...stored ? ['FST_LOGIN_STORE_UNAVAILABLE', 'FST_LOGIN_STORE_UNAVAILABLE'] : ['FST_LOGIN_STORE_REQUIRED', 'FST_LOGIN_COOKIE_TOO_LARGE']
        ])
        for (const reference of references) assert.ok(reference === null || told.some(([, text]) => text.includes(reference.id)), 'the ids are told')
        for (const secret of [...given.map(({ value }) => value), ...references.flatMap((reference) => reference?.secret ?? [])]) {
          for (const [where, text] of told) assert.equal(text.includes(secret), false, where)
        }
      }
    }
  },
  {
    id: '3.3.5',
    level: 3,
    asks: 'The name and value of a cookie are not over 4096 bytes',
    metBy: 'the plugin',
    through: 'Under 1 kB; a user id over 255 bytes is refused, and what would pass 1 kB is `FST_LOGIN_COOKIE_TOO_LARGE`',
    async prove () {
      const logIn = async (createIn: typeof createApp, id: string, options: Partial<LoginOptions> = {}) => {
        const { app } = await createIn({
          options,
          after: (declared) => { declared.post('/long', (request) => request.loginUser({ id, name: 'Long' }, { remember: true })) }
        })
        const answer = await new Browser(app).post('/long')
        for (const { name, value } of setCookies(answer)) assert.ok(name.length + value.length < 1000)
        return [answer.statusCode, answer.statusCode === 200 ? null : answer.json().code, setCookies(answer).length]
      }
      await eachWay(async (createIn) => {
        assert.deepEqual(await logIn(createIn, 'x'.repeat(255)), [200, null, 2])
        assert.deepEqual(await logIn(createIn, 'x'.repeat(256)), [500, 'FST_LOGIN_INVALID_USER_ID', 0])
      })
      // With a store, neither the id nor the token is in a cookie.
      const tooLarge = [500, 'FST_LOGIN_COOKIE_TOO_LARGE', 0]
      assert.deepEqual(await logIn(createApp, '\u0001'.repeat(255)), tooLarge)
      assert.deepEqual(await logIn(createApp, '1', { remember: { getToken: () => 't'.repeat(800), loadUserByToken: () => null } }), tooLarge)
    }
  }
]
