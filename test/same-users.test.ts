/** Whose logins an inner scope takes for its own: it says so where it finds users in another way. */
import assert from 'node:assert/strict'
import { describe, test } from 'node:test'
import Fastify from 'fastify'
import login, { type LoginOptions } from 'fastify-login'
import { key, whoami } from './support/app.ts'
import { Browser } from './support/browser.ts'
import { describeWays } from './support/ways.ts'

const loadUser = (id: string) => ({ id, name: `member ${id}` })
const loadAdmin = (id: string) => ({ id, name: `admin ${id}` })
const token = { getToken: () => 'a token', loadUserByToken: () => null }

/** Boots a registration, and another in a scope inside it. */
async function boot (outer: object, inner: object): Promise<void> {
  const app = Fastify()
  await app.register(login, outer as LoginOptions)
  app.register(async (scope) => { await scope.register(login, inner as LoginOptions) })
  await app.ready()
}

const outermost = { key, loadUser, remember: token }

describe('an inner scope that finds users in another way', () => {
  for (const [option, options] of [
    ['loadUser', { loadUser: loadAdmin }],
    ['getId', { getId: ({ name }: { name: string }) => name }],
    ['remember.getToken', { remember: { getToken: () => 'another token' } }],
    ['remember.loadUserByToken', { remember: { loadUserByToken: loadAdmin } }]
  ] as const) {
    test(`stops the boot by ${option}, in a sentence with both ways out`, async () => {
      for (const more of [{}, { sameUsers: false }, { sameUsers: undefined }, { realm: undefined }]) {
        await assert.rejects(boot(outermost, { ...options, ...more }), {
          code: 'FST_LOGIN_INVALID_OPTION',
          message: `fastify-login: ${option} of an inner scope may find other users than the scope around it, whose logins it shares: ` +
            'a member could be taken for the admin of the same id. If these are another kind of user, name a realm for them. ' +
            'If they are the same users, set sameUsers to true'
        })
      }
    })

    test(`may do so by ${option} where it says that they are the same users`, async () => {
      await boot(outermost, { ...options, sameUsers: true })
    })
  }

  test('stops the boot also where the scope around it finds users by the request alone', async () => {
    await assert.rejects(boot({ key, loadUserFromRequest: () => null }, { loadUser }), { code: 'FST_LOGIN_INVALID_OPTION', message: /sameUsers/ })
  })

  test('stops the boot inside a realm, too, unless it names the realm', async () => {
    const admin = { key, realm: 'admin', loadUser: loadAdmin }
    await assert.rejects(boot(admin, { loadUser }), { code: 'FST_LOGIN_INVALID_OPTION', message: /sameUsers/ })
    await boot(admin, { realm: 'admin', loadUser })
    await boot(admin, { loadUser, sameUsers: true })
  })

  test('may repeat what it would inherit, and may take users from requests as well', async () => {
    await boot(outermost, { loadUser, remember: token })
    await boot(outermost, { loadUserFromRequest: () => null })
  })

  test('stops the boot where it says that the users of another realm are the same', async () => {
    await assert.rejects(boot(outermost, { realm: 'admin', loadUser: loadAdmin, sameUsers: true }), {
      code: 'FST_LOGIN_INVALID_OPTION',
      message: 'fastify-login: sameUsers cannot be true in the realm admin, because another realm is another kind of user. Remove sameUsers, or realm'
    })
  })
})

describeWays('an inner scope of the same users', (way) => {
  test('honours the logins of the scope around it, and loads their users in its own way', async () => {
    const { app } = await way.createApp({
      after: (app) => app.register(async (scope) => {
        await scope.register(login, { loadUser: (id) => ({ id, name: 'with permissions' }), sameUsers: true })
        scope.get('/inner/whoami', (request) => ({ ...whoami(request), name: request.currentUser?.name }))
      })
    })
    const browser = new Browser(app)
    await browser.post('/login/1')
    const { user, name } = (await browser.get('/inner/whoami')).json()
    assert.deepEqual([user, name], ['1', 'with permissions'])
  })
})
