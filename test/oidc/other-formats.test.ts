/** Cookies of logins at a provider that were kept in another way, or written by an earlier version, are no error and nobody's. */
import assert from 'node:assert/strict'
import { describe, test, type TestContext } from 'node:test'
import Fastify from 'fastify'
import login, { MemoryStore, type LoginOptions, type SealedFact } from 'fastify-login'
import { attemptName, attemptShape } from '../../lib/oidc/attempt.ts'
import { roundsShape } from '../../lib/oidc/rounds.ts'
import { loginShapes } from '../../lib/oidc/sealed-logins.ts'
import { recordShape } from '../../lib/oidc/stored-logins.ts'
import { createFakeStory } from './support/fake-provider.ts'
import { siteOrigin } from './support/provider.ts'
import { createSite } from './support/site.ts'
import { attemptsOf, WebBrowser } from './support/world.ts'

const inStore = () => ({ options: { store: new MemoryStore() }, oidc: { keepTokens: true } })

for (const [how, before, after] of [
  ['in a store, and the store was removed', inStore, () => ({})],
  ['without a store, and one was added', () => ({}), inStore]
] as const) {
  describe(`a login at a provider that was kept ${how}`, () => {
    test('is nobody\'s, whatever is asked with its cookies, and its user can log in again', async (t) => {
      const story = await createFakeStory(t, before())
      const { browser, begin, comeBack, userOf, world } = story
      await comeBack(await begin())
      assert.equal(await userOf(), 'ada')
      const names = browser.cookies.map(({ name }) => name)
      const later = await createSite(world, after())
      t.after(() => later.app.close())
      const { user, lapse, login } = (await browser.request(`${siteOrigin}/whoami`)).json()
      assert.deepEqual([user, lapse, login], [null, 'forged', null])
      const refused = await browser.request(`${siteOrigin}/tokens`)
      assert.ok(refused.statusCode === 200 ? refused.json().tokens === null : refused.json().code === 'FST_LOGIN_STORE_REQUIRED')
      assert.equal((await browser.copy().submit(`${siteOrigin}/logout`)).response.statusCode, 200)
      assert.ok([302, 303].includes((await browser.copy().request(`${siteOrigin}/reauthenticate`)).statusCode))
      await comeBack(await begin())
      assert.equal(await userOf(), 'ada')
      assert.ok(names.length > 0)
    })

    test('may be under way meanwhile: what was begun before is finished after', async (t) => {
      const { begin, comeBack, userOf, world } = await createFakeStory(t, before())
      const attempt = await begin()
      const later = await createSite(world, after())
      t.after(() => later.app.close())
      await comeBack(attempt)
      assert.equal(await userOf(), 'ada')
    })
  })
}

/** A seal of the site's own, as an earlier version of the plugin would have had one: for another shape, or none. */
async function earlierSeal (t: TestContext, purpose: string, shape: readonly SealedFact[] | null) {
  const app = Fastify()
  await app.register(login, { key: 'a secret of the tests, thirty-two bytes or more', loadUser: () => null } as LoginOptions)
  const seal = await app.login.createSeal(app, purpose, shape)
  await app.ready()
  t.after(() => app.close())
  return seal
}

describe('what an earlier version sealed in another shape', () => {
  for (const [name, shape] of [
    ['one fact less', attemptShape.slice(0, -1)], ['one fact more', [...attemptShape, 'text' as const]], ['no shape at all', null]
  ] as const) {
    test(`is no attempt to log in: ${name}`, async (t) => {
      const { browser, begin, comeBack, userOf } = await createFakeStory(t)
      const { state, nonce, url } = await begin()
      const [attempt] = attemptsOf(browser)
      assert.ok(attempt!.name.endsWith(attemptName(state)))
      const seal = await earlierSeal(t, 'oidc-attempt', shape)
      const facts = [state, nonce, 'a verifier', 'default', 'login', '/', Date.now() / 1000, null, null, false, 'more'].slice(0, shape?.length ?? 3)
      browser.cookies = browser.cookies.map((cookie) => cookie === attempt ? { ...cookie, value: seal.seal(facts) } : cookie)
      assert.equal((await comeBack({ state, nonce, url })).response.statusCode, 400)
      assert.equal(await userOf(), null)
    })
  }

  test('does not open, in a cookie or a record, even where the facts begin alike', async (t) => {
    for (const [purpose, shape] of Object.entries({
      'oidc-attempt': attemptShape, 'oidc-rounds': roundsShape, 'oidc-login': loginShapes.login, 'oidc-id-token': loginShapes.idToken, 'oidc-record': recordShape
    })) {
      const present = await earlierSeal(t, purpose, shape)
      const facts = shape.map((fact) => ({ text: 'a', number: 1, boolean: true, 'text or null': null, any: null })[fact])
      assert.deepEqual(present.open(present.seal(facts)), facts, purpose)
      for (const wrong of [facts.slice(1), [...facts, null], facts.with(0, { not: 'it' } as never)]) assert.equal(present.open(present.seal(wrong)), null, purpose)
      for (const other of [shape.slice(0, -1), [...shape, 'any' as const], null]) {
        const earlier = await earlierSeal(t, purpose, other)
        assert.equal(present.open(earlier.seal(facts)), null, purpose)
      }
    }
  })
})

test('rounds that an earlier version counted in another shape are none, and let nobody be told of a circle', async (t) => {
  const { browser, begin, comeBack, userOf } = await createFakeStory(t)
  const seal = await earlierSeal(t, 'oidc-rounds', null)
  const browserWith = Object.assign(new WebBrowser(browser.world), { cookies: [{ host: 'app.test', name: '__Host-oidc_rounds', value: seal.seal([99, Date.now() / 1000, 'more']), path: '/' }] })
  await comeBack(await begin('/login', browserWith), {}, browserWith)
  assert.equal(await userOf(browserWith), 'ada')
})
