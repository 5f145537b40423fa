/** Two registrations with one key are two kinds of users: nothing of the one is worth anything to the other. */
import assert from 'node:assert/strict'
import { test } from 'node:test'
import { MemoryStore, type LoginOptions, type LoginRecord } from 'fastify-login'
import type { Browser } from './support/browser.ts'
import { cookieNames, describeRegistrations, other, sides, type RegistrationsWay, type Side, type TwoRegistrations } from './support/registrations.ts'
import { describeSessions, sessionOf } from './support/sessions.ts'

/** User 1 of each side, logged in and remembered. */
async function bothLoggedIn (way: RegistrationsWay, options: Partial<LoginOptions> = {}) {
  const two = await way.open(options)
  const browsers = { members: two.browser('members'), staff: two.browser('staff') }
  for (const side of sides) await browsers[side].post(`/${side}/login/1`, { remember: true })
  return { ...two, browsers }
}

async function whoami (browser: Browser, side: Side): Promise<{ user: string | null, lapse: string | null, login: { id: string } }> {
  const answer = await browser.get(`/${side}/whoami`)
  assert.equal(answer.statusCode, 200)
  return answer.json()
}

/** A browser that carries each cookie of one side under the name that the other side gives to what it is used as. */
function renamed (two: TwoRegistrations, from: Browser, side: Side, as: { login: 'login' | 'remember', remember: 'login' | 'remember' }): Browser {
  const thief = two.browser(other(side))
  for (const use of ['login', 'remember'] as const) {
    const { value } = from.cookies.get(cookieNames[side][as[use]])!
    thief.cookies.set(cookieNames[other(side)][use], { value, persistent: true })
  }
  return thief
}

const uses = [{ login: 'login', remember: 'remember' }, { login: 'remember', remember: 'login' }] as const

describeRegistrations('two registrations with one key', (way) => {
  test("a cookie of one, renamed to the other's, is a forged one: nobody is logged in by it", async () => {
    const { browsers, ...two } = await bothLoggedIn(way)
    for (const side of sides) {
      for (const use of uses) {
        const { user, lapse } = await whoami(renamed(two, browsers[side], side, use), other(side))
        assert.deepEqual([user, lapse], [null, 'forged'])
      }
    }
  })

  test('logging in, confirming and logging out with such a cookie touches no login of the side that it was taken from', async () => {
    const { browsers, ...two } = await bothLoggedIn(way)
    for (const side of sides) {
      for (const use of uses) {
        const thief = () => renamed(two, browsers[side], side, use)
        assert.equal((await thief().post(`/${other(side)}/logout`)).body, 'false')
        assert.equal((await thief().post(`/${other(side)}/confirm`)).body, 'false')
        const visitor = thief()
        assert.equal((await visitor.post(`/${other(side)}/login/2`)).body, 'true')
        assert.equal((await whoami(visitor, other(side))).user, `${other(side)} 2`)
      }
      assert.equal((await whoami(browsers[side], side)).user, `${side} 1`)
    }
  })

  test('what an extension seals on one side does not open on the other, and neither makes the tokens of the other', async () => {
    const { members, staff } = await way.open()
    const value = members.seal.seal(['1', 'a parcel'])
    assert.deepEqual(members.seal.open(value), ['1', 'a parcel'])
    assert.equal(staff.seal.open(value), null)
    assert.notEqual(members.manager.makeSecureToken('unsubscribe', 1), staff.manager.makeSecureToken('unsubscribe', 1))
  })

  test('ending all logins of a user leaves those of the user of the same id on the other side', async () => {
    const { browsers, members } = await bothLoggedIn(way)
    await members.manager.endLogins('1')
    assert.equal((await whoami(browsers.members, 'members')).user, null)
    assert.equal((await whoami(browsers.staff, 'staff')).user, 'staff 1')
  })

  test('one side cannot end a login of the other by its id', async () => {
    const { browsers, members } = await bothLoggedIn(way)
    const { login: { id } } = await whoami(browsers.staff, 'staff')
    for (const owner of [{}, { userId: '1' }]) await members.manager.endLogin(id, owner)
    assert.equal((await whoami(browsers.staff, 'staff')).user, 'staff 1')
    browsers.staff.restart()
    assert.equal((await whoami(browsers.staff, 'staff')).user, 'staff 1')
  })

  test('ending every login ends those of the other side as well where both share a store, and only there', async () => {
    const { browsers, members } = await bothLoggedIn(way)
    await members.manager.endEveryLogin()
    assert.equal((await whoami(browsers.members, 'members')).user, null)
    assert.equal((await whoami(browsers.staff, 'staff')).user, way.stored ? null : 'staff 1')
  })
})

