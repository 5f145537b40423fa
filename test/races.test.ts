import assert from 'node:assert/strict'
import { it } from 'node:test'
import { Browser } from './support/browser.ts'
import { createRacingApp, type Action, type HoldPoint } from './support/racing.ts'
import { describeSessions } from './support/sessions.ts'
import { describeWays } from './support/ways.ts'

const nobody = null
const points: readonly HoldPoint[] = ['before', 'after']

/** Who is logged in once the answer to the slow request has come after that to the quick one. */
const outcomes: ReadonlyArray<readonly [slow: Action, quick: Action, user: string | null, fresh: boolean]> = [
  ['visit', 'logOut', nobody, false],
  ['visit', 'confirm', '1', true],
  ['visit', 'logInAgain', '1', true],
  ['visit', 'logInAsAnother', '2', true],
  ['confirm', 'logOut', nobody, false],
  ['confirm', 'confirm', '1', true],
  ['confirm', 'logInAgain', '1', true],
  ['confirm', 'logInAsAnother', '2', true],
  ['logInAgain', 'logOut', nobody, false],
  ['logInAgain', 'confirm', '1', true],
  ['logInAgain', 'logInAgain', '1', true],
  ['logInAgain', 'logInAsAnother', '2', true],
  ['logInAsAnother', 'logOut', nobody, false],
  ['logInAsAnother', 'confirm', '1', true],
  ['logInAsAnother', 'logInAgain', '1', true],
  ['logInAsAnother', 'logInAsAnother', '2', true],
  ['logOut', 'visit', nobody, false],
  ['logOut', 'confirm', nobody, false],
  ['logOut', 'logOut', nobody, false]
]

describeWays('side by side', (way) => {
  describeSessions('a slow answer', (plugin) => {
    for (const [slow, quick, user, fresh] of outcomes) {
      for (const point of points) {
        it(`${slow}, held ${point} it acts, and ${quick} meanwhile: ${user === null ? 'nobody' : `user ${user}`} is logged in`, async () => {
          const racing = await createRacingApp(way, plugin)
          const browser = new Browser(racing.app)
          await browser.post('/login/1', { fresh: false })
          await racing.race(browser, slow, point, () => browser.post(`/act/${quick}`))
          const seen = (await browser.get('/whoami')).json()
          assert.deepEqual({ user: seen.user, fresh: seen.fresh }, { user, fresh })
        })
      }
    }

    for (const quick of ['confirm', 'logInAgain'] as const) {
      it(`logOut, held before it acts, ends the login although ${quick} proved it meanwhile`, async () => {
        const racing = await createRacingApp(way, plugin)
        const browser = new Browser(racing.app)
        await browser.post('/login/1')
        let copy = browser
        await racing.race(browser, 'logOut', 'before', async () => {
          await browser.post(`/act/${quick}`)
          copy = browser.copy()
        })
        assert.equal(await browser.whoami(), null)
        assert.equal(await copy.whoami(), null, 'the proven login has ended, not only its cookie')
      })
    }

    it('of a logout leaves alone the login of another user that ended its own meanwhile', async () => {
      const racing = await createRacingApp(way, plugin)
      const browser = new Browser(racing.app)
      await browser.post('/login/1')
      await racing.race(browser, 'logOut', 'before', () => browser.post('/act/logInAsAnother'))
      assert.equal(await browser.whoami(), '2')
    })

    it('of a logout leaves alone the login that began after it', async () => {
      const racing = await createRacingApp(way, plugin)
      const browser = new Browser(racing.app)
      await browser.post('/login/1')
      await racing.race(browser, 'logOut', 'after', () => browser.post('/act/logInAgain'))
      assert.equal(await browser.whoami(), '1')
    })

    it('confirm is not lost where an older copy of the cookie begins a login of its own meanwhile', async () => {
      const racing = await createRacingApp(way, plugin)
      const browser = new Browser(racing.app)
      await browser.post('/login/1', { fresh: false })
      const older = browser.copy()
      await browser.post('/login/1', { fresh: false })
      await racing.race(browser, 'confirm', 'before', () => older.post('/act/logInAgain'))
      assert.equal((await browser.get('/whoami')).json().fresh, true)
    })

    it('clears a cookie that is worth nothing, whoever else logs in meanwhile', async () => {
      const racing = await createRacingApp(way, plugin)
      const [browser, another] = [new Browser(racing.app), new Browser(racing.app)]
      browser.cookies.set('remember_token', { value: 'forged', persistent: true })
      await racing.race(browser, 'visit', 'before', () => another.post('/login/1'))
      assert.ok(!browser.cookies.has('remember_token'))
    })

    it('to a first login loses to none that the visitor began meanwhile', async () => {
      const racing = await createRacingApp(way, plugin)
      const browser = new Browser(racing.app)
      await racing.race(browser, 'logInAgain', 'after', () => browser.post('/act/logInAgain'))
      assert.equal(await browser.whoami(), '1')
    })
  })
})
