import assert from 'node:assert/strict'
import { describe, test } from 'node:test'
import { AnonymousUser, UserMixin } from 'fastify-login'
import { Browser } from './support/browser.ts'
import { describeWays } from './support/ways.ts'

class Account extends UserMixin {
  override id: string
  readonly suspended: boolean

  constructor (id: string, suspended = false) {
    super()
    this.id = id
    this.suspended = suspended
  }

  override get isActive () { return !this.suspended }
}

class Admin extends UserMixin {
  override id = '1'
}

class Numbered extends UserMixin {
  override id = 7n
}

describe('a class that extends UserMixin', () => {
  test('has an id, is active, and is not anonymous', () => {
    const account = new Account('1')
    assert.deepEqual([account.getId(), account.isActive, account.isAuthenticated, account.isAnonymous], ['1', true, true, false])
    assert.equal(new Numbered().getId(), '7')
    assert.equal(new Numbered().isActive, true)
  })

  test('is not authenticated where it is not active', () => {
    const account = new Account('1', true)
    assert.deepEqual([account.isActive, account.isAuthenticated], [false, false])
  })

  test('is the same user by id and class: an admin is never a member of the same id', () => {
    assert.ok(new Account('1').equals(new Account('1', true)))
    for (const other of [new Account('2'), new Admin(), { id: '1' }, null, undefined, '1']) assert.ok(!new Account('1').equals(other))
  })

  test('without an id says so', () => {
    for (const user of [new UserMixin(), new Account(''), new Account(null as never)]) assert.throws(() => user.getId(), { code: 'FST_LOGIN_INVALID_USER_ID' })
  })
})

test('AnonymousUser is nobody in every respect', () => {
  const nobody = new AnonymousUser()
  assert.deepEqual([nobody.isActive, nobody.isAuthenticated, nobody.isAnonymous, nobody.getId()], [false, false, true, null])
})

describeWays('users of classes', (way) => {
  test('log in as others do', async () => {
    const account = new Account('7')
    const { app } = await way.createApp({
      options: { loadUser: (id: string) => id === '7' ? account as never : null },
      after: (app) => app.post('/enter', async (request) => ({ ok: await request.loginUser(account as never) }))
    })
    const browser = new Browser(app)
    assert.deepEqual((await browser.post('/enter')).json(), { ok: true })
    assert.equal((await browser.get('/members')).statusCode, 200)
    Object.assign(account, { suspended: true })
    assert.equal((await browser.get('/members')).statusCode, 401)
    assert.deepEqual((await browser.post('/enter')).json(), { ok: false })
  })

  test('have somebody to stand in for nobody, made once for a request, whom guards turn away', async () => {
    let made = 0
    const { app } = await way.createApp({
      options: { anonymousUser: (() => { made++; return new AnonymousUser() }) as never },
      after: (app) => app.get('/both', (request) => ({
        same: request.currentUser === request.currentUser, // eslint-disable-line no-self-compare
        anonymous: (request.currentUser as unknown as AnonymousUser).isAnonymous
      }))
    })
    assert.deepEqual((await app.inject('/both')).json(), { same: true, anonymous: true })
    assert.equal(made, 1)
    assert.equal((await app.inject('/members')).statusCode, 401)
    assert.equal((await app.inject('/visitors')).statusCode, 200)
    await app.inject('/')
    assert.equal(made, 1)
    const browser = new Browser(app)
    await browser.post('/login/1')
    assert.equal((await browser.get('/whoami')).json().user, '1')
    assert.equal(made, 1)
  })
})
