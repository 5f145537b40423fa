import assert from 'node:assert/strict'
import { it } from 'node:test'
import { Browser, setCookies } from './support/browser.ts'
import { stopClock } from './support/clock.ts'
import { HeldLoader } from './support/held-loader.ts'
import { describeWays } from './support/ways.ts'

describeWays('while the user of a request is loaded', (way) => {
  /** A browser that is logged in, and a request of it that waits for its user. */
  async function hold (how: { remembered: boolean }) {
    const loader = new HeldLoader()
    const test = await way.createApp({ options: { loadUser: loader.loadUser } as never })
    const browser = new Browser(test.app)
    await browser.post('/login/1', { remember: how.remembered })
    const quick = browser.copy()
    if (how.remembered) browser.restart()
    const barrier = loader.hold()
    const late = browser.send({ url: '/whoami' })
    await barrier.reached
    return { ...test, browser, quick, goOn: async () => { barrier.open(); return await late } }
  }

  for (const remembered of [false, true]) {
    for (const [what, end] of [
      ['a logout', async (quick: Browser) => await quick.post('/logout')],
      ['a login of another user', async (quick: Browser) => await quick.post('/login/2')],
      ['endLogins', async (quick: Browser) => await quick.app.login.endLogins('1')],
      ['endEveryLogin', async (quick: Browser) => await quick.app.login.endEveryLogin()]
    ] as const) {
      it(`${what} ends the login for that request, too${remembered ? ', which comes back remembered' : ''}`, async () => {
        const { browser, quick, goOn } = await hold({ remembered })
        await end(quick)
        const answer = await goOn()
        assert.deepEqual([answer.json().user, answer.json().lapse], [null, 'ended'])
        assert.deepEqual(setCookies(answer).filter(({ value }) => value !== ''), [])
        assert.equal(await browser.whoami(), null)
      })
    }
  }

  for (const [when, seconds] of [['within the 10 seconds', 0], ['and beyond them', 10]] as const) {
    it(`a confirmation leaves that request its user, not fresh, ${when}`, async (t) => {
      const clock = stopClock(t)
      const { quick, goOn } = await hold({ remembered: false })
      await quick.post('/confirm')
      clock.advance(seconds)
      const answer = await goOn()
      assert.deepEqual([answer.json().user, answer.json().fresh, setCookies(answer)], ['1', false, []])
      assert.equal((await quick.get('/whoami')).json().fresh, true)
    })
  }

  it('as many confirmations as you like, over however long a time, leave that request its user, not fresh', async (t) => {
    const clock = stopClock(t)
    const { quick, goOn } = await hold({ remembered: false })
    for (let done = 0; done < 50; done++) {
      await quick.post('/confirm')
      clock.advance(0.5)
    }
    const answer = await goOn()
    assert.deepEqual([answer.json().user, answer.json().fresh, setCookies(answer)], ['1', false, []])
    assert.equal((await quick.get('/whoami')).json().fresh, true)
  })

  it('another restore leaves that request its user, and the browser its new cookies, also beyond the 60 seconds', async (t) => {
    const clock = stopClock(t)
    const { quick, goOn } = await hold({ remembered: true })
    quick.restart()
    // The second brings the successor back.
    for (const visit of ['restores', 'sees']) assert.equal(await quick.whoami(), '1', visit)
    clock.advance(61)
    const answer = await goOn()
    assert.equal(answer.json().user, '1')
    quick.receive(answer)
    quick.restart()
    assert.equal(await quick.whoami(), '1')
  })

  it('an end of all logins but this one leaves it alone', async () => {
    const { app, quick, goOn } = await hold({ remembered: false })
    await app.login.endLogins('1', { except: (await quick.get('/whoami')).json().login.id })
    assert.equal((await goOn()).json().user, '1')
  })
})
