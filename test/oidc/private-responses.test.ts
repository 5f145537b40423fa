/** Nothing that goes between a browser and its provider is kept by a cache, and a log-in that fails leaves nothing behind. */
import assert from 'node:assert/strict'
import { describe, test } from 'node:test'
import { MemoryStore } from 'fastify-login'
import type { FastifyInstance, LightMyRequestResponse } from 'fastify'
import { siteOrigin } from './support/provider.ts'
import { createStory } from './support/story.ts'

const namesSet = ({ cookies }: LightMyRequestResponse) => cookies.filter(({ value }) => value !== '').map(({ name }) => name.replace('__Host-', ''))

/** A hook of the whole site that makes this status of what comes from the callback, from a moment on. */
function turnsCallbackInto (status: number, how: string, from = { begun: true }) {
  return (app: FastifyInstance) => app.addHook('onSend', async (request, reply, payload) => {
    if (!from.begun || !request.url.startsWith('/oidc/callback') || reply.statusCode >= 400) return payload
    if (how === 'throws') throw Object.assign(new Error('late'), { statusCode: status })
    if (how === 'a Response') return new Response('late', { status })
    reply.code(status)
    return payload
  })
}

for (const store of [undefined, () => new MemoryStore()]) {
  const way = store === undefined ? 'without a store' : 'in a MemoryStore'
  const options = () => store === undefined ? {} : { store: store() }

  describe(`a log-in at a provider whose response fails at the end, ${way}`, () => {
    for (const status of [403, 500]) {
      for (const how of ['reply.code', 'throws', 'a Response']) {
        test(`logs nobody in, and leaves no cookie behind that says who it was (${status}, ${how})`, async (t) => {
          const { browser, whoami, events } = await createStory(t, { options: options(), between: turnsCallbackInto(status, how) })
          const { response } = await browser.go(`${siteOrigin}/login`)
          assert.equal(response.statusCode, status)
          assert.deepEqual(namesSet(response).filter((name) => name !== 'oidc_rounds'), [])
          assert.equal(response.headers['cache-control'], 'no-store')
          assert.deepEqual([(await whoami()).user, events], [null, []])
        })

        test(`proves nobody's identity again (${status}, ${how})`, async (t) => {
          const from = { begun: false }
          const { browser, whoami, events } = await createStory(t, { options: options(), between: turnsCallbackInto(status, how, from) })
          await browser.go(`${siteOrigin}/login`)
          const before = await whoami()
          events.length = 0
          from.begun = true
          const { response } = await browser.go(`${siteOrigin}/reauthenticate`)
          assert.deepEqual([response.statusCode, events], [status, []])
          assert.deepEqual((await whoami()).login, before.login)
        })
      }
    }
  })
}

test('no cache may keep what goes between a browser and its provider, whatever hooks of the site say', async (t) => {
  const { browser } = await createStory(t, {
    between: (app) => app.addHook('onSend', async (_request, reply, payload) => {
      reply.headers({ 'cache-control': 'public, max-age=600', 'cdn-cache-control': 'max-age=600', 'surrogate-control': 'max-age=600' })
      return payload
    })
  })
  const answers = [await browser.request(`${siteOrigin}/login`)]
  const { url } = await browser.go(`${siteOrigin}/login`, { until: `${siteOrigin}/oidc/callback` })
  answers.push(await browser.request(url.href), await browser.request(url.href), await browser.request(`${siteOrigin}/oidc/callback?state=none`))
  answers.push(await browser.request(`${siteOrigin}/logout`, { method: 'POST', headers: { origin: siteOrigin } }))
  assert.deepEqual(answers.map(({ statusCode }) => statusCode), [302, 302, 302, 302, 303])
  for (const { headers } of answers) {
    assert.deepEqual([headers['cache-control'], headers['cdn-cache-control'], headers['surrogate-control']], ['no-store', undefined, undefined])
  }
})
