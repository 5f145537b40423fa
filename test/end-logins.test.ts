import assert from 'node:assert/strict'
import { it } from 'node:test'
import { Browser } from './support/browser.ts'
import { stopClock } from './support/clock.ts'
import { createRacingApp } from './support/racing.ts'
import { describeSessions } from './support/sessions.ts'
import { describeWays, type Way } from './support/ways.ts'

async function threeBrowsers (way: Way) {
  const test = await way.createApp()
  const [laptop, phone, grace] = [new Browser(test.app), new Browser(test.app), new Browser(test.app)]
  await laptop.post('/login/1')
  await phone.post('/login/1', { remember: true })
  await grace.post('/login/2', { remember: true })
  const idOf = async (browser: Browser): Promise<string> => (await browser.get('/whoami')).json().login.id
  const everybody = async () => await Promise.all([laptop, phone, grace].map(async (browser) => await browser.copy().whoami()))
  return { ...test, laptop, phone, grace, idOf, everybody }
}

describeWays('app.login.endLogin', (way) => {
  it('ends one login, and its remember cookie, wherever its browser is', async () => {
    const { app, phone, idOf, everybody, events } = await threeBrowsers(way)
    const id = await idOf(phone)
    const remembered = phone.copy()
    remembered.restart()
    assert.equal(await app.login.endLogin(id), true)
    assert.deepEqual(await everybody(), ['1', null, '2'])
    assert.equal(await remembered.whoami(), null)
    const { payload } = events.at(-1)!
    assert.deepEqual([payload['id'], payload['exceptId'], payload['reason']], [id, null, 'revoked'])
  })

  it('with a user ends only a login of that user', async () => {
    const { app, phone, idOf, everybody } = await threeBrowsers(way)
    const id = await idOf(phone)
    await app.login.endLogin(id, { userId: '2' })
    assert.deepEqual(await everybody(), ['1', '1', '2'])
    await app.login.endLogin(id, { userId: '1' })
    assert.deepEqual(await everybody(), ['1', null, '2'])
  })

  it('of what cannot be an id of a login is false, and ends nothing', async () => {
    const { app, everybody, events } = await threeBrowsers(way)
    const before = events.length
    for (const id of ['', '1', 'x'.repeat(32), 'x'.repeat(34), `${'x'.repeat(32)}/`, null, undefined, 7, {}]) {
      assert.equal(await app.login.endLogin(id as string), false)
    }
    assert.deepEqual(await everybody(), ['1', '1', '2'])
    assert.ok(!events.slice(before).some(({ name }) => name === 'loginEnded'))
  })

  it('of a restored login ends all that share its remember cookie', async () => {
    const { app, phone, idOf } = await threeBrowsers(way)
    const first = phone.copy()
    phone.restart()
    await app.login.endLogin(await idOf(phone))
    for (const browser of [phone, first]) assert.equal(await browser.whoami(), null)
  })
})

