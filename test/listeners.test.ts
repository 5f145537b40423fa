import assert from 'node:assert/strict'
import { describe, test } from 'node:test'
import { createApp, eventNames } from './support/app.ts'
import type { LoginEvents } from 'fastify-login'

describe('a listener', () => {
  test('is called each time, once or no more, as it was asked', async () => {
    const { app } = await createApp()
    const calls: string[] = []
    const always = () => { calls.push('always') }
    assert.equal(app.login.on('userUnauthorized', always), app.login)
    assert.equal(app.login.once('userUnauthorized', () => { calls.push('once') }), app.login)
    await app.inject('/members')
    await app.inject('/members')
    assert.deepEqual(calls, ['always', 'once', 'always'])
    assert.equal(app.login.off('userUnauthorized', always), app.login)
    await app.inject('/members')
    assert.equal(calls.length, 3)
    app.login.off('userUnauthorized', always).off('userLoggedIn', always)
  })

  test('that waits for one event can be taken back before it comes', async () => {
    const { app } = await createApp()
    let calls = 0
    const listener = () => { calls++ }
    app.login.once('userUnauthorized', listener).off('userUnauthorized', listener)
    await app.inject('/members')
    assert.equal(calls, 0)
  })

  test('for an event that does not exist is refused with a sentence that lists those that do', async () => {
    const { app } = await createApp()
    for (const call of ['on', 'once'] as const) {
      for (const name of ['userLoggedin', 'toString', '__proto__', '']) {
        assert.throws(() => app.login[call](name as never, () => {}), { code: 'FST_LOGIN_INVALID_ARGUMENT', message: new RegExp(`no event ${name}: .*${eventNames[0]}`) })
      }
      assert.throws(() => app.login[call]('userLoggedIn', 'x' as never), { code: 'FST_LOGIN_INVALID_ARGUMENT', message: /must be a function/ })
    }
  })

  test('for an event that does not exist cannot be taken back without a word, either', async () => {
    const { app } = await createApp()
    assert.throws(() => app.login.off('userLoggedin' as never, () => {}), { code: 'FST_LOGIN_INVALID_ARGUMENT' })
  })

  test('that fails, at once or later, is logged by the name of its event, and nobody else notices', async () => {
    const lines: string[] = []
    const { app } = await createApp({ server: { logger: { level: 'error', stream: { write: (line: string) => { lines.push(line) } } } } })
    let reached = 0
    app.login.on('userUnauthorized', () => { throw new Error('at once') })
    app.login.on('userUnauthorized', async () => { throw new Error('later') })
    app.login.on('userUnauthorized', () => { reached++ })
    assert.equal((await app.inject('/members')).statusCode, 401)
    await new Promise(setImmediate)
    assert.equal(reached, 1)
    assert.equal(lines.filter((line) => /a listener of userUnauthorized failed/.test(line)).length, 2)
  })

  test('cannot change what the next one is told', async () => {
    const { app } = await createApp()
    const seen: unknown[] = []
    app.login.on('userLoggedIn', (payload) => { Object.assign(payload as object, { user: null }) })
    app.login.on('userLoggedIn', ({ user }: LoginEvents['userLoggedIn']) => { seen.push(user.id) })
    await app.inject({ method: 'POST', url: '/login/1' })
    assert.deepEqual(seen, ['1'])
  })
})
