/** ASVS V7.6: sessions here and at an identity provider. */
import assert from 'node:assert/strict'
import type { TestContext } from 'node:test'
import { createFakeStory } from '../oidc/support/fake-provider.ts'
import { siteOrigin } from '../oidc/support/provider.ts'
import { createStory } from '../oidc/support/story.ts'
import { WebBrowser } from '../oidc/support/world.ts'
import { Browser } from '../support/browser.ts'
import { stopClock } from '../support/clock.ts'
import { eachWay, type Requirement } from './requirement.ts'

/** An answer that this browser never asked for logs nobody in, is not taken to the provider, and has nobody sent there. */
async function proveNothingBeginsUnasked (test: TestContext): Promise<void> {
  const { begin, comeBack, browser, fake, userOf, world } = await createFakeStory(test)
  const { state } = await begin('/login', new WebBrowser(world))
  const asked = world.asked.length
  for (const one of [state, 'made-up', null]) {
    const { url, response } = await comeBack({ state: '', nonce: '', url: new URL(siteOrigin) }, { state: one })
    assert.deepEqual([url.origin, response.statusCode, response.headers.location], [siteOrigin, 400, undefined])
    assert.deepEqual([browser.cookies, await userOf()], [[], null])
  }
  assert.deepEqual([world.asked.length - asked, fake.counts.get('/token')], [0, undefined])
}

/** Whoever has a session at the provider is in after `GET /login`; where the option has it, only after an act there. */
async function proveAnActIsAskedFor (test: TestContext): Promise<void> {
  for (const [authorizationParameters, acts] of [[{}, 1], [{ prompt: 'login' }, 2]] as const) {
    const { browser, op, whoami } = await createStory(test, { oidc: { authorizationParameters } })
    await browser.go(`${siteOrigin}/login`)
    await browser.request(`${siteOrigin}/logout`, { method: 'POST' })
    for (const page of ['/', '/whoami']) await browser.go(siteOrigin + page)
    assert.deepEqual([(await whoami()).user, op.prompts.length], [null, 1], 'a session at the provider alone begins nothing')
    await browser.go(`${siteOrigin}/login`)
    assert.deepEqual([(await whoami()).user, op.prompts.length], ['ada', acts])
  }
}

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
    through: 'Nothing logs in but [`loginUser`](logins.md#begin-confirm-end) and a [remember cookie](remember.md) that the user agreed to. [OpenID Connect](openid-connect.md#options) begins at `GET /login`, to which guards send visitors, and by no answer that was not asked for; with a live session at the provider that takes no further act, unless `authorizationParameters: { prompt: \'login\' }` asks for one',
    async prove (test) {
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
      await proveNothingBeginsUnasked(test)
      await proveAnActIsAskedFor(test)
    }
  }
]