describeWays('app.login.endLogins', (way) => {
  it('ends all logins of a user, and nobody else\'s', async () => {
    const { app, phone, everybody, events } = await threeBrowsers(way)
    const remembered = phone.copy()
    remembered.restart()
    await app.login.endLogins('1')
    assert.deepEqual(await everybody(), [null, null, '2'])
    assert.equal(await remembered.whoami(), null)
    assert.deepEqual(events.at(-1)?.payload, { id: null, userId: '1', exceptId: null, reason: 'revoked' })
  })

  it('takes an id that is a number', async () => {
    const { app, everybody } = await threeBrowsers(way)
    await app.login.endLogins(1)
    assert.deepEqual(await everybody(), [null, null, '2'])
  })

  it('spares the login that is excepted, its remember cookie included', async () => {
    const { app, phone, idOf, everybody } = await threeBrowsers(way)
    await app.login.endLogins('1', { except: await idOf(phone) })
    assert.deepEqual(await everybody(), [null, '1', '2'])
    phone.restart()
    assert.equal(await phone.whoami(), '1')
  })

  it('spares none for an exception that is nobody\'s', async () => {
    for (const except of ['', 'x', 'x'.repeat(33)]) {
      const { app, everybody } = await threeBrowsers(way)
      await app.login.endLogins('1', { except })
      assert.deepEqual(await everybody(), [null, null, '2'], except)
    }
  })

  it('does not bring back, by an exception, what ended before', async () => {
    const { app, laptop, phone, idOf, everybody } = await threeBrowsers(way)
    const [laptopId, phoneId] = [await idOf(laptop), await idOf(phone)]
    await app.login.endLogins('1', { except: laptopId })
    await app.login.endLogins('1', { except: phoneId })
    assert.deepEqual(await everybody(), [null, null, '2'])
    const copy = (await threeBrowsers(way))
    const id = await copy.idOf(copy.phone)
    const before = copy.phone.copy()
    await copy.phone.post('/logout')
    await copy.app.login.endLogins('1', { except: id })
    assert.equal(await before.whoami(), null)
  })

  it('lets the user log in again', async (t) => {
    const clock = stopClock(t)
    const { app, laptop, everybody } = await threeBrowsers(way)
    await app.login.endLogins('1')
    clock.advance(1)
    await laptop.post('/login/1')
    assert.deepEqual(await everybody(), ['1', null, '2'])
  })

  describeSessions('for a login under way', (plugin) => {
    for (const [what, end] of [
      ['endLogins', (app: Browser['app']) => app.login.endLogins('1')],
      ['endEveryLogin', (app: Browser['app']) => app.login.endEveryLogin()]
    ] as const) {
      for (const point of ['before', 'after'] as const) {
        it(`${what} wins, ${point} it is prepared`, async (t) => {
          const clock = stopClock(t)
          const racing = await createRacingApp(way, plugin)
          const browser = new Browser(racing.app)
          await racing.race(browser, 'logInAgain', point, async () => await end(racing.app))
          assert.ok(!browser.cookies.has('login'))
          assert.ok(!racing.events.some(({ name }) => name === 'userLoggedIn'))
          for (const slow of ['confirm', 'logInAgain', 'visit'] as const) {
            clock.advance(1)
            await browser.post('/login/1', { remember: true })
            if (slow === 'visit') browser.restart()
            await racing.race(browser, slow, point, async () => await end(racing.app))
            assert.equal(await browser.whoami(), null, slow)
          }
        })
      }
    }

    for (const point of ['before', 'after'] as const) {
      it(`of another user than the one who is logged in wins, ${point} it is prepared, and that one stays`, async (t) => {
        stopClock(t)
        const racing = await createRacingApp(way, plugin)
        const browser = new Browser(racing.app)
        await browser.post('/login/1')
        await racing.race(browser, 'logInAsAnother', point, async () => await racing.app.login.endLogins('2'))
        assert.equal(await browser.whoami(), '1')
      })
    }

    it('endLogins spares the one that its own request has begun', async () => {
      const racing = await createRacingApp(way, plugin, {
        after: (app, users) => app.post('/everywhere-else', async (request) => {
          await request.loginUser(users.get('1')!)
          await app.login.endLogins('1', { except: request.currentLogin!.id })
        })
      })
      const [browser, other] = [new Browser(racing.app), new Browser(racing.app)]
      await other.post('/login/1')
      await browser.post('/everywhere-else')
      assert.equal(await browser.whoami(), '1')
      assert.equal(await other.whoami(), null)
    })
  })
})

describeWays('app.login.endEveryLogin', (way) => {
  it('ends every login of every user', async () => {
    const { app, phone, everybody, events } = await threeBrowsers(way)
    phone.restart()
    await app.login.endEveryLogin()
    assert.deepEqual(await everybody(), [null, null, null])
    assert.deepEqual(events.at(-1)?.payload, { id: null, userId: null, exceptId: null, reason: 'revoked' })
  })
})
