import assert from 'node:assert/strict'
import { it } from 'node:test'
import type { FastifyInstance } from 'fastify'
import type { LoginOptions } from 'fastify-login'
import { Browser, setCookies } from './support/browser.ts'
import { stopClock } from './support/clock.ts'
import type { User } from './support/user.ts'
import { describeWays } from './support/ways.ts'

describeWays('logging in', (way) => {
  it('is kept by a cookie of its own, and told once it is done', async () => {
    const { app, events } = await way.createApp()
    const browser = new Browser(app)
    const answer = await browser.post('/login/1')
    assert.equal(answer.json().ok, true)
    assert.deepEqual(setCookies(answer).map(({ name }) => name), ['login'])
    const seen = (await browser.get('/whoami')).json()
    assert.deepEqual([seen.user, seen.fresh, seen.remembered, seen.lapse], ['1', true, false, null])
    assert.deepEqual(events.map(({ name, payload }) => [name, (payload['user'] as User).name, (payload['login'] as { id: string }).id]), [['userLoggedIn', 'Ada', seen.login.id]])
    assert.deepEqual([seen.login.userId, seen.login.remembered, seen.login.provenAt >= seen.login.startedAt], ['1', false, true])
  })

  it('holds from there on in the same request', async () => {
    const { app } = await way.createApp({
      after: (app, users) => app.post('/begin', async (request) => {
        const before = request.currentUser
        await request.loginUser(users.get('1')!)
        return [before, request.currentUser?.name, request.loginFresh, request.currentLogin?.userId]
      })
    })
    assert.deepEqual((await new Browser(app).post('/begin')).json(), [null, 'Ada', true, '1'])
  })

  it('sets no cookie again while it is used', async () => {
    const { app } = await way.createApp()
    const browser = new Browser(app)
    await browser.post('/login/1')
    for (const url of ['/', '/whoami', '/members', '/vault']) assert.deepEqual(setCookies(await browser.get(url)), [])
  })

  it('again is a new proof of the same login, under a new cookie', async () => {
    const { app } = await way.createApp()
    const browser = new Browser(app)
    await browser.post('/login/1', { fresh: false })
    const before = (await browser.get('/whoami')).json().login
    const cookie = browser.cookies.get('login')?.value
    await browser.post('/login/1')
    const seen = (await browser.get('/whoami')).json()
    assert.equal(seen.login.id, before.id)
    assert.equal(seen.login.startedAt, before.startedAt)
    assert.equal(seen.fresh, true)
    assert.notEqual(browser.cookies.get('login')?.value, cookie)
  })

  it('is one object for the whole of a request, and sets no cookie while it is merely used', async (t) => {
    const clock = stopClock(t)
    const { app } = await way.createApp({ after: (app) => app.get('/same', (request) => String(new Set([request.currentLogin, request.currentLogin]).size)) })
    const browser = new Browser(app)
    await browser.post('/login/1')
    clock.advance(61)
    const answer = await browser.get('/same')
    assert.deepEqual([answer.body, setCookies(answer)], ['1', []])
  })

  it('twice in one request is one login', async () => {
    const { app } = await way.createApp({
      after: (app, users) => app.post('/twice', async (request) => {
        await request.loginUser(users.get('1')!, { remember: true })
        const { id } = request.currentLogin!
        await request.loginUser(users.get('1')!)
        return request.currentLogin?.id === id
      })
    })
    const browser = new Browser(app)
    assert.equal((await browser.post('/twice')).body, 'true')
    browser.restart()
    assert.equal(await browser.whoami(), '1', 'the remember cookie that was to be set is set')
  })

  it('without a proof of identity is not fresh', async () => {
    const { app } = await way.createApp()
    const browser = new Browser(app)
    await browser.post('/login/1', { fresh: false })
    assert.equal((await browser.get('/whoami')).json().fresh, false)
    assert.equal((await browser.get('/vault')).statusCode, 403)
  })

  it('of a user who is not active is refused, and nothing is done', async () => {
    const { app, events } = await way.createApp()
    const browser = new Browser(app)
    const answer = await browser.post('/login/3', { remember: true })
    assert.equal(answer.json().ok, false)
    assert.deepEqual([setCookies(answer), events], [[], []])
  })

  it('of a user who is not active can be forced, and guards turn them away', async () => {
    const { app } = await way.createApp()
    const browser = new Browser(app)
    assert.equal((await browser.post('/login/3', { force: true })).json().ok, true)
    assert.equal(await browser.whoami(), '3')
    assert.equal((await browser.get('/members')).statusCode, 401)
    assert.equal((await browser.get('/visitors')).statusCode, 200)
  })

  it('takes numbers for ids, as the strings that they are', async () => {
    for (const id of [7, 7n, 0]) {
      const { app } = await way.createApp({
        options: { loadUser: (asked: string) => ({ id: asked, name: typeof asked }) } as Partial<LoginOptions>,
        after: (app) => app.post('/numbered', async (request) => await request.loginUser({ id, name: 'x' } as unknown as User))
      })
      const browser = new Browser(app)
      await browser.post('/numbered')
      assert.equal(await browser.whoami(), String(id))
    }
  })

  it('takes the id from getId of the user, or of the options', async () => {
    class Account { name = 'Ada'; getId () { return 'from the class' } }
    const after = (app: FastifyInstance) => { app.post('/begin', async (request) => { await request.loginUser(new Account() as unknown as User); return request.currentLogin!.userId }) }
    assert.equal((await new Browser((await way.createApp({ after })).app).post('/begin')).body, 'from the class')
    const { app } = await way.createApp({ after, options: { getId: () => 'from the option' } })
    assert.equal((await new Browser(app).post('/begin')).body, 'from the option')
  })
})
