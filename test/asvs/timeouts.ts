/** ASVS V7.3: when a session ends by itself. */
import assert from 'node:assert/strict'
import { Browser } from '../support/browser.ts'
import { stopClock } from '../support/clock.ts'
import { eachWay, type Requirement } from './requirement.ts'

export const timeouts: readonly Requirement[] = [
  {
    id: '7.3.1',
    level: 2,
    asks: 'A session ends that is not used',
    metBy: 'both',
    through: '[`idleTimeout`](options.md#logins), null unless set; `config: { loginActivity: false }` for requests that are no use',
    async prove (test) {
      const clock = stopClock(test)
      await eachWay(async (createApp) => {
        const { app } = await createApp({
          options: { idleTimeout: 600 },
          after: (declared) => declared.get('/poll', { config: { loginActivity: false } }, (request) => ({ user: request.currentLogin?.userId ?? null }))
        })
        const browser = new Browser(app)
        await browser.post('/login/1')
        for (let visits = 0; visits < 5; visits++) {
          clock.advance(400)
          assert.equal(await browser.whoami(), '1')
        }
        clock.advance(400)
        assert.equal((await browser.get('/poll')).json().user, '1')
        clock.advance(201)
        assert.equal((await browser.get('/whoami')).json().lapse, 'idle')
      })
    }
  },
  {
    id: '7.3.2',
    level: 2,
    asks: 'A session ends at the latest after a time, however much it is used',
    metBy: 'the plugin',
    through: '[`absoluteTimeout`](options.md#logins), 30 days unless set, from the last proof of identity; [`remember.duration`](remember.md#how-long) for what is remembered',
    async prove (test) {
      const clock = stopClock(test)
      await eachWay(async (createApp) => {
        const { app } = await createApp({ options: { absoluteTimeout: 3600, remember: { duration: 7200 } } })
        const [browser, remembered] = [new Browser(app), new Browser(app)]
        await browser.post('/login/1')
        await remembered.post('/login/1', { remember: true })
        remembered.restart()
        for (let visits = 0; visits < 7; visits++) {
          clock.advance(500)
          assert.deepEqual([await browser.whoami(), await remembered.whoami()], ['1', '1'])
        }
        clock.advance(101)
        assert.deepEqual([await browser.whoami(), await remembered.whoami()], [null, '1'])
        clock.advance(3600)
        assert.equal(await remembered.whoami(), null)
      })
    }
  }
]
