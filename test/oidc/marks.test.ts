/** What a back-channel logout finds in the store: few marks for each user, and one for each login that goes on. */
import assert from 'node:assert/strict'
import { randomUUID } from 'node:crypto'
import { test, type TestContext } from 'node:test'
import { MemoryStore, type LoginOptions, type LoginRecord } from 'fastify-login'
import { stopClock } from '../support/clock.ts'
import { createFakeStory, type FakeStory } from './support/fake-provider.ts'
import { issuer, siteOrigin } from './support/provider.ts'
import { WebBrowser } from './support/world.ts'

const path = '/oidc/back-channel-logout'

interface Marked extends FakeStory {
  readonly store: MemoryStore
  /** The owners of marks that there have been. */
  readonly owners: Set<string>
  readonly logIn: () => Promise<WebBrowser>
  /** The provider tells that Ada has logged out there. */
  readonly tell: () => Promise<void>
}

async function createMarked (t: TestContext, options: Partial<LoginOptions>): Promise<Marked> {
  const store = new MemoryStore()
  const owners = new Set<string>()
  const create = store.create.bind(store)
  store.create = async (record: LoginRecord) => {
    if (record.userId === '' && record.data !== null) owners.add(record.owner)
    return await create(record)
  }
  const oidc = { paths: { backChannelLogout: path } }
  const story = await createFakeStory(t, { options: { store, ...options }, oidc })
  story.fake.faked = { claims: { sid: 'one' } }
  return {
    ...story,
    store,
    owners,
    async logIn () {
      const browser = new WebBrowser(story.world)
      await story.comeBack(await story.begin('/login', browser), {}, browser)
      return browser
    },
    async tell () {
      const now = Math.floor(Date.now() / 1000)
      const events = { 'http://schemas.openid.net/event/backchannel-logout': {} }
      const claims = { iss: issuer, aud: 'site', sub: 'ada', iat: now, exp: now + 120, jti: randomUUID(), events }
      const answer = await story.app.inject({
        method: 'POST',
        url: new URL(path, siteOrigin).pathname,
        payload: `logout_token=${await story.fake.sign(claims, { typ: 'logout+jwt' })}`,
        headers: { 'content-type': 'application/x-www-form-urlencoded' }
      })
      assert.equal(answer.statusCode, 200)
    }
  }
}

async function marksOf ({ store, owners }: Marked): Promise<number[]> {
  return await Promise.all([...owners].map(async (owner) => (await store.list(owner)).length))
}

test('a user who logs in again and again leaves few marks, and a logout ends every login that goes on', async (t) => {
  const clock = stopClock(t)
  const site = await createMarked(t, { maxLogins: 5 })
  const browsers: WebBrowser[] = []
  for (let login = 0; login < 120; login++) {
    clock.advance(1)
    browsers.push(await site.logIn())
  }
  const marks = await marksOf(site)
  assert.equal(marks.length, 2, 'of the user, and of the session')
  assert.ok(Math.max(...marks) <= 40, String(marks))
  const [live, ended] = [browsers.slice(-5), browsers.slice(0, -5)]
  for (const browser of live) assert.equal(await site.userOf(browser), 'ada')
  assert.equal(await site.userOf(ended.at(-1)), null)
  await site.tell()
  for (const browser of live) assert.equal(await site.userOf(browser), null)
  assert.deepEqual(await site.store.list([...site.owners][0]!), [])
})

test('no login that goes on loses its mark, however many a user has', async (t) => {
  const clock = stopClock(t)
  const site = await createMarked(t, { maxLogins: null })
  const browsers: WebBrowser[] = []
  for (let login = 0; login < 80; login++) {
    clock.advance(1)
    browsers.push(await site.logIn())
    if (login % 4 === 0) await browsers.at(-1)!.request(`${siteOrigin}/logout`, { method: 'POST' })
  }
  await site.tell()
  for (const browser of browsers) assert.equal(await site.userOf(browser), null)
})

test('a login has a mark as soon as its cookie is out, and none where it did not begin', async (t) => {
  const site = await createMarked(t, { maxLogins: 1, onMaxLogins: 'refuse' })
  const browser = await site.logIn()
  assert.deepEqual(await marksOf(site), [1, 1])
  const refused = await site.logIn()
  assert.equal(await site.userOf(refused), null)
  assert.deepEqual(await marksOf(site), [1, 1])
  await site.tell()
  assert.equal(await site.userOf(browser), null)
})
