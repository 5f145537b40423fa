import assert from 'node:assert/strict'
import { it } from 'node:test'
import login, { type LoginOptions } from 'fastify-login'
import { Browser } from './support/browser.ts'
import { describeWays } from './support/ways.ts'

const names = ['login', 'remember_token'] as const

describeWays('a cookie that was not issued by this application', (way) => {
  async function issue () {
    const { app } = await way.createApp()
    const browser = new Browser(app)
    await browser.post('/login/1', { remember: true })
    /** What the application makes of one cookie alone. */
    async function ask (name: string, value: string): Promise<unknown> {
      const answer = await app.inject({ url: '/whoami', headers: { cookie: `${name}=${value}` } })
      assert.equal(answer.statusCode, 200, value)
      return answer.json().user
    }
    const [loginValue, rememberValue] = names.map((name) => browser.cookies.get(name)!.value) as [string, string]
    return { app, ask, values: { login: loginValue, remember_token: rememberValue } }
  }

  for (const name of names) {
    it(`or had any one character of its ${name} changed, is nobody's`, async () => {
      const { ask, values } = await issue()
      const value = values[name]
      for (let at = 0; at < value.length; at++) {
        for (const character of [value[at] === 'A' ? 'B' : 'A', '.', '%']) {
          if (character === value[at]) continue
          assert.equal(await ask(name, value.slice(0, at) + character + value.slice(at + 1)), null, `${character} at ${at}`)
        }
      }
    })

    it(`or had its ${name} cut at any length, or something put after it, is nobody's`, async () => {
      const { ask, values } = await issue()
      const value = values[name]
      for (let length = 0; length < value.length; length++) assert.equal(await ask(name, value.slice(0, length)), null, String(length))
      for (const more of ['A', '.', '=', '.A', '%00', '%E9', value]) assert.equal(await ask(name, value + more), null, more)
    })

    it(`but is noise as ${name}, is nobody's`, async () => {
      const { ask } = await issue()
      const noise = ['', '.', '..', 'null', '1|é', '%', '%zz', '"', '{"id":"1"}', 'a'.repeat(4096), '.'.repeat(4096), '😀', '\u0000',
        `${'A'.repeat(43)}.${'A'.repeat(32)}`, `.${'A'.repeat(32)}`, `${'A'.repeat(300)}.`, `${'A'.repeat(300)}.${'A'.repeat(31)}`]
      for (const value of noise) assert.equal(await ask(name, value), null, value.slice(0, 20))
    })
  }

  it('is worth nothing for another purpose', async () => {
    const { ask, values } = await issue()
    assert.equal(await ask('login', values.remember_token), null)
    assert.equal(await ask('remember_token', values.login), null)
    assert.equal(await ask('login', values.login), '1')
    assert.equal(await ask('remember_token', values.remember_token), '1')
  })

  it('is worth nothing in another realm', async () => {
    const { app } = await way.createApp({
      after: (app) => {
        app.register(async (scope) => {
          await scope.register(login, { realm: 'admin', loadUser: (id: string) => ({ id, email: 'root@example.org', permissions: [] }) } as LoginOptions)
          scope.get('/admin/whoami', (request) => ({ user: request.currentUser }))
          scope.post('/admin/login', async (request) => await request.loginUser({ id: '1', email: 'root@example.org', permissions: [] }, { remember: true }))
        })
      }
    })
    const [member, admin] = [new Browser(app), new Browser(app)]
    await member.post('/login/1', { remember: true })
    await admin.post('/admin/login')
    for (const name of names) {
      const mine = member.cookies.get(name)!.value
      const theirs = admin.cookies.get(`${name}-admin`)!.value
      const asAdmin = await app.inject({ url: '/admin/whoami', headers: { cookie: `${name}-admin=${mine}` } })
      assert.equal(asAdmin.json().user, null)
      const asMember = await app.inject({ url: '/whoami', headers: { cookie: `${name}=${theirs}` } })
      assert.equal(asMember.json().user, null)
    }
  })

  it('or was issued under another key, is nobody\'s', async () => {
    const { values } = await issue()
    const { app } = await way.createApp({ options: { key: 'another secret of thirty-two bytes or more' } })
    for (const name of names) {
      const answer = await app.inject({ url: '/whoami', headers: { cookie: `${name}=${values[name]}` } })
      assert.deepEqual([answer.statusCode, answer.json().user, answer.json().lapse], [200, null, 'forged'])
    }
  })

  it('twice in a header, or with spaces, is no error', async () => {
    const { app, values } = await issue()
    for (const cookie of [`login=x; login=${values.login}`, `login="${values.login}"`, ` ; =; login; login=${values.login} ;;`, 'login', '=', ';']) {
      assert.equal((await app.inject({ url: '/whoami', headers: { cookie } })).statusCode, 200, cookie)
    }
  })
})
