/** What several providers promise. */
import assert from 'node:assert/strict'
import { test, type TestContext } from 'node:test'
import { createProvider, siteOrigin } from './support/provider.ts'
import { clientSecret, createSite } from './support/site.ts'
import { WebBrowser, World } from './support/world.ts'

async function createTwo (t: TestContext) {
  const world = new World()
  const names = ['one', 'two'] as const
  const ops = names.map((name) => createProvider({ issuer: `https://${name}.test`, client: { redirect_uris: [`${siteOrigin}/oidc/callback/${name}`] } }))
  ops.forEach(({ server }, position) => world.hosts.set(`${names[position]}.test`, server))
  const options = (name: string) => ({ issuer: `https://${name}.test`, clientId: 'site', clientSecret, fetch: world.fetch, label: `${name} & <only>` })
  const identities: unknown[] = []
  const site = await createSite(world, {
    after: (app) => app.get('/password', async (request) => await request.loginUser({ id: 'two:ada', name: 'ada' })),
    oidc: {
      providers: { one: options('one'), two: options('two') },
      toUser: ({ claims, provider }) => {
        identities.push([provider, claims.iss])
        const user = { id: `${provider}:${claims.sub}`, name: claims.sub }
        site.users.set(user.id, user)
        return user
      }
    }
  })
  t.after(async () => { await site.app.close(); for (const { server } of ops) await server.close() })
  const browser = new WebBrowser(world)
  const whoami = async () => (await browser.request(`${siteOrigin}/whoami`, { headers: { accept: 'application/json' } })).json() as { user: string | null }
  return { world, site, ops, identities, browser, whoami }
}

test('a visitor chooses among several providers, and goes on where they wanted to', async (t) => {
  const { browser } = await createTwo(t)
  const { response, url } = await browser.go(`${siteOrigin}/dashboard`)
  assert.equal(url.pathname, '/login')
  const links = Array.from(response.body.matchAll(/href="([^"]*)">([^<]*)</g), ([, href, label]) => [href, label])
  assert.deepEqual(links, [
    ['/login?provider=one&amp;next=%2Fdashboard', 'one &#38; &#60;only&#62;'], ['/login?provider=two&amp;next=%2Fdashboard', 'two &#38; &#60;only&#62;']
  ])
  const page = await browser.go(`${siteOrigin}${String(links[1]?.[0]).replace('&amp;', '&')}`)
  assert.equal(page.response.body, 'dashboard of two:ada')
})

test('a user is who the provider says, together with which provider it is', async (t) => {
  const { browser, identities, world } = await createTwo(t)
  await browser.go(`${siteOrigin}/login?provider=one`)
  await new WebBrowser(world).go(`${siteOrigin}/login?provider=two`)
  assert.deepEqual(identities, [['one', 'https://one.test'], ['two', 'https://two.test']])
})

test('an answer counts for the provider that was asked, whichever the query names', async (t) => {
  const { browser } = await createTwo(t)
  const { response } = await browser.go(`${siteOrigin}/login?provider=one`, { until: `${siteOrigin}/oidc` })
  const back = new URL(String(response.headers.location))
  back.searchParams.set('iss', 'https://two.test')
  back.searchParams.set('provider', 'two')
  assert.equal((await browser.go(back.href)).response.statusCode, 400)
})

test('a provider of another name is refused', async (t) => {
  const { browser, site } = await createTwo(t)
  for (const name of ['three', '__proto__', 'constructor', '', '<script>']) {
    const { response } = await browser.go(`${siteOrigin}/login?provider=${encodeURIComponent(name)}`)
    assert.equal(response.statusCode, 400, name)
    assert.equal(response.body.includes('<script>'), false)
  }
  assert.equal((await browser.go(`${siteOrigin}/login?provider=one&provider=two`)).response.statusCode, 400)
  const program = await site.app.inject({ url: '/login', headers: { accept: 'application/json' } })
  assert.equal(program.json().code, 'FST_LOGIN_OIDC_UNKNOWN_PROVIDER')
})

test('a user proves who they are, and logs out, at the provider that they came from', async (t) => {
  const { browser, ops } = await createTwo(t)
  await browser.go(`${siteOrigin}/login?provider=two`)
  await browser.go(`${siteOrigin}/reauthenticate?next=/vault`)
  assert.deepEqual(ops.map(({ prompts }) => prompts), [[], ['login', 'login']])
  const { response } = await browser.submit(`${siteOrigin}/logout`)
  assert.match(response.body, /Log out\?/)
  assert.ok(browser.visited.at(-1)?.startsWith('https://two.test/'))
})

test('one provider that is down does not keep visitors from the other', async (t) => {
  const { browser, world } = await createTwo(t)
  world.hosts.delete('one.test')
  assert.equal((await browser.go(`${siteOrigin}/login?provider=one`)).response.statusCode, 503)
  assert.equal((await browser.go(`${siteOrigin}/login?provider=two&next=/dashboard`)).response.body, 'dashboard of two:ada')
})

test('a provider that sends visitors to another one gets nothing of what comes back (mix-up)', async (t) => {
  const { browser, world, whoami } = await createTwo(t)
  const begun = await browser.go(`${siteOrigin}/login?provider=one`, { until: 'https://one.test' })
  const state = new URL(String(begun.response.headers.location)).searchParams.get('state') as string
  const elsewhere = await browser.go(`${siteOrigin}/login?provider=two`, { until: `${siteOrigin}/oidc` })
  const stolen = new URL(String(elsewhere.response.headers.location))
  assert.equal(stolen.pathname, '/oidc/callback/two', 'each has a callback of its own, which the other does not know')
  // As of a provider that does not name itself in its answers.
  stolen.searchParams.delete('iss')
  stolen.searchParams.set('state', state)
  const asked = world.asked.length
  assert.equal((await browser.go(stolen.href)).response.statusCode, 400)
  assert.equal(world.asked.length, asked, 'the code is told to nobody')
  assert.equal((await whoami()).user, null)
})

test('a visitor chooses where to register, and a user who came by other means where to prove who they are', async (t) => {
  const { browser, site, ops } = await createTwo(t)
  const choices = async (path: string) => {
    const { response } = await browser.go(`${siteOrigin}${path}`)
    return Array.from(response.body.matchAll(/href="([^"]*)"/g), ([, href]) => href)
  }
  assert.deepEqual(await choices('/register'), ['/register?provider=one&amp;next=%2F', '/register?provider=two&amp;next=%2F'])
  site.users.set('two:ada', { id: 'two:ada', name: 'ada' })
  await browser.request(`${siteOrigin}/password`)
  assert.deepEqual(await choices('/reauthenticate?next=/vault'), ['/reauthenticate?provider=one&amp;next=%2Fvault', '/reauthenticate?provider=two&amp;next=%2Fvault'])
  assert.equal((await browser.go(`${siteOrigin}/reauthenticate?provider=two&next=/vault`)).response.body, 'vault of two:ada')
  assert.deepEqual(ops.map(({ prompts }) => prompts), [[], ['login']])
})
