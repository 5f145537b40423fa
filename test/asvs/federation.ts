/** ASVS V7.6: sessions here and at an identity provider. */
import assert from 'node:assert/strict'
import { createStory } from '../oidc/support/story.ts'
import { siteOrigin } from '../oidc/support/provider.ts'
import { Browser } from '../support/browser.ts'
import { stopClock } from '../support/clock.ts'
import { eachWay, type Requirement } from './requirement.ts'

export const federation: readonly Requirement[] = [
  {
    id: '7.6.1',
    level: 2,
    asks: 'Lifetimes here and at the identity provider behave as documented, and users prove who they are again when the time between two proofs has passed',
    metBy: 'the plugin',
    through: '[`refreshPath: \'/reauthenticate\'`](openid-connect.md#proving-it-again) with `freshFor`: `prompt=login`, `max_age=0`, and an `auth_time` after the question',
    async prove (test) {
      const clock = stopClock(test)
      const { browser, op, whoami } = await createStory(test, { options: { freshFor: 300 } })
      assert.equal((await browser.go(`${siteOrigin}/vault`)).response.body, 'vault of ada')
      assert.equal((await whoami()).fresh, true)
      assert.deepEqual(op.prompts, ['login'])
      clock.advance(301)
      assert.equal((await whoami()).fresh, false)
      assert.equal((await browser.go(`${siteOrigin}/vault`)).response.body, 'vault of ada')
      assert.equal((await whoami()).fresh, true)
      assert.deepEqual(op.prompts, ['login', 'login'], 'although the session at the provider went on')
    }
  },
  {
    id: '7.6.2',
    level: 2,
    asks: 'A session begins only by consent or an act of the user',
    metBy: 'both',
    through: 'Nothing logs in but [`loginUser`](logins.md#begin-confirm-end) and a [remember cookie](remember.md) that the user agreed to; [OpenID Connect](openid-connect.md) begins at `GET /login`',
    async prove () {
      await eachWay(async (createApp) => {
        const { app } = await createApp({ options: { loginPath: '/login' } })
        const browser = new Browser(app)
        for (const page of ['/', '/whoami', '/members', '/vault', '/visitors']) await browser.get(page)
        assert.deepEqual([browser.cookies.size, await browser.whoami()], [0, null])
        await browser.post('/login/1')
        browser.restart()
        assert.equal(await browser.whoami(), null, 'who did not ask to be remembered is not')
        await browser.post('/login/1', { remember: true })
        browser.restart()
        assert.equal(await browser.whoami(), '1')
      })
    }
  }
]
