/** What happens to tokens whose refresh is under way while their user logs in anew, at the same provider or another. */
import assert from 'node:assert/strict'
import { test } from 'node:test'
import { MemoryStore } from 'fastify-login'
import type { Tokens as TokenSet } from 'fastify-login/oidc'
import type { Provider } from '../../lib/oidc/provider.ts'
import type { ProviderLogin } from '../../lib/oidc/provider-logins.ts'
import { recordShape, StoredLogins } from '../../lib/oidc/stored-logins.ts'
import { Tokens } from '../../lib/oidc/tokens.ts'
import { createApp } from '../support/app.ts'
import { Barrier } from '../support/barrier.ts'
import { Browser } from '../support/browser.ts'

const tokensOf = (name: string, expiresAt: number): TokenSet =>
  ({ accessToken: `access ${name}`, refreshToken: `refresh ${name}`, idToken: `id ${name}`, expiresAt, scope: null })

async function open () {
  const [one, two] = ['one', 'two'].map((id) => ({ settings: { id } }) as Provider) as [Provider, Provider]
  const sent: string[] = []
  const barrier = new Barrier()
  let tokens: Tokens | undefined
  const { app } = await createApp({
    options: { store: new MemoryStore() },
    after: async (app, users) => {
      const logins = new StoredLogins(app.login, new Map([['one', one], ['two', two]]), await app.login.createSeal(app, 'tokens', recordShape))
      tokens = new Tokens(app.login, logins, async ({ provider }, refreshToken) => {
        sent.push(`${provider.settings.id}: ${refreshToken}`)
        if (sent.length === 1) await barrier.pass()
        return tokensOf(`${provider.settings.id} anew`, Date.now() / 1000 + 600)
      }, 5)
      const login = (provider: Provider, name: string, expiresAt: number): ProviderLogin =>
        ({ provider, subject: `subject at ${provider.settings.id}`, session: null, idToken: null, tokens: tokensOf(name, expiresAt) })
      app.post<{ Params: { at: 'one' | 'two', name: string }, Querystring: { ended?: string } }>('/at/:at/:name', async (request) => {
        const { params: { at, name }, query: { ended } } = request
        const expiresAt = Date.now() / 1000 + (ended === undefined ? 600 : -600)
        return { ok: await request.loginUser(users.get('1')!, logins.optionsFor(login({ one, two }[at], name, expiresAt))) }
      })
      app.get('/tokens', async (request) => ({ tokens: await tokens!.get(request) }))
    }
  })
  const browser = new Browser(app)
  const ask = async () => (await browser.get('/tokens')).json().tokens?.accessToken
  return { browser, ask, sent, barrier }
}

for (const at of ['one', 'two']) {
  test(`tokens that come back after their user logged in anew at provider ${at} take no place, and go to nobody`, async () => {
    const { browser, ask, sent, barrier } = await open()
    await browser.post('/at/one/first?ended')
    const slow = ask()
    await barrier.reached
    await browser.post(`/at/${at}/second`)
    barrier.open()
    assert.equal(await slow, 'access second')
    assert.equal(await ask(), 'access second')
    assert.deepEqual(sent, ['one: refresh first'])
  })
}

test('the refresh token of one provider is not sent to the one that its user logged in at meanwhile', async () => {
  const { browser, ask, sent, barrier } = await open()
  await browser.post('/at/one/first?ended')
  const slow = ask()
  await barrier.reached
  await browser.post('/at/two/second?ended')
  barrier.open()
  assert.equal(await slow, 'access two anew')
  assert.deepEqual(sent, ['one: refresh first', 'two: refresh second'])
})
