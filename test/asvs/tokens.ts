/** ASVS V7.2: what a session token is, and when it is a new one. */
import assert from 'node:assert/strict'
import { MemoryStore, type LoginRecord } from 'fastify-login'
import { randomId } from '../../lib/digest.ts'
import { createApp } from '../support/app.ts'
import { Browser, setCookies } from '../support/browser.ts'
import { stopClock } from '../support/clock.ts'
import { eachWay, type Requirement } from './requirement.ts'

const valueOf = (browser: Browser) => browser.cookies.get('login')?.value ?? assert.fail('there is no login cookie')

export const tokens: readonly Requirement[] = [
  {
    id: '7.2.1',
    level: 1,
    asks: 'Session tokens are verified by the server',
    metBy: 'the plugin',
    through: 'Cookies are sealed under keys of the server; nothing in them is believed before that, and their ends are checked here',
    async prove (test) {
      const clock = stopClock(test)
      await eachWay(async (createApp) => {
        const { app } = await createApp({ options: { absoluteTimeout: 3600 } })
        const browser = new Browser(app)
        await browser.post('/login/1')
        const value = valueOf(browser)
        for (let position = 0; position < value.length; position += 7) {
          const other = value[position] === 'A' ? 'B' : 'A'
          const altered = `${value.slice(0, position)}${other}${value.slice(position + 1)}`
          const answer = await app.inject({ url: '/whoami', headers: { cookie: `login=${altered}` } })
          assert.deepEqual([answer.json().user, answer.json().lapse], [null, 'forged'], `position ${position}`)
        }
        clock.advance(3601)
        assert.equal((await app.inject({ url: '/whoami', headers: { cookie: `login=${value}` } })).json().user, null)
      })
    }
  },
  {
    id: '7.2.2',
    level: 1,
    asks: 'Session tokens are made for the session, not static API keys',
    metBy: 'the plugin',
    through: 'A new token for each login; a user from [`loadUserFromRequest`](request-loader.md) has no login and gets no cookie',
    async prove () {
      await eachWay(async (createApp) => {
        const { app, users } = await createApp({ options: { loadUserFromRequest: ({ headers }) => users.get(String(headers['x-api-key'])) } })
        const [one, other] = [new Browser(app), new Browser(app)]
        for (const browser of [one, other]) await browser.post('/login/1')
        assert.notEqual(valueOf(one), valueOf(other))
        const answer = await new Browser(app).get('/whoami', { 'x-api-key': '1' })
        assert.deepEqual([answer.json().user, answer.json().login, setCookies(answer)], ['1', null, []])
      })
    }
  },
  {
    id: '7.2.3',
    level: 1,
    asks: 'Reference tokens are unique, random and of 128 bits or more',
    metBy: 'the plugin',
    through: '256 bits of `crypto.randomFillSync`, of which the [store](stores.md) keeps the SHA-256 alone',
    async prove () {
      const records: LoginRecord[] = []
      class WatchedStore extends MemoryStore {
        override create (record: LoginRecord) { records.push(record); return super.create(record) }
      }
      const { app } = await createApp({ options: { store: new WatchedStore() } as never })
      const values = new Set<string>()
      for (let logins = 0; logins < 300; logins++) {
        const browser = new Browser(app)
        await browser.post('/login/1')
        values.add(valueOf(browser))
      }
      for (const known of [values, new Set(records.map(({ id }) => id)), new Set(records.map(({ secret }) => secret))]) assert.equal(known.size, 300)
      assert.equal(Buffer.from(randomId(32), 'base64url').length * 8, 256)
      for (const { secret } of records) assert.equal(Array.from(values).some((value) => value.includes(secret)), false)
    }
  },
  {
    id: '7.2.4',
    level: 1,
    asks: 'Authentication, also a repeated one, makes a new token and ends the present one',
    metBy: 'the plugin',
    through: '[`loginUser`, `confirmLogin`](logins.md#begin-confirm-end): a new secret; the old is never fresh, and worth nothing after ten seconds',
    async prove (test) {
      const clock = stopClock(test)
      await eachWay(async (createApp) => {
        for (const proof of ['/confirm', '/login/1']) {
          const browser = new Browser((await createApp()).app)
          await browser.post('/login/1')
          const old = browser.copy()
          await browser.post(proof)
          assert.notEqual(valueOf(browser), valueOf(old))
          assert.equal((await old.copy().get('/vault', { accept: 'application/json' })).statusCode, 403)
          clock.advance(11)
          assert.deepEqual([await old.whoami(), await browser.whoami()], [null, '1'])
        }
      })
      await eachWay(async (createApp) => {
        const victim = new Browser((await createApp()).app)
        await victim.post('/login/2')
        const planted = victim.copy()
        await victim.post('/login/1')
        assert.deepEqual([await planted.whoami(), await victim.whoami()], [null, '1'], "another user's login ends at once")
      })
    }
  }
]
