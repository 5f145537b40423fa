import assert from 'node:assert/strict'
import { it } from 'node:test'
import { Browser, setCookies } from './support/browser.ts'
import type { User } from './support/user.ts'
import { describeWays } from './support/ways.ts'

describeWays('another user in the same browser', (way) => {
  it('ends the login that was there, and tells it', async () => {
    const { app, events } = await way.createApp()
    const browser = new Browser(app)
    await browser.post('/login/1')
    const { id } = (await browser.get('/whoami')).json().login
    const copy = browser.copy()
    await browser.post('/login/2')
    assert.equal(await browser.whoami(), '2')
    assert.equal(await copy.whoami(), null)
    assert.deepEqual(events.find(({ name }) => name === 'loginEnded')?.payload, { id, userId: '1', exceptId: null, reason: 'replaced' })
  })

  it('clears no remember cookie where none came', async () => {
    const { app } = await way.createApp()
    const browser = new Browser(app)
    await browser.post('/login/1')
    assert.deepEqual(setCookies(await browser.post('/login/2')).map(({ name }) => name), ['login'])
  })

  for (const remember of [false, true]) {
    it(`never leaves the first one's remember cookie behind, ${remember ? 'remembered' : 'not remembered'} itself`, async () => {
      const { app } = await way.createApp()
      const browser = new Browser(app)
      await browser.post('/login/1', { remember: true })
      const copy = browser.copy()
      await browser.post('/login/2', { remember })
      assert.equal(browser.cookies.has('remember_token'), remember)
      browser.restart()
      assert.equal(await browser.whoami(), remember ? '2' : null)
      copy.restart()
      assert.equal(await copy.whoami(), null)
    })
  }

  it('also where the first one came back remembered in this very request', async () => {
    const { app } = await way.createApp()
    const browser = new Browser(app)
    await browser.post('/login/1', { remember: true })
    browser.restart()
    const copy = browser.copy()
    await browser.post('/login/2')
    assert.equal(await browser.whoami(), '2')
    assert.ok(!browser.cookies.has('remember_token'))
    assert.equal(await copy.whoami(), null)
  })

  it('ends the login of one and the remember cookie of another, where it held both, and tells ids of logins only', async () => {
    const { app, events } = await way.createApp()
    const [browser, other] = [new Browser(app), new Browser(app)]
    await browser.post('/login/1')
    await other.post('/login/2', { remember: true })
    browser.cookies.set('remember_token', other.cookies.get('remember_token')!)
    const copy = browser.copy()
    copy.cookies.delete('remember_token')
    other.restart()
    await browser.post('/login/3', { force: true })
    assert.deepEqual([await browser.whoami(), await copy.whoami(), await other.whoami()], ['3', null, null])
    for (const { payload } of events.filter(({ name }) => name === 'loginEnded')) assert.equal(String(payload['id']).length, 33)
  })

  it('tells the end of the first one once, by the id of the login', async () => {
    const { app, events } = await way.createApp()
    const browser = new Browser(app)
    await browser.post('/login/1', { remember: true })
    const { id } = (await browser.get('/whoami')).json().login
    await browser.post('/login/2')
    const ended = events.filter(({ name }) => name === 'loginEnded').map(({ payload }) => payload['id'])
    assert.deepEqual(ended, [id])
  })

  it('who is refused, or whose answer fails, leaves the first one logged in', async () => {
    const { app } = await way.createApp({
      after: (app, users) => app.post('/broken', async (request, reply) => {
        await request.loginUser(users.get('2')!, { remember: true })
        return await reply.code(500).send('broken')
      })
    })
    const browser = new Browser(app)
    await browser.post('/login/1', { remember: true })
    await browser.post('/login/3')
    await browser.post('/broken')
    assert.equal(await browser.whoami(), '1')
    browser.restart()
    assert.equal(await browser.whoami(), '1')
  })

  it('and back again in one request leaves one login of the first', async () => {
    const { app, events } = await way.createApp({
      after: (app, users) => app.post('/there-and-back', async (request) => {
        await request.loginUser(users.get('2')!)
        return await request.loginUser(users.get('1')!)
      })
    })
    const browser = new Browser(app)
    await browser.post('/login/1')
    const copy = browser.copy()
    events.length = 0
    await browser.post('/there-and-back')
    assert.deepEqual(events.map(({ name, payload }) => [name, (payload['user'] as User).id]), [['userLoggedIn', '1']], 'the other one never was')
    assert.equal(await browser.whoami(), '1')
    await browser.post('/logout')
    assert.equal(await copy.whoami(), null)
  })

  it('and a third one in one request is one login, of the last', async () => {
    const { app, events } = await way.createApp({
      after: (app, users) => app.post('/one-by-one', async (request) => {
        users.set('4', { id: '4', name: 'Edsger' })
        await request.loginUser(users.get('2')!, { remember: true })
        return await request.loginUser(users.get('4')!)
      })
    })
    const browser = new Browser(app)
    await browser.post('/login/1')
    events.length = 0
    await browser.post('/one-by-one')
    assert.deepEqual(events.map(({ name }) => name), ['loginEnded', 'userLoggedIn'])
    assert.equal((events[1]!.payload['user'] as User).id, '4')
    assert.deepEqual([await browser.whoami(), browser.cookies.has('remember_token')], ['4', false])
  })

  it('after a logout in the same request begins, whatever the browser held', async () => {
    const { app } = await way.createApp({
      after: (app, users) => app.post('/leave-and-come', async (request) => {
        await request.logoutUser()
        return await request.loginUser(users.get('2')!, { remember: true })
      })
    })
    for (const restart of [false, true]) {
      const browser = new Browser(app)
      await browser.post('/login/1', { remember: true })
      const copy = browser.copy()
      if (restart) browser.restart()
      await browser.post('/leave-and-come')
      assert.deepEqual([await browser.whoami(), await copy.whoami()], ['2', null])
    }
  })

  it('begins where the one before is gone, be it that this very request finds that out', async () => {
    for (const restart of [false, true]) {
      const { app, users } = await way.createApp()
      const browser = new Browser(app)
      await browser.post('/login/1', { remember: true })
      if (restart) browser.restart()
      users.delete('1')
      await browser.post('/login/2')
      assert.equal(await browser.whoami(), '2')
    }
  })

  it('twice in one request ends the first one and begins one login', async () => {
    const { app } = await way.createApp({
      after: (app, users) => app.post('/twice', async (request) => {
        await request.loginUser(users.get('2')!)
        return await request.loginUser(users.get('2')!, { remember: true })
      })
    })
    const browser = new Browser(app)
    await browser.post('/login/1')
    const copy = browser.copy()
    await browser.post('/twice')
    assert.equal(await copy.whoami(), null)
    browser.restart()
    assert.equal(await browser.whoami(), '2')
  })
})
