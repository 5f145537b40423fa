import assert from 'node:assert/strict'
import { describe, it } from 'node:test'
import login, { type LoginOptions } from 'fastify-login'
import { Barrier } from './support/barrier.ts'
import { Browser } from './support/browser.ts'
import { stopClock } from './support/clock.ts'
import { createForgetful, evict } from './support/forgetful.ts'

describe('what a list that is full must not forget too early', () => {
  it('is the login that issued a short remember cookie, after a logout by what that restored', async (t) => {
    const clock = stopClock(t)
    const { app } = await createForgetful()
    const browser = new Browser(app)
    await browser.post('/as/1', { remember: true, duration: 10 })
    const first = browser.copy()
    first.cookies.delete('remember_token')
    browser.restart()
    clock.advance(1)
    await browser.whoami()
    await browser.post('/logout')
    assert.equal(await first.whoami(), null)
    clock.advance(100)
    await evict(app, clock, 2)
    assert.equal(await first.whoami(), null)
  })

  it('is a remember cookie that a logout under the older generation ended', async (t) => {
    const clock = stopClock(t)
    const { app } = await createForgetful({ absoluteTimeout: 100 })
    const browser = new Browser(app)
    await browser.post('/as/1')
    const older = browser.copy()
    await browser.post('/as/1', { remember: true, duration: 10_000 })
    clock.advance(1)
    await older.post('/logout')
    browser.restart()
    clock.advance(200)
    await evict(app, clock, 2)
    assert.equal(await browser.whoami(), null)
  })

  it('is an older generation that a scope with a shorter absoluteTimeout replaced', async (t) => {
    const clock = stopClock(t)
    const { app } = await createForgetful({}, (app) => app.register(async (scope) => {
      await scope.register(login, { absoluteTimeout: 20 } as LoginOptions)
      scope.post('/inner/confirm', async (request) => await request.confirmLogin())
    }))
    const browser = new Browser(app)
    await browser.post('/as/1')
    const older = browser.copy()
    await browser.post('/inner/confirm')
    clock.advance(30)
    assert.equal(await older.whoami(), null)
    await evict(app, clock, 2)
    assert.equal(await older.whoami(), null)
  })

  it('is what began while a request waited that ended it', async (t) => {
    const clock = stopClock(t)
    const loading = new Barrier()
    let slow = false
    const { app } = await createForgetful({
      loadUser: (async (id: string) => {
        if (!slow) return { id, name: id }
        slow = false
        await loading.pass()
        return null
      }) as never
    })
    const browser = new Browser(app)
    await browser.post('/as/1', { remember: true })
    clock.advance(1)
    slow = true
    const late = browser.send({ url: '/whoami' })
    await loading.reached
    clock.advance(1)
    const restored = browser.copy()
    restored.restart()
    assert.equal(await restored.whoami(), '1')
    clock.advance(1)
    loading.open()
    await late
    assert.equal(await restored.whoami(), null)
    await evict(app, clock, 2)
    assert.equal(await restored.whoami(), null)
  })
})
