import assert from 'node:assert/strict'
import { describe, it } from 'node:test'
import websocket from '@fastify/websocket'
import type { FastifyRequest } from 'fastify'
import { whoami } from '../support/app.ts'
import { Browser } from '../support/browser.ts'
import { stopClock } from '../support/clock.ts'
import { createStoredApp, onlyRecord } from '../support/store.ts'

interface Seen { user: string | null, fresh: boolean, login: { id: string } | null }

/** A browser that comes back remembered, and a copy of it that never hears of a rotation. */
async function comeBack () {
  const test = await createStoredApp({
    // What injects a WebSocket has no address, so that every one would come from another browser.
    options: { sessionProtection: false },
    before: (app) => app.register(websocket),
    after: (app) => {
      app.get('/socket', { websocket: true }, (socket, request: FastifyRequest) => socket.send(JSON.stringify(whoami(request))))
      app.get('/refused', { websocket: true, preValidation: async (_request, reply) => await reply.code(403).send('no') }, () => {})
    }
  })
  const browser = new Browser(test.app)
  await browser.post('/login/1', { remember: true })
  browser.restart()
  test.told()
  test.store.reset()
  return { ...test, test, browser, older: browser.copy() }
}

async function connect (browser: Browser, url = '/socket'): Promise<Seen> {
  const cookie = [...browser.cookies].map(([name, { value }]) => `${name}=${value}`).join('; ')
  return await new Promise((resolve, reject) => {
    browser.app.injectWS(url, { headers: { cookie, 'user-agent': browser.userAgent } }, {
      onInit: (socket) => {
        socket.on('message', (message: unknown) => { resolve(JSON.parse(String(message))); socket.terminate() })
        socket.on('error', reject)
      }
    }).catch(reject)
  })
}

describe('a WebSocket, with a store', () => {
  it('is authenticated by the remember cookie alone: no rotation, no record, no event', async () => {
    const { test, browser, store, told } = await comeBack()
    const before = await onlyRecord(test)
    const { user, fresh, login } = await connect(browser)
    assert.deepEqual([user, fresh, login?.id], ['1', false, before.id])
    assert.deepEqual(store.called, ['find'])
    assert.deepEqual(await onlyRecord(test), before)
    assert.deepEqual(told(), [])
    assert.equal(await browser.whoami(), '1')
  })

  it('writes down no use, and no coming of a successor', async (t) => {
    const clock = stopClock(t)
    const { browser, store } = await comeBack()
    await browser.whoami()
    clock.advance(120)
    store.reset()
    assert.equal((await connect(browser)).user, '1')
    assert.deepEqual(store.called, ['find'])
  })

  for (const url of ['/nowhere', '/refused']) {
    it(`that is refused (${url}) writes down no use either`, async (t) => {
      const clock = stopClock(t)
      const { browser, store } = await comeBack()
      await browser.whoami()
      clock.advance(120)
      store.reset()
      await assert.rejects(connect(browser, url))
      assert.deepEqual(store.called, ['find'])
    })
  }

  it('that comes with the validator before the present one is let in, and changes nothing', async (t) => {
    const clock = stopClock(t)
    const { test, browser, older } = await comeBack()
    await browser.whoami()
    for (const seconds of [30, 60]) {
      clock.advance(seconds)
      const before = await onlyRecord(test)
      assert.equal((await connect(older)).user, '1')
      assert.deepEqual(await onlyRecord(test), before)
    }
  })

  it('that comes with a stolen token ends the login', async (t) => {
    const clock = stopClock(t)
    const { browser, older, told } = await comeBack()
    await browser.whoami()
    await browser.whoami()
    clock.advance(60)
    told()
    assert.equal((await connect(older)).user, null)
    assert.deepEqual(told(), ['rememberTokenStolen', 'loginEnded'])
    assert.equal(await browser.whoami(), null)
  })

  it('is logged out with its login at the next connection', async () => {
    const { app, browser } = await comeBack()
    await browser.whoami()
    await app.login.endLogins('1')
    assert.equal((await connect(browser)).user, null)
  })
})
