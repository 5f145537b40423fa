import assert from 'node:assert/strict'
import { describe, it } from 'node:test'
import type { LoginOptions } from 'fastify-login'
import { key } from '../support/app.ts'
import { Barrier } from '../support/barrier.ts'
import { Browser } from '../support/browser.ts'
import { stopClock } from '../support/clock.ts'
import { createStoredApp, onlyRecord } from '../support/store.ts'
import type { User } from '../support/user.ts'

const authHash = (user: User) => user.passwordHash

async function logInTwice (remember = true) {
  const slow = new Barrier()
  const test = await createStoredApp({
    options: { authHash } as Partial<LoginOptions>,
    after: (app, users) => app.post<{ Querystring: { slow?: string, to?: string, stale?: string } }>('/password', async (request) => {
      const { slow: waits, to = 'changed', stale } = request.query
      if (waits !== undefined) await slow.pass()
      const user = { ...users.get('1')!, passwordHash: to }
      users.set('1', user)
      return { ok: stale === undefined ? await request.confirmLogin(user) : await request.loginUser(user, { fresh: false }) }
    })
  })
  const [here, there] = [new Browser(test.app), new Browser(test.app)]
  for (const browser of [here, there]) await browser.post('/login/1', { remember })
  return { ...test, test, here, there, slow }
}

describe('a new password, with a store', () => {
  it('ends every other login and remember cookie of the user at the next request, and keeps the one confirmed', async () => {
    const { here, there } = await logInTwice()
    const early = there.copy()
    assert.equal((await here.post('/password')).json().ok, true)
    const lapsed = (await there.get('/whoami')).json()
    assert.deepEqual([lapsed.user, lapsed.lapse], [null, 'ended'])
    for (const browser of [there, early]) {
      browser.restart()
      assert.equal(await browser.whoami(), null)
    }
    assert.equal((await here.get('/whoami')).json().fresh, true)
    here.restart()
    assert.equal(await here.whoami(), '1', 'its remember cookie goes on, too')
  })

  it('leaves the older generation of the confirmed login its 10 seconds', async () => {
    const { here } = await logInTwice()
    const older = here.copy()
    await here.post('/password')
    assert.equal(await older.whoami(), '1')
  })

  it('leaves a login alone that was confirmed with it elsewhere at the same moment', async () => {
    const { here, there, store, slow, told } = await logInTwice()
    told()
    const elsewhere = there.request({ method: 'POST', url: '/password?slow', payload: {} })
    await slow.reached
    const listed = store.hold('list', 'after')
    const changing = here.request({ method: 'POST', url: '/password', payload: {} })
    await listed.reached
    slow.open()
    await elsewhere
    listed.open()
    await changing
    assert.deepEqual([await here.whoami(), await there.whoami()], ['1', '1'])
    assert.deepEqual(told(), ['userLoginConfirmed', 'userLoginConfirmed'])
  })

  for (const [how, stale] of [['confirmed', ''], ['begun again, not to be fresh,', '&stale']] as const) {
    it(`leaves a login alone that was ${how} elsewhere with a newer one while it was on its way`, async (t) => {
      const clock = stopClock(t)
      const { here, there, store, slow } = await logInTwice()
      clock.advance(1)
      const elsewhere = there.request({ method: 'POST', url: `/password?slow&to=newer${stale}`, payload: {} })
      await slow.reached
      const listing = store.hold('list')
      const changing = here.request({ method: 'POST', url: '/password', payload: {} })
      await listing.reached
      clock.advance(1)
      slow.open()
      await elsewhere
      listing.open()
      await changing
      assert.deepEqual([await here.whoami(), await there.whoami()], [null, '1'])
    })
  }

  it('ends every login from before it where it comes with one that is not to be fresh, too', async (t) => {
    const clock = stopClock(t)
    const { app, here } = await logInTwice()
    clock.advance(1)
    await new Browser(app).post('/login/1')
    clock.advance(1)
    await here.post('/password?stale')
    assert.equal((await app.login.logins('1')).length, 1)
  })

  it('does not take theft for a remember cookie from before, nor a login for dead that is about to be confirmed', async () => {
    const { test, here, there, told, store } = await logInTwice()
    const late = there.copy()
    late.restart()
    told()
    const held = store.hold('update')
    const changing = here.send({ method: 'POST', url: '/password', payload: {} })
    await held.reached
    assert.equal((await here.send({ url: '/whoami' })).json().lapse, 'user-changed')
    held.open()
    here.receive(await changing)
    assert.equal(await here.whoami(), '1')
    assert.equal(await late.whoami(), null)
    assert.ok(!told().includes('rememberTokenStolen'))
    assert.ok((await test.records()).length >= 1)
  })

  it('kept in a record is a keyed digest: never what authHash gave', async () => {
    const { test, there } = await logInTwice()
    await there.post('/logout')
    const { stamp } = await onlyRecord(test)
    assert.match(stamp!, /^[\w-]{22}$/)
    assert.notEqual(stamp, 'one')
  })

  it('of a user without a stamp counts as changed once there is one', async () => {
    const { users, here } = await logInTwice()
    users.set('1', { ...users.get('1')!, passwordHash: null })
    assert.equal(await here.whoami(), null)
    here.restart()
    assert.equal(await here.whoami(), null)
  })

  it('takes the logins from before it off the list of devices, and those alone, and tells why', async (t) => {
    // Those of the same moment, too.
    stopClock(t)
    const { app, users, events } = await createStoredApp({
      options: { authHash } as Partial<LoginOptions>,
      after: (app, users) => app.post('/password', async (request) => {
        users.set('1', { ...users.get('1')!, passwordHash: 'changed' })
        await new Browser(app).post('/login/1')
        return { ok: await request.confirmLogin(users.get('1')!) }
      })
    })
    const [here, there] = [new Browser(app), new Browser(app)]
    for (const browser of [here, there]) await browser.post('/login/1')
    const [own, before] = [(await here.get('/whoami')).json().login.id, (await there.get('/whoami')).json().login.id]
    events.length = 0
    await here.post('/password')
    const listed = (await app.login.logins('1')).map((login) => login.id)
    assert.deepEqual([listed.length, listed.includes(own), listed.includes(before)], [2, true, false])
    const ended = events.filter(({ name }) => name === 'loginEnded').map(({ payload }) => payload)
    assert.deepEqual(ended, [{ id: before, userId: users.get('1')!.id, exceptId: null, reason: 'user-changed' }])
  })

  it('is not what an upgrade makes: a password has the same stamp in every version', async () => {
    const { records } = await logInTwice()
    for (const { stamp } of await records()) assert.equal(stamp, '0HK9Ti4ZJ76KL2ADw4p7Ko')
  })

  it('is not what a new key makes: after it, a confirmation ends no other login', async () => {
    const { store, here, there } = await logInTwice()
    const rotated = await createStoredApp({
      store,
      options: { authHash, key: ['a newer secret of the tests, thirty-two bytes or more', key] } as Partial<LoginOptions>
    })
    const [hereAfter, thereAfter] = [here, there].map((browser) => {
      const after = new Browser(rotated.app)
      for (const [name, kept] of browser.cookies) after.cookies.set(name, kept)
      return after
    })
    assert.equal((await hereAfter!.post('/confirm')).json().ok, true)
    assert.equal((await hereAfter!.get('/whoami')).json().fresh, true)
    assert.equal(await thereAfter!.whoami(), '1')
  })
})
