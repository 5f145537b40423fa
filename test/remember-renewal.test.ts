import assert from 'node:assert/strict'
import { it } from 'node:test'
import type { LoginOptions } from 'fastify-login'
import { Browser, setCookies } from './support/browser.ts'
import { stopClock } from './support/clock.ts'
import { describeWays } from './support/ways.ts'

const renewing: Partial<LoginOptions> = { remember: { duration: 100, refreshEachRequest: true } }

describeWays('renewing the remember cookie', (way) => {
  it('gives it the duration that it was given, at each request', async (t) => {
    const clock = stopClock(t)
    const { app } = await way.createApp({ options: renewing })
    const browser = new Browser(app)
    await browser.post('/login/1', { remember: true, duration: 50 })
    for (let use = 0; use < 4; use++) {
      clock.advance(40)
      const cookies = setCookies(await browser.get('/'))
      assert.deepEqual(cookies.map(({ name, attributes }) => [name, attributes.get('max-age')]), [['remember_token', '50']])
    }
    browser.restart()
    clock.advance(49)
    assert.equal(await browser.whoami(), '1')
  })

  it('happens at the request that restores the login, too', async (t) => {
    const clock = stopClock(t)
    const { app } = await way.createApp({ options: renewing })
    const browser = new Browser(app)
    await browser.post('/login/1', { remember: true })
    clock.advance(60)
    browser.restart()
    await browser.get('/')
    clock.advance(60)
    browser.restart()
    assert.equal(await browser.whoami(), '1')
  })

  it('goes on after the request that restores the login', async () => {
    const { app } = await way.createApp({ options: renewing })
    const browser = new Browser(app)
    await browser.post('/login/1', { remember: true })
    browser.restart()
    await browser.get('/')
    assert.deepEqual(setCookies(await browser.get('/')).map(({ name }) => name), ['remember_token'])
  })

  it('is not done without refreshEachRequest', async (t) => {
    const clock = stopClock(t)
    const { app } = await way.createApp({ options: { remember: { duration: 100 } } })
    const browser = new Browser(app)
    await browser.post('/login/1', { remember: true })
    clock.advance(60)
    assert.deepEqual(setCookies(await browser.get('/')), [])
  })

  it('is done only from a valid one of the same login', async () => {
    const { app } = await way.createApp({ options: renewing })
    const [ada, grace] = [new Browser(app), new Browser(app)]
    await ada.post('/login/1', { remember: true })
    await grace.post('/login/2', { remember: true })
    for (const value of [grace.cookies.get('remember_token')!.value, 'noise']) {
      ada.cookies.set('remember_token', { value, persistent: true })
      assert.deepEqual(setCookies(await ada.get('/')), [])
    }
  })

  it('does not bring back what a logout ended meanwhile', async () => {
    const { app } = await way.createApp({ options: renewing })
    const browser = new Browser(app)
    await browser.post('/login/1', { remember: true })
    const copy = browser.copy()
    await browser.post('/logout')
    assert.deepEqual(setCookies(await copy.send({ url: '/' })).filter(({ value }) => value !== ''), [])
    assert.equal(await copy.whoami(), null)
  })

  for (const [what, proof] of [['is confirmed', '/confirm'], ['is begun again without being asked to remember', '/login/1']] as const) {
    it(`goes on where the login ${what}`, async (t) => {
      const clock = stopClock(t)
      const { app } = await way.createApp({ options: renewing })
      const browser = new Browser(app)
      await browser.post('/login/1', { remember: true })
      for (const request of [() => browser.post(proof), () => browser.get('/')]) {
        clock.advance(60)
        await request()
      }
      clock.advance(60)
      browser.restart()
      assert.equal(await browser.whoami(), '1')
    })
  }

  it('outlives a logout in the list of what has ended: a renewed copy is dead as long as it would have lived', async (t) => {
    const clock = stopClock(t)
    const { app } = await way.createApp({ options: { remember: { duration: 1000, refreshEachRequest: true } } })
    const browser = new Browser(app)
    await browser.post('/login/1', { remember: true })
    clock.advance(900)
    browser.restart()
    await browser.get('/')
    const copy = browser.copy()
    await browser.post('/logout')
    clock.advance(999)
    copy.restart()
    assert.equal(await copy.whoami(), null)
  })
})
