import assert from 'node:assert/strict'
import { test } from 'node:test'
import { Browser } from './support/browser.ts'
import { stopClock } from './support/clock.ts'
import { describeWays } from './support/ways.ts'
import type { FastifyRequest } from 'fastify'
import type { TestApp } from './support/app.ts'

/** The events since the last call, with the request by its address and the user by the id. */
function told ({ events }: TestApp): unknown[] {
  return events.splice(0).map(({ name, payload }) => {
    const { request, user, login, ...rest } = payload as { request?: FastifyRequest, user?: { id: string } | null, login?: { id: string } }
    return [name, request === undefined ? null : request.url, user?.id ?? null, login === undefined ? null : typeof login?.id, rest]
  })
}

describeWays('an event tells', (way) => {
  test('of each step of a login, once it has happened', async () => {
    const made = await way.createApp()
    const browser = new Browser(made.app)
    await browser.get('/whoami')
    assert.deepEqual(told(made), [])
    await browser.get('/members')
    assert.deepEqual(told(made), [['userUnauthorized', '/members', null, null, {}]])
    await browser.post('/login/1', { remember: true, fresh: false })
    assert.deepEqual(told(made), [['userLoggedIn', '/login/1', '1', 'string', {}]])
    await browser.get('/vault')
    assert.deepEqual(told(made), [['userNeedsRefresh', '/vault', '1', null, {}]])
    await browser.post('/confirm')
    assert.deepEqual(told(made), [['userLoginConfirmed', '/confirm', '1', 'string', {}]])
    browser.restart()
    await browser.get('/whoami')
    assert.deepEqual(told(made), [['userLoadedFromCookie', '/whoami', '1', 'string', {}]])
    const { id } = (await browser.get('/whoami')).json().login
    await browser.post('/logout')
    assert.deepEqual(told(made), [
      ['userLoggedOut', '/logout', '1', 'string', {}],
      ['loginEnded', null, null, null, { id, userId: '1', exceptId: null, reason: 'logout' }]
    ])
    await browser.post('/logout')
    assert.deepEqual(told(made), [])
  })

  test('of a login that another user replaces', async () => {
    const made = await way.createApp()
    const browser = new Browser(made.app)
    await browser.post('/login/1')
    const { id } = (await browser.get('/whoami')).json().login
    told(made)
    await browser.post('/login/2')
    assert.deepEqual(told(made), [
      ['loginEnded', null, null, null, { id, userId: '1', exceptId: null, reason: 'replaced' }],
      ['userLoggedIn', '/login/2', '2', 'string', {}]
    ])
  })

  test('of a login in another browser, once', async () => {
    for (const [sessionProtection, verdict] of [['basic', 'stale'], ['strong', 'end']] as const) {
      const made = await way.createApp({ options: { sessionProtection } })
      const browser = new Browser(made.app)
      await browser.post('/login/1')
      told(made)
      browser.userAgent = 'Safari'
      await browser.send({ url: '/whoami' })
      await browser.send({ url: '/whoami' })
      const all = told(made) as Array<[string, string, null, string, Record<string, unknown>]>
      assert.deepEqual(all.map(([name, url, , , rest]) => [name, url, rest['verdict'] ?? rest['reason']]), [
        ['sessionProtected', '/whoami', verdict], ...verdict === 'end' ? [['loginEnded', null, 'protection']] : []
      ])
    }
  })

  test('of a user who is gone', async () => {
    const made = await way.createApp()
    const ada = made.users.get('1')!
    for (const remember of [false, true]) {
      made.users.set('1', ada)
      const browser = new Browser(made.app)
      await browser.post('/login/1', { remember })
      if (remember) browser.restart()
      made.users.delete('1')
      told(made)
      await browser.get('/whoami')
      assert.deepEqual((told(made) as unknown[][]).map(([name, , , , rest]) => [name, (rest as { reason: string }).reason]), [['loginEnded', 'user-gone']])
    }
  })

  test('of logins that the application ends', async () => {
    const made = await way.createApp()
    const browser = new Browser(made.app)
    await browser.post('/login/1')
    const { id } = (await browser.get('/whoami')).json().login
    told(made)
    await made.app.login.endLogins('1', { except: id })
    assert.deepEqual(told(made), [['loginEnded', null, null, null, { id: null, userId: '1', exceptId: id, reason: 'revoked' }]])
    await made.app.login.endLogin(id)
    const [[name, , , , rest]] = told(made) as [[string, null, null, null, { id: string, reason: string }]]
    assert.deepEqual([name, rest.id, rest.reason], ['loginEnded', id, 'revoked'])
  })

  test('of a user whom a request names by other means', async () => {
    const made = await way.createApp({ options: { loadUserFromRequest: () => ({ id: '2', name: 'Grace' }) } })
    await made.app.inject('/whoami')
    assert.deepEqual(told(made), [['userLoadedFromRequest', '/whoami', '2', null, {}]])
  })

  test('no secret, and no cookie', async (t) => {
    const clock = stopClock(t)
    const made = await way.createApp({ options: { sessionProtection: 'strong', remember: { refreshEachRequest: true } } })
    const seen = new Set<string>()
    const browser = new Browser(made.app)
    const notice = () => { for (const { value } of browser.cookies.values()) seen.add(value) }
    for (const step of [
      async () => await browser.post('/login/1', { remember: true }), async () => await browser.post('/confirm'), async () => await browser.get('/whoami'),
      async () => { clock.advance(100); browser.restart(); return await browser.get('/vault') }, async () => await browser.post('/login/2', { remember: true }),
      async () => { browser.userAgent = 'Safari'; return await browser.get('/members') }, async () => await browser.post('/login/1'), async () => await browser.post('/logout')
    ]) {
      await step()
      notice()
    }
    assert.ok(seen.size >= 5)
    assert.ok(made.events.length >= 8)
    const text = JSON.stringify(made.events.map(({ payload: { request, ...payload } }) => payload))
    for (const value of seen) {
      for (const part of value.split('.')) assert.ok(part === '' || !text.includes(part), part)
    }
    for (const { payload } of made.events) {
      if (payload['login']) assert.deepEqual(Object.keys(payload['login']).filter((name) => /secret|validator|stamp|browser|generation|hash/i.test(name)), [])
    }
  })

  test('nothing where the answer fails: a login that no browser gets is no login', async () => {
    const made = await way.createApp({
      after: (app, users) => app.post('/fails', async (request) => {
        await request.loginUser(users.get('1')!)
        throw new Error('on purpose')
      })
    })
    assert.equal((await made.app.inject({ method: 'POST', url: '/fails' })).statusCode, 500)
    assert.deepEqual(told(made), [])
  })
})
