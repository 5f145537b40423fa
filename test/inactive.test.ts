import assert from 'node:assert/strict'
import { test } from 'node:test'
import { createApp } from './support/app.ts'
import { Browser } from './support/browser.ts'
import { unhandledRejection } from './support/rejections.ts'
import { describeWays } from './support/ways.ts'
import type { User } from './support/user.ts'

describeWays('a user is active', (way) => {
  async function memberStatus (user: object, options: Record<string, unknown> = {}): Promise<number> {
    const { app } = await way.createApp({ options: { loadUser: () => user as User, ...options } })
    const browser = new Browser(app)
    await browser.post('/login/1')
    return (await browser.get('/members')).statusCode
  }

  test('unless isActive says otherwise, as a property, a getter or a method', async () => {
    assert.equal(await memberStatus({ id: '1' }), 200)
    assert.equal(await memberStatus({ id: '1', isActive: true }), 200)
    assert.equal(await memberStatus({ id: '1', isActive: () => true }), 200)
    assert.equal(await memberStatus({ id: '1', active: true, isActive (this: { active: boolean }) { return this.active } }), 200)
    for (const isActive of [false, () => false]) assert.equal(await memberStatus({ id: '1', isActive }), 401)
  })

  test('as the option isActive says, whatever the user says', async () => {
    const isActive = (user: { status: string }) => user.status === 'paid'
    assert.equal(await memberStatus({ id: '1', status: 'paid', isActive: false }, { isActive: (user: { status?: string }) => user.status !== 'due' }), 200)
    assert.equal(await memberStatus({ id: '1', status: 'due', isActive: true }, { isActive }), 401)
  })

  test('at once: a promise of an answer is a mistake, and lets nobody in', async () => {
    const { app, users } = await way.createApp()
    users.set('1', { id: '1', name: 'Ada', isActive: (async () => false) as never })
    const response = await app.inject({ method: 'POST', url: '/login/1' })
    assert.equal(response.json().code, 'FST_LOGIN_INVALID_ARGUMENT')
    assert.equal(response.json().message, 'fastify-login: the option isActive (by default user.isActive) must return true or false at once, ' +
      'and returned a promise. Load what it depends on in loadUser')
    assert.equal(await memberStatus({ id: '1', isActive: async () => true }), 500)
  })
})

test('loginUser gives false for a user who is not active, and changes nothing', async () => {
  const { app, events } = await createApp()
  const browser = new Browser(app)
  await browser.post('/login/1')
  events.length = 0
  const response = await browser.post('/login/3', { remember: true })
  assert.deepEqual(response.json(), { ok: false })
  assert.equal(response.headers['set-cookie'], undefined)
  assert.equal(await browser.whoami(), '1')
  assert.deepEqual(events, [])
})

test('an isActive that fails behind an awaited loader fails the request', async (t) => {
  const { app } = await createApp({
    options: { loadUserFromRequest: async () => ({ id: '1', name: 'Ada' }), isActive: () => { throw new Error('on purpose') } },
    after: (app) => app.get('/config', { config: { login: 'required' } }, () => 'page')
  })
  const response = await Promise.race([app.inject('/config'), unhandledRejection(t)])
  assert.equal(response.statusCode, 500)
  assert.match(response.body, /on purpose/)
})
