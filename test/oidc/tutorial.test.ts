/** The Okta tutorial's way: the user is an object of the provider's Users API, and not asked for at every request. */
import assert from 'node:assert/strict'
import { test } from 'node:test'
import type { User } from 'fastify-login'
import { siteOrigin } from './support/provider.ts'
import { createStory } from './support/story.ts'

interface ApiUser { id: string, profile: { firstName: string } }

/** As in docs/openid-connect.md. */
function cached<Value> (load: (id: string) => Promise<Value>, seconds: number, most = 10_000) {
  const kept = new Map<string, { value: Promise<Value>, until: number }>()
  return (id: string): Promise<Value> => {
    const known = kept.get(id)
    if (known !== undefined && Date.now() < known.until) return known.value
    const value = load(id)
    value.catch(() => kept.delete(id))
    kept.delete(id)
    kept.set(id, { value, until: Date.now() + seconds * 1000 })
    if (kept.size > most) kept.delete(kept.keys().next().value as string)
    return value
  }
}

test('many requests of a user are one call of the Users API', async (t) => {
  t.mock.timers.enable({ apis: ['Date'], now: Date.now() })
  const calls: string[] = []
  const profiles = new Map<string, ApiUser>([['ada', { id: 'ada', profile: { firstName: 'Ada' } }]])
  const load = cached(async (id) => { calls.push(id); return profiles.get(id) ?? null }, 60)
  const { browser, whoami } = await createStory(t, {
    options: { loadUser: async (id: string) => await load(id) as User | null },
    oidc: { toUser: async ({ claims }) => await load(claims.sub) as User | null },
    after: (app) => app.get('/me', (request) => (request.currentUser as unknown as ApiUser | null)?.profile.firstName ?? 'nobody')
  })
  await browser.go(`${siteOrigin}/dashboard`)
  for (let request = 0; request < 6; request++) assert.equal((await browser.request(`${siteOrigin}/me`)).body, 'Ada')
  assert.deepEqual(calls, ['ada'])
  t.mock.timers.setTime(Date.now() + 61_000)
  await browser.request(`${siteOrigin}/me`)
  assert.equal(calls.length, 2)

  profiles.delete('ada')
  t.mock.timers.setTime(Date.now() + 61_000)
  assert.equal((await whoami()).user, null, 'who is gone at the provider is out here')
  t.mock.timers.setTime(Date.now() + 61_000)
  const { response } = await browser.go(`${siteOrigin}/dashboard`)
  assert.equal(response.statusCode, 403, 'and gets a page, although the provider\'s session is alive')
})