describeRegistrations('two registrations with one key', (way) => {
  if (!way.stored) return

  test('neither lists, reads or changes the logins of the other', async () => {
    const { browsers, members, staff } = await bothLoggedIn(way)
    const { login: { id } } = await whoami(browsers.staff, 'staff')
    const mine = (await whoami(browsers.members, 'members')).login.id
    assert.deepEqual((await members.manager.logins('1')).map((login) => login.id), [mine])
    assert.equal(await members.manager.endLogin(id), false)
    await staff.manager.changeLoginData(id, () => 'of staff')
    assert.equal(await members.manager.loginData(id), null)
    assert.equal(await members.manager.changeLoginData(id, () => 'of a member'), null)
    assert.equal(await staff.manager.loginData(id), 'of staff')
  })

  test('each counts its own logins: neither ends nor refuses one because of those of the other', async () => {
    for (const onMaxLogins of ['end-oldest', 'refuse'] as const) {
      const { browsers } = await bothLoggedIn(way, { maxLogins: 1, onMaxLogins })
      for (const side of sides) assert.equal((await whoami(browsers[side], side)).user, `${side} 1`, onMaxLogins)
    }
  })

  test('a switch to another user ends the login on this side alone', async () => {
    const { browsers } = await bothLoggedIn(way)
    for (const name of Object.values(cookieNames.staff)) browsers.members.cookies.set(name, browsers.staff.cookies.get(name)!)
    await browsers.members.post('/members/login/2')
    assert.equal((await whoami(browsers.staff, 'staff')).user, 'staff 1')
  })

  test('the stamp of a password in a record of one side says nothing of the same password on the other', async () => {
    const store = new MemoryStore()
    const kept: LoginRecord[] = []
    store.create = async (record) => { kept.push(record); return await MemoryStore.prototype.create.call(store, record) }
    await bothLoggedIn(way, { store, authHash: () => 'the hash of one password' })
    const [one, two] = kept as [LoginRecord, LoginRecord]
    assert.equal(kept.length, 2)
    assert.notEqual(one.stamp, two.stamp)
    assert.notEqual(one.owner, two.owner)
  })

  test('a record of an owner on the other side is no login, whatever cookie names the record', async () => {
    const { browsers, store } = await bothLoggedIn(way)
    const { login: { id } } = await whoami(browsers.staff, 'staff')
    const record = await store!.find(id) as LoginRecord
    const { owner } = await store!.find((await whoami(browsers.members, 'members')).login.id) as LoginRecord
    assert.ok(await store!.remove(id))
    assert.ok(await store!.create({ ...record, owner }))
    assert.deepEqual((await whoami(browsers.staff, 'staff')).user, null)
    browsers.staff.restart()
    assert.deepEqual((await whoami(browsers.staff, 'staff')).user, null)
  })
})

describeRegistrations('two registrations that share a session', (way) => {
  if (way.apart) return

  describeSessions('data of a user', (plugin) => {
    test('goes when another user of the same side logs in, whoever of the other side logged in between', async () => {
      const two = await way.open({}, async (app) => {
        await plugin.register(app)
        app.post('/cart', async (request) => { sessionOf(request).set('cart', 'apples'); return 'kept' })
        app.get('/cart', (request) => ({ cart: sessionOf(request).get('cart') ?? null }))
      })
      const browser = two.browser('members')
      await browser.post('/members/login/1')
      await browser.post('/cart')
      browser.cookies.delete(cookieNames.members.login)
      await browser.post('/staff/login/2')
      await browser.post('/cart')
      browser.cookies.delete(cookieNames.staff.login)
      await browser.post('/members/login/2')
      assert.equal((await browser.get('/cart')).json().cart, null)
    })
  })
})
