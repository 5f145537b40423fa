/** ASVS V7.5: what a session that was taken over, or left open, must not be enough for. */
import assert from 'node:assert/strict'
import { MemoryStore, requireFreshLogin, requireFreshLoginWithin, requireLogin } from 'fastify-login'
import { createApp } from '../support/app.ts'
import { Browser } from '../support/browser.ts'
import { stopClock } from '../support/clock.ts'
import { eachWay, type Requirement } from './requirement.ts'

export const abuse: readonly Requirement[] = [
  {
    id: '7.5.1',
    level: 2,
    asks: 'Users prove who they are again before they change what is used to log in',
    metBy: 'both',
    through: '[`requireFreshLogin`](freshness.md), `freshFor`, and `confirmLogin` after the application has checked every factor',
    async prove (test) {
      const clock = stopClock(test)
      await eachWay(async (createApp) => {
        const { app } = await createApp({
          options: { freshFor: 300 },
          after: (declared) => { declared.post('/email', { preHandler: requireFreshLogin }, () => ({})) }
        })
        const browser = new Browser(app)
        const change = async () => (await browser.post('/email', {}, { accept: 'application/json' })).statusCode
        await browser.post('/login/1', { remember: true })
        assert.equal(await change(), 200)
        browser.restart()
        assert.equal(await change(), 403, 'a login that is merely remembered')
        await browser.post('/confirm')
        assert.equal(await change(), 200)
        clock.advance(301)
        assert.equal(await change(), 403, 'a proof that is too old')
        browser.userAgent = 'Other'
        await browser.get('/whoami')
        assert.equal(await change(), 403, 'another browser')
      })
    }
  },
  {
    id: '7.5.2',
    level: 2,
    asks: 'Users see their sessions and, having proved who they are again, end any or all of them',
    metBy: 'both',
    through: '[`app.login.logins(userId)`](logins.md#with-a-store), `endLogin(id, { userId })`, `endLogins`, behind `requireFreshLogin`; the list needs a store',
    async prove () {
      const { app } = await createApp({
        options: { store: new MemoryStore() } as never,
        after: (declared) => {
          declared.get('/devices', { preHandler: requireLogin }, (request) => app.login.logins(request.currentUser.id, request))
          declared.post<{ Params: { id: string } }>('/devices/:id/end', { preHandler: requireFreshLogin }, async (request) => {
            return { ended: await app.login.endLogin(request.params.id, { userId: request.currentLogin!.userId }) }
          })
          declared.post<{ Params: { which: string } }>('/end/:which', { preHandler: requireFreshLogin }, async (request) => {
            const { id, userId } = request.currentLogin!
            await app.login.endLogins(userId, request.params.which === 'others' ? { except: id } : {})
            return {}
          })
        }
      })
      const [laptop, phone, tablet, stranger] = [new Browser(app), new Browser(app), new Browser(app), new Browser(app)]
      phone.userAgent = 'Phone'
      tablet.userAgent = 'Tablet'
      const owned = [laptop, phone, tablet]
      const users = async () => await Promise.all([...owned, stranger].map((browser) => browser.whoami()))
      const devices = async (): Promise<Array<{ id: string, userAgent: string, current: boolean }>> => (await laptop.get('/devices')).json()
      const names = async () => (await devices()).map(({ userAgent, current }) => current ? `${userAgent}, this one` : userAgent).sort()
      for (const browser of owned) await browser.post('/login/1', { remember: true })
      await stranger.post('/login/2', { remember: true })
      assert.deepEqual(await names(), ['Firefox, this one', 'Phone', 'Tablet'])
      const end = `/devices/${(await devices()).find(({ userAgent }) => userAgent === 'Phone')?.id ?? ''}/end`
      assert.deepEqual((await stranger.post(end)).json(), { ended: false })
      laptop.restart()
      for (const url of [end, '/end/others', '/end/all']) assert.equal((await laptop.post(url, {}, { accept: 'application/json' })).statusCode, 403, url)
      assert.deepEqual(await users(), ['1', '1', '1', '2'])
      await laptop.post('/confirm')
      assert.deepEqual((await laptop.post(end)).json(), { ended: true })
      assert.deepEqual([await users(), await names()], [['1', null, '1', '2'], ['Firefox, this one', 'Tablet']])
      await phone.post('/login/1', { remember: true })
      await laptop.post('/end/others')
      assert.deepEqual([await users(), await names()], [['1', null, null, '2'], ['Firefox, this one']])
      await phone.post('/login/1', { remember: true })
      await laptop.post('/end/all')
      assert.deepEqual([await users(), await app.login.logins('1')], [[null, null, null, '2'], []])
    }
  },
  {
    id: '7.5.3',
    level: 3,
    asks: 'A further proof comes before a highly sensitive operation',
    metBy: 'both',
    through: '[`requireFreshLoginWithin(seconds)`](freshness.md) on the route; a second factor is checked by the application before `confirmLogin`',
    async prove (test) {
      const clock = stopClock(test)
      await eachWay(async (createApp) => {
        const { app } = await createApp({ after: (declared) => { declared.post('/transfer', { preHandler: requireFreshLoginWithin(60) }, () => ({})) } })
        const browser = new Browser(app)
        const transfer = async () => (await browser.post('/transfer', {}, { accept: 'application/json' })).statusCode
        await browser.post('/login/1')
        clock.advance(61)
        assert.equal((await browser.get('/vault')).statusCode, 200, 'fresh, but not fresh enough')
        assert.equal(await transfer(), 403)
        await browser.post('/confirm')
        assert.equal(await transfer(), 200)
      })
    }
  }
]
