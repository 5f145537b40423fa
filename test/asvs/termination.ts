/** ASVS V7.4: that a session which has ended stays ended, and what ends it. */
import assert from 'node:assert/strict'
import { Browser } from '../support/browser.ts'
import { stopClock } from '../support/clock.ts'
import type { User } from '../support/user.ts'
import { eachWay, type Requirement } from './requirement.ts'

export const termination: readonly Requirement[] = [
  {
    id: '7.4.1',
    level: 1,
    asks: 'After logout or expiry a session is of no further use',
    metBy: 'the plugin',
    through: '[`logoutUser`](logins.md#begin-confirm-end): the record is removed; [without a store](logins.md#without-a-store), a list of what ended, in this process until it restarts',
    async prove (test) {
      const clock = stopClock(test)
      await eachWay(async (createApp) => {
        const browser = new Browser((await createApp({ options: { absoluteTimeout: 7200, remember: { duration: 7200 } } })).app)
        for (const end of [() => browser.post('/logout'), async () => { clock.advance(7201) }]) {
          await browser.post('/login/1', { remember: true })
          const [both, remembered] = [browser.copy(), browser.copy()]
          remembered.restart()
          const restored = remembered.copy()
          assert.equal(await restored.whoami(), '1')
          await end()
          for (const seconds of [0, 1, 100, 3600]) {
            clock.advance(seconds)
            for (const copy of [both, remembered, restored]) assert.equal((await copy.send({ url: '/whoami' })).json().user, null)
          }
        }
      })
    }
  },
  {
    id: '7.4.2',
    level: 1,
    asks: 'All sessions of a user who is disabled or deleted end',
    metBy: 'both',
    through: '`loadUser` giving null ends a login; `isActive` is asked by every guard; [`app.login.endLogins(userId)`](logins.md#end-one-or-all) ends all for good',
    async prove () {
      await eachWay(async (createApp) => {
        const { app, users } = await createApp()
        const browsers = [new Browser(app), new Browser(app), new Browser(app)] as const
        for (const browser of browsers) await browser.post('/login/1', { remember: true })
        const ada = users.get('1') as User
        const statuses = async () => (await Promise.all(browsers.map((browser) => browser.get('/members')))).map(({ statusCode }) => statusCode)
        users.set('1', { ...ada, isActive: false })
        assert.deepEqual(await statuses(), [401, 401, 401])
        await app.login.endLogins('1')
        users.set('1', ada)
        assert.deepEqual(await statuses(), [401, 401, 401])
        for (const browser of browsers) await browser.post('/login/1', { remember: true })
        users.delete('1')
        assert.deepEqual(await statuses(), [401, 401, 401])
        users.set('1', ada)
        assert.deepEqual(await statuses(), [401, 401, 401], 'a user of that id who comes later is not logged in')
      })
    }
  },
  {
    id: '7.4.3',
    level: 2,
    asks: 'After a change of password or another factor, a user may end all other sessions',
    metBy: 'both',
    through: '[`authHash`](logins.md#password-change), which may cover every factor, and `confirmLogin(user)`; or `endLogins(userId, { except })`',
    async prove () {
      await eachWay(async (createApp) => {
        const { app } = await createApp({
          options: { authHash: (user: User) => user.passwordHash } as never,
          after: (declared, users) => {
            declared.post('/password', async (request) => {
              const changed = { ...users.get('1') as User, passwordHash: 'another' }
              users.set('1', changed)
              return { ok: await request.confirmLogin(changed) }
            })
            declared.post('/end-others', async (request) => {
              await app.login.endLogins('1', { except: request.currentLogin!.id })
              return {}
            })
          }
        })
        const browser = new Browser(app)
        await browser.post('/login/1')
        for (const change of ['/password', '/end-others']) {
          const other = new Browser(app)
          await other.post('/login/1', { remember: true })
          await browser.post(change)
          assert.deepEqual([await browser.whoami(), await other.whoami()], ['1', null], change)
        }
      })
    }
  }
]
