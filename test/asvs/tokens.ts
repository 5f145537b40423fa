/** ASVS V7.2: what a session token is, and when it is a new one. */
import assert from 'node:assert/strict'
import { createHash } from 'node:crypto'
import { MemoryStore, type LoginRecord } from 'fastify-login'
import { createApp } from '../support/app.ts'
import { Browser, setCookies } from '../support/browser.ts'
import { stopClock } from '../support/clock.ts'
import { openSeal } from '../support/seal.ts'
import { eachWay, type Requirement } from './requirement.ts'
import { referenceIn } from './secrets.ts'

const sha256 = (text: string) => createHash('sha256').update(text).digest('base64url')
const valueOf = (browser: Browser) => browser.cookies.get('login')?.value ?? assert.fail('there is no login cookie')

/** Each has 256 bits, and none of those is the same in all of them, as in a counter or where part was never filled. */
function assertRandom (secrets: Buffer[]): void {
  assert.deepEqual(new Set(secrets.map(({ length }) => length * 8)), new Set([256]))
  const set = (secret: Buffer, bit: number) => secret[bit >> 3]! >> (bit & 7) & 1
  for (let bit = 0; bit < 256; bit++) assert.equal(new Set(secrets.map((secret) => set(secret, bit))).size, 2, `bit ${bit} is always the same`)
}

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
    async prove (test) {
      const seal = await openSeal(test)
      const records = new Map<string, LoginRecord>()
      class WatchedStore extends MemoryStore {
        override create (record: LoginRecord) { records.set(record.id, record); return super.create(record) }
      }
      const { app } = await createApp({ options: { store: new WatchedStore() } as never })
      const [secrets, validators]: [string[], string[]] = [[], []]
      for (let logins = 0; logins < 300; logins++) {
        const given = setCookies(await new Browser(app).post('/login/1', { remember: true }))
        const [login, validator] = given.map((cookie) => referenceIn(seal, cookie) ?? assert.fail('the cookie is no reference'))
        const record = records.get(login!.id) ?? assert.fail('the cookie names no record')
        assert.deepEqual([record.secret, record.remember?.validator], [sha256(login!.secret), sha256(validator!.secret)])
        for (const { secret } of [login!, validator!]) assert.equal(JSON.stringify(record).includes(secret), false)
        secrets.push(login!.secret)
        validators.push(validator!.secret)
      }
      assert.deepEqual([records.size, new Set([...secrets, ...validators]).size], [300, 600])
      for (const kind of [secrets, validators]) assertRandom(kind.map((secret) => Buffer.from(secret, 'base64url')))
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
