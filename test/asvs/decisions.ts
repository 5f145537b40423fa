/** ASVS V7.1: what an application has to decide and write down about its sessions. */
import assert from 'node:assert/strict'
import { MemoryStore } from 'fastify-login'
import { createFakeStory } from '../oidc/support/fake-provider.ts'
import { issuer, siteOrigin } from '../oidc/support/provider.ts'
import { createApp } from '../support/app.ts'
import { Browser } from '../support/browser.ts'
import { stopClock } from '../support/clock.ts'
import { textOf } from '../support/documentation.ts'
import { eachWay, type Requirement } from './requirement.ts'

/** The lifetimes that the page names for each assurance level of NIST SP 800-63B. */
function lifetimes (): Array<{ absoluteTimeout: number, idleTimeout: number | null }> {
  const rows = textOf('docs/security.md').matchAll(/^\| AAL\d \| `([\d_]+)` \| `([\d_]+|null)` \|/gm)
  const seconds = (text: string | undefined) => Number(text?.replaceAll('_', ''))
  return Array.from(rows, ([, absolute, idle]) => ({ absoluteTimeout: seconds(absolute), idleTimeout: idle === 'null' ? null : seconds(idle) }))
}

const backChannelLogout = '/oidc/back-channel-logout'

export const decisions: readonly Requirement[] = [
  {
    id: '7.1.1',
    level: 2,
    asks: 'The idle and the absolute lifetime are documented, and deviations from NIST SP 800-63B justified',
    metBy: 'both',
    through: '[`idleTimeout`, `absoluteTimeout`](options.md#logins); values for each assurance level [below](#lifetimes)',
    async prove (test) {
      const clock = stopClock(test)
      assert.equal(lifetimes().length, 3)
      await eachWay(async (createApp) => {
        for (const documented of lifetimes()) {
          const { absoluteTimeout, idleTimeout } = documented
          const browser = new Browser((await createApp({ options: documented })).app)
          await browser.post('/login/1')
          const step = (idleTimeout ?? absoluteTimeout) / 2
          for (let passed = step; passed < absoluteTimeout; passed += step) {
            clock.advance(step)
            assert.equal(await browser.whoami(), '1', `in use, after ${passed} s`)
          }
          clock.advance(step)
          // A store forgets what has expired, and then it is as ended as any other.
          assert.match((await browser.get('/whoami')).json().lapse, /^(?:expired|ended)$/)
          if (idleTimeout === null) continue
          await browser.post('/login/1')
          clock.advance(idleTimeout + 1)
          assert.equal((await browser.get('/whoami')).json().lapse, 'idle')
        }
      })
    }
  },
  {
    id: '7.1.2',
    level: 2,
    asks: 'How many sessions a user may have at a time, and what happens at the limit, is documented',
    metBy: 'both',
    through: '[`maxLogins`, `onMaxLogins`](options.md#logins), which need a store: 100 unless set',
    async prove () {
      const among = async (onMaxLogins: 'end-oldest' | 'refuse') => {
        const { app } = await createApp({ options: { store: new MemoryStore(), maxLogins: 2, onMaxLogins } as never })
        const browsers = [new Browser(app), new Browser(app), new Browser(app)]
        const begun = []
        for (const browser of browsers) begun.push((await browser.post('/login/1')).json().ok)
        return { begun, users: await Promise.all(browsers.map((browser) => browser.whoami())) }
      }
      assert.deepEqual(await among('end-oldest'), { begun: [true, true, true], users: [null, '1', '1'] })
      assert.deepEqual(await among('refuse'), { begun: [true, true, false], users: ['1', '1', null] })
    }
  },
  {
    id: '7.1.3',
    level: 2,
    asks: 'Systems that make sessions in a federation are documented, with how their lifetimes and ends are coordinated',
    metBy: 'both',
    through: '[`fastify-login/oidc`](openid-connect.md): `paths.backChannelLogout`, `POST /logout`, `refreshPath`',
    async prove (test) {
      const story = await createFakeStory(test, { options: { store: new MemoryStore() }, oidc: { paths: { backChannelLogout } } }, { claims: { sid: 'one' } })
      await story.comeBack(await story.begin())
      assert.equal(await story.userOf(), 'ada')
      const now = Math.floor(Date.now() / 1000)
      const token = await story.fake.sign({
        iss: issuer, aud: 'site', sub: 'ada', sid: 'one', iat: now, exp: now + 120, jti: 'one', events: { 'http://schemas.openid.net/event/backchannel-logout': {} }
      }, { typ: 'logout+jwt' })
      const told = await story.app.inject({
        method: 'POST', url: siteOrigin + backChannelLogout, payload: `logout_token=${token}`, headers: { 'content-type': 'application/x-www-form-urlencoded' }
      })
      assert.equal(told.statusCode, 200)
      assert.equal(await story.userOf(), null)
    }
  }
]
