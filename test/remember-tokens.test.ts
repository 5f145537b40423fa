import assert from 'node:assert/strict'
import { it } from 'node:test'
import { MemoryStore, type LoginOptions } from 'fastify-login'
import { Browser, setCookies } from './support/browser.ts'
import type { User } from './support/user.ts'
import { describeWays } from './support/ways.ts'

describeWays('a remember token of the application', (way) => {
  async function createAppWithTokens (remember: LoginOptions['remember'] = {}) {
    const asked: string[] = []
    const users: Record<string, User> = { 1: { id: '1', name: 'Ada', passwordHash: 'one' }, 2: { id: '2', name: 'Grace', passwordHash: 'two' } }
    const test = await way.createApp({
      options: {
        loadUser: (id: string) => users[id],
        remember: {
          getToken: (user: User) => `${user.id}-${user.passwordHash}`,
          loadUserByToken: (token: string) => {
            asked.push(token)
            return Object.values(users).find(({ id, passwordHash }) => token === `${id}-${passwordHash}`)
          },
          ...remember
        }
      } as Partial<LoginOptions>,
      after: (app) => app.post('/password', async (request) => {
        users[1]!.passwordHash = 'changed'
        return await request.confirmLogin(users[1]!)
      })
    })
    const browser = new Browser(test.app)
    return { ...test, asked, accounts: users, browser }
  }

  it('is what restores the login', async () => {
    const { browser, asked } = await createAppWithTokens()
    await browser.post('/login/1', { remember: true })
    await browser.whoami()
    assert.deepEqual(asked, [], 'and nothing else')
    browser.restart()
    assert.equal(await browser.whoami(), '1')
    assert.deepEqual(asked, ['1-one'])
  })

  it('may be found later', async () => {
    const { browser } = await createAppWithTokens({ loadUserByToken: async (token) => ({ id: token.slice(0, 1), name: 'Ada' }) })
    await browser.post('/login/1', { remember: true })
    browser.restart()
    assert.equal(await browser.whoami(), '1')
  })

  it('of no user ends the remember cookie', async () => {
    const { browser, accounts } = await createAppWithTokens()
    await browser.post('/login/1', { remember: true })
    browser.restart()
    accounts[1]!.passwordHash = 'changed'
    assert.equal(await browser.whoami(), null)
    assert.ok(!browser.cookies.has('remember_token'))
  })

  it('that was not given yet, or is asked for no more, is done without: the id says who is remembered', async () => {
    const tokens = { getToken: () => 'token', loadUserByToken: () => null }
    for (const [before, after] of [[{}, tokens], [tokens, {}]]) {
      const keeping = way.name === 'without a store' ? {} : { store: new MemoryStore() }
      const [first, second] = await Promise.all([before, after].map((remember) => way.createApp({ options: { ...keeping, remember } as Partial<LoginOptions> })))
      const browser = new Browser(first!.app)
      await browser.post('/login/1', { remember: true })
      browser.restart()
      const upgraded = new Browser(second!.app)
      upgraded.cookies.set('remember_token', browser.cookies.get('remember_token')!)
      assert.equal(await upgraded.whoami(), '1')
    }
  })

  it('never yields another user than the one who was remembered', async () => {
    const { browser } = await createAppWithTokens({ loadUserByToken: () => ({ id: '2', name: 'Grace' }) })
    await browser.post('/login/1', { remember: true })
    browser.restart()
    const answer = await browser.send({ url: '/whoami' })
    assert.deepEqual([answer.statusCode, answer.json().code, setCookies(answer)], [500, 'FST_LOGIN_INVALID_USER', []])
  })

  it('changes with the password of a login that is confirmed with it, and this browser comes back', async () => {
    const { browser } = await createAppWithTokens()
    await browser.post('/login/1', { remember: true })
    await browser.post('/password')
    browser.restart()
    assert.equal(await browser.whoami(), '1')
  })

  for (const [what, token] of [['undefined', undefined], ['an empty string', ''], ['a number', 7], ['a promise', Promise.resolve('token')]] as const) {
    it(`that is ${what} logs nobody in`, async () => {
      const { browser } = await createAppWithTokens({ getToken: () => token as unknown as string })
      const answer = await browser.post('/login/1', { remember: true })
      assert.deepEqual(
        [answer.json().code, answer.json().message],
        ['FST_LOGIN_INVALID_ARGUMENT', `fastify-login: the option remember.getToken must return a string that is not empty, at once, and returned ${what}`]
      )
      assert.equal(await browser.whoami(), null)
    })
  }
})
