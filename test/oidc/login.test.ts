/** What logging in at a provider promises, against a real one. */
import assert from 'node:assert/strict'
import { test } from 'node:test'
import { siteOrigin } from './support/provider.ts'
import { createStory } from './support/story.ts'

test('a visitor who opens a guarded page logs in at the provider, and gets the page', async (t) => {
  const { browser, whoami, identities } = await createStory(t)
  const { url, response } = await browser.go(`${siteOrigin}/dashboard`)
  assert.equal(url.href, `${siteOrigin}/dashboard`)
  assert.equal(response.body, 'dashboard of ada')
  assert.equal((await whoami()).user, 'ada')
  assert.equal(identities[0]?.claims.iss, 'https://op.test')
})
