import assert from 'node:assert/strict'
import { it } from 'node:test'
import { Browser } from './support/browser.ts'
import { stopClock } from './support/clock.ts'
import { createRacingApp, type Action, type HoldPoint, type RacingApp } from './support/racing.ts'
import { describeSessions } from './support/sessions.ts'
import { describeWays } from './support/ways.ts'

const points: readonly HoldPoint[] = ['before', 'after']

describeWays('side by side, in a browser that comes back remembered', (way) => {
  describeSessions('a slow restore', (plugin) => {
    async function comeBack (): Promise<{ racing: RacingApp, browser: Browser }> {
      const racing = await createRacingApp(way, plugin)
      const browser = new Browser(racing.app)
      await browser.post('/login/1', { remember: true })
      browser.restart()
      return { racing, browser }
    }

    const outcomes: ReadonlyArray<readonly [quick: Action, user: string | null, fresh: boolean]> = [
      ['visit', '1', false],
      ['logInAsAnother', '2', true],
      ['logOut', null, false],
      ['confirm', '1', true],
      ['logInAgain', '1', true]
    ]
    for (const [quick, user, fresh] of outcomes) {
      it(`and ${quick} meanwhile: ${user === null ? 'nobody' : `user ${user}`} is logged in${fresh ? ', fresh' : ''}`, async () => {
        const { racing, browser } = await comeBack()
        await racing.race(browser, 'visit', 'before', () => browser.post(`/act/${quick}`))
        const seen = (await browser.get('/whoami')).json()
        assert.deepEqual({ user: seen.user, fresh: seen.fresh }, { user, fresh })
      })
    }

    it('does not take the place of a login that was proven again meanwhile, be it not to be fresh', async () => {
      const { racing, browser } = await comeBack()
      let proven: unknown
      await racing.race(browser, 'visit', 'before', async () => {
        await browser.get('/whoami')
        await browser.post('/login/1', { fresh: false })
        proven = (await browser.get('/whoami')).json().login
      })
      assert.deepEqual((await browser.get('/whoami')).json().login, proven)
    })

    for (const slow of ['confirm', 'logInAgain', 'logInAsAnother'] as const) {
      for (const point of points) {
        it(`that was to ${slow}, held ${point} that, does not bring back a login that was logged out meanwhile`, async () => {
          const { racing, browser } = await comeBack()
          await racing.race(browser, slow, point, () => browser.post('/act/logOut'))
          assert.equal(await browser.whoami(), null)
        })
      }
    }

    it('brings its cookie although a login from before is used meanwhile', async (t) => {
      const clock = stopClock(t)
      const racing = await createRacingApp(way, plugin, { options: { idleTimeout: 600 } })
      const browser = new Browser(racing.app)
      await browser.post('/login/1', { remember: true })
      const before = browser.copy()
      browser.restart()
      await racing.race(browser, 'visit', 'before', async () => {
        clock.advance(300)
        await before.get('/whoami')
      })
      assert.ok(browser.cookies.has('login'))
    })

    it('brings its cookie beside another, whose answer may be lost; with a store only the first of them does', async () => {
      const { racing, browser } = await comeBack()
      await racing.race(browser, 'visit', 'before', () => browser.send({ url: '/whoami' }))
      assert.equal(browser.cookies.has('login'), way.name === 'without a store')
      assert.equal(await browser.whoami(), '1')
    })

    it('is not put in the place of a login that was proven beside the cookie of a login long ended', async () => {
      const { racing, browser } = await comeBack()
      const ended = new Browser(racing.app)
      await ended.post('/login/2')
      const copy = ended.copy()
      await ended.post('/logout')
      const both = browser.copy()
      both.cookies.set('login', copy.cookies.get('login')!)
      await racing.race(browser, 'visit', 'before', async () => {
        await both.post('/act/logInAgain')
        for (const [name, kept] of both.cookies) browser.cookies.set(name, kept)
      })
      assert.equal((await browser.get('/whoami')).json().fresh, true)
    })

    it('of several: one logout ends all of them and the remember cookie', async () => {
      const { racing, browser } = await comeBack()
      const remembered = browser.copy()
      const copies = [browser.copy(), browser.copy()]
      for (const copy of copies) assert.equal(await copy.whoami(), '1')
      await racing.race(browser, 'visit', 'before', () => browser.get('/whoami'))
      await browser.post('/logout')
      for (const copy of [...copies, remembered]) assert.equal(await copy.whoami(), null)
    })
  })
})
