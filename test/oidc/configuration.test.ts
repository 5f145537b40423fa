/** What stops the boot: a wrong option, in a sentence that names it; and what the tutorial's file is good for. */
import assert from 'node:assert/strict'
import { mkdtemp, readFile, rm, writeFile } from 'node:fs/promises'
import { tmpdir } from 'node:os'
import { join } from 'node:path'
import { describe, test, type TestContext } from 'node:test'
import Fastify from 'fastify'
import login, { requireLogin } from 'fastify-login'
import oidc, { errors, type OidcOptions } from 'fastify-login/oidc'
import { loadPeer } from '../../lib/oidc/peers.ts'
import { siteRules } from '../../lib/oidc/rules.ts'
import { createProvider, issuer, siteOrigin } from './support/provider.ts'
import { clientSecret } from './support/site.ts'
import { createStory } from './support/story.ts'
import { WebBrowser, World } from './support/world.ts'

const good = { issuer, clientId: 'site', clientSecret, baseUrl: siteOrigin, toUser: () => null } satisfies OidcOptions

async function boot (t: TestContext, options: object): Promise<void> {
  const app = Fastify()
  t.after(() => app.close())
  await app.register(login, { key: 'a secret of the tests, thirty-two bytes or more', loadUser: () => null })
  await app.register(oidc, options as OidcOptions)
  await app.ready()
}

const wrong: Array<[what: string, options: object, message: RegExp]> = [
  ['no baseUrl', { baseUrl: undefined }, /baseUrl .* is missing/],
  ['a baseUrl with a path', { baseUrl: 'https://app.test/site' }, /baseUrl/],
  ['a baseUrl with a query', { baseUrl: 'https://app.test?x' }, /baseUrl/],
  ['a baseUrl that ends in a slash', { baseUrl: 'https://app.test/' }, /baseUrl/],
  ['a baseUrl that is none', { baseUrl: 'app.test' }, /baseUrl/],
  ['no issuer', { issuer: undefined }, /issuer .* is missing/],
  ['an issuer by plain http', { issuer: 'http://op.test' }, /issuer .* https/],
  ['an issuer that is the address of its document', { issuer: `${issuer}/.well-known/openid-configuration` }, /issuer .*well-known/],
  ['an issuer with a query', { issuer: `${issuer}?tenant=1` }, /issuer/],
  ['an issuer that is no URL', { issuer: 'op.test' }, /issuer/],
  ['no clientId', { clientId: undefined }, /clientId .* is missing/],
  ['an empty clientSecret', { clientSecret: '' }, /clientSecret/],
  ['no toUser', { toUser: undefined }, /toUser .* is missing/],
  ['a toUser that is no function', { toUser: 'user' }, /toUser/],
  ['a scope without openid', { scope: 'email profile' }, /scope .* 'openid'/],
  ['a scope that only begins like openid', { scope: 'openidx email' }, /scope .* 'openid'/],
  ['a list of scopes without openid', { scope: ['openidx', 'email'] }, /scope .* 'openid'/],
  ['a clientAuthentication that is none', { clientAuthentication: 'basic' }, /clientAuthentication .* 'client_secret_basic'/],
  ['an unknown option', { oidcScopes: ['openid'] }, /no option oidcScopes: its options here are/],
  ['an unknown path', { paths: { signIn: '/in' } }, /no option paths.signIn/],
  ['a path that is another site', { paths: { callback: '//evil.test' } }, /paths.callback/],
  ['a path with parameters', { paths: { login: '/:anything' } }, /paths.login/],
  ['a path with a query', { paths: { callback: '/back?x=1' } }, /paths.callback/],
  ['two paths that are one', { paths: { login: '/logout' } }, /paths\.(?:login|logout) .* is \/logout/],
  ['an afterLogin on another site', { afterLogin: 'https://evil.test' }, /afterLogin/],
  ['an afterLogin that leads back to the log-in', { afterLogin: '/login?welcome' }, /afterLogin .* is paths.login/],
  ['parameters that are no strings', { authorizationParameters: { max_age: 60 } }, /authorizationParameters .* an object of strings/],
  ['a parameter that each log-in sets', { authorizationParameters: { state: 'fixed' } }, /authorizationParameters .* state/],
  ['a secret that visitors would see', { authorizationParameters: { client_secret: 'x' } }, /not name client_secret/],
  ['a trustPromptLogin that is none', { trustPromptLogin: 'yes' }, /trustPromptLogin .* true or false, not a string/],
  ['a max_age that is none', { authorizationParameters: { max_age: 'soon' } }, /max_age/],
  ['the algorithm none', { idTokenAlgorithm: 'none' }, /idTokenAlgorithm/],
  ['a shared algorithm without a secret', { idTokenAlgorithm: 'HS256', clientSecret: undefined }, /idTokenAlgorithm .* clientSecret/],
  ['a timeout of nothing', { timeout: 0 }, /timeout/],
  ['a registerUrl that is a script', { registerUrl: 'javascript:alert(1)' }, /registerUrl/],
  ['a cookieName that is none', { cookieName: 'a b' }, /cookieName/],
  ['no providers', { providers: {}, issuer: undefined, clientId: undefined, clientSecret: undefined }, /providers .* empty/],
  ['a provider beside several', { providers: { one: {} } }, /issuer .* belongs to one of the providers/],
  ['one of several without an issuer', { providers: { one: {} }, issuer: undefined, clientId: undefined, clientSecret: undefined }, /providers\.one\.issuer .* is missing/],
  ['a provider of a name that is none', { providers: { 'a b': {} }, issuer: undefined, clientId: undefined, clientSecret: undefined }, /providers/],
  ['a clientSecrets file that is not there', { clientSecrets: '/nowhere/client_secrets.json' }, /clientSecrets .* \/nowhere\/client_secrets\.json, which cannot be read \(ENOENT\)/],
  ['clientSecrets that hold nothing', { clientSecrets: {} }, /clientSecrets/],
  ['clientSecrets with a number', { clientSecrets: { web: { client_id: 7 } } }, /client_id that is not a string/],
  ['clientSecrets with one redirect URI in place of a list', { clientSecrets: { web: { redirect_uris: `${siteOrigin}/oidc/callback` } } }, /redirect_uris that are no array/],
  ['clientSecrets for another address', { clientSecrets: { web: { redirect_uris: ['http://localhost:5000/oidc/callback'] } } }, /redirect_uris without https:\/\/app\.test\/oidc\/callback/]
]

describe('the boot stops at', () => {
  for (const [what, options, message] of wrong) {
    test(what, async (t) => {
      await assert.rejects(boot(t, { ...good, ...options }), { code: 'FST_LOGIN_INVALID_OPTION', message })
    })
  }

  test('a secret, without showing it', async (t) => {
    const error = await boot(t, { ...good, clientSecret: ['hunter2'] }).catch((caught: Error) => caught)
    assert.equal((error as Error).message.includes('hunter2'), false)
  })

  test('plain http in production, for the site and for the provider', async (t) => {
    const before = process.env['NODE_ENV']
    process.env['NODE_ENV'] = 'production'
    try {
      await assert.rejects(boot(t, { ...good, baseUrl: 'http://app.test' }), { message: /baseUrl .* https in production/ })
      await assert.rejects(boot(t, { ...good, baseUrl: 'http://localhost:3000' }), { message: /baseUrl/ })
      await assert.rejects(boot(t, { ...good, issuer: 'http://localhost:3001' }), { message: /issuer/ })
    } finally {
      if (before === undefined) delete process.env['NODE_ENV']
      else process.env['NODE_ENV'] = before
    }
    await boot(t, { ...good, baseUrl: 'http://localhost:3000', issuer: 'http://localhost:3001' })
  })

  test('a missing package, and says what to install', async () => {
    const missing = Object.assign(new Error('Cannot find package'), { code: 'ERR_MODULE_NOT_FOUND' })
    await assert.rejects(loadPeer('openid-client', async () => { throw missing }), { code: 'FST_LOGIN_OIDC_PEER_MISSING', message: /openid-client: npm install openid-client jose/ })
    await assert.rejects(loadPeer('jose', async () => { throw new SyntaxError('broken') }), SyntaxError)
    assert.ok(errors.PeerMissingError)
  })

  test('a site without fastify-login', async (t) => {
    const app = Fastify()
    t.after(() => app.close())
    await assert.rejects(async () => await app.register(oidc, good).ready(), /fastify-login/)
  })
})

test('the scope may be a string or a list, with openid anywhere in it', async (t) => {
  for (const scope of ['email openid', ['email', 'openid'], ['email openid'], '  openid\temail ']) {
    const { browser } = await createStory(t, { oidc: { scope } })
    await browser.go(`${siteOrigin}/dashboard`)
    const asked = new URL(browser.visited.find((address) => address.includes('/auth?')) as string)
    assert.deepEqual(asked.searchParams.get('scope')?.split(' ').sort(), ['email', 'openid'])
  }
})

describe('the tutorial\'s client_secrets.json', () => {
  const web = {
    client_id: 'site',
    client_secret: clientSecret,
    issuer,
    auth_uri: `${issuer}/auth`,
    token_uri: `${issuer}/token`,
    userinfo_uri: `${issuer}/me`,
    redirect_uris: [`${siteOrigin}/oidc/callback`]
  }

  test('is all the configuration that a provider needs, as a file', async (t) => {
    const folder = await mkdtemp(join(tmpdir(), 'oidc-'))
    t.after(() => rm(folder, { recursive: true }))
    const file = join(folder, 'client_secrets.json')
    await writeFile(file, JSON.stringify({ web }))
    await logsIn(t, { clientSecrets: file })
    await writeFile(file, '["web"]')
    await assert.rejects(boot(t, { baseUrl: siteOrigin, toUser: () => null, clientSecrets: file }), { message: /may be a file or an object like/ })
    await writeFile(file, '{ "web": ')
    await assert.rejects(boot(t, { baseUrl: siteOrigin, toUser: () => null, clientSecrets: file }), { message: /is not JSON/ })
  })

  test('or as an object, under whatever name', async (t) => {
    await logsIn(t, { clientSecrets: { installed: web } })
  })

  test('may leave out its redirect_uris', async (t) => {
    await logsIn(t, { clientSecrets: { web: { client_id: 'site', client_secret: clientSecret, issuer } } })
  })

  test('counts after what is named beside it', async (t) => {
    await logsIn(t, { clientSecrets: { web: { ...web, client_id: 'another' } }, clientId: 'site' })
  })

  async function logsIn (t: TestContext, options: Partial<OidcOptions>): Promise<void> {
    // The provider of the story is there only once the world is: a fetch that looks it up then will do.
    const later: { world?: World } = {}
    const story = await createStory(t, { oidc: { ...options, fetch: (url, asked) => (later.world as World).fetch(url, asked) } })
    later.world = story.world
    assert.equal((await story.browser.go(`${siteOrigin}/dashboard`)).response.body, 'dashboard of ada')
  }
})

test('the routes are where the options put them', async (t) => {
  const { browser, app } = await createStory(t, {
    options: { loginPath: '/in', refreshPath: '/again' },
    oidc: { paths: { login: '/in', callback: '/back', logout: '/out', register: '/join', reauthenticate: '/again' } }
  }, { client: { redirect_uris: [`${siteOrigin}/back`] } })
  assert.equal((await browser.go(`${siteOrigin}/dashboard`)).response.body, 'dashboard of ada')
  assert.ok(browser.visited.some((address) => address.startsWith(`${siteOrigin}/back?`)))
  for (const url of ['/login', '/logout', '/register', '/reauthenticate', '/oidc/callback']) {
    assert.equal((await app.inject({ url, method: url === '/logout' ? 'POST' : 'GET' })).statusCode, 404)
  }
  assert.equal((await app.inject({ url: '/out', method: 'POST' })).statusCode, 200)
})

test('inside a prefix the routes, and what the provider is told of them, have it', async (t) => {
  const world = new World()
  const op = createProvider({ client: { redirect_uris: [`${siteOrigin}/club/oidc/callback`] } })
  world.hosts.set('op.test', op.server)
  const app = Fastify({ trustProxy: true })
  world.hosts.set('app.test', app)
  t.after(async () => { await app.close(); await op.server.close() })
  await app.register(login, {
    key: 'a secret of the tests, thirty-two bytes or more', loadUser: (id) => ({ id, name: id }), loginPath: '/club/login', refreshPath: '/club/reauthenticate'
  })
  await app.register(async (club) => {
    await club.register(oidc, { ...good, fetch: world.fetch, toUser: ({ claims }) => ({ id: claims.sub, name: claims.sub }), afterLogin: '/club/inside' })
    club.get('/inside', { preHandler: requireLogin }, (request) => `inside as ${request.currentUser.id}`)
  }, { prefix: '/club' })
  const browser = new WebBrowser(world)
  assert.equal((await browser.go(`${siteOrigin}/club/inside`)).response.body, 'inside as ada')
  const out = await browser.request(`${siteOrigin}/club/logout`, { method: 'POST' })
  assert.match(String(out.headers.location), /id_token_hint=/, 'the ID token came to the logout')
  assert.equal((await browser.request(`${siteOrigin}/club/inside`)).statusCode, 302)
})

test('the names of the cookies begin as the option says', async (t) => {
  const { browser } = await createStory(t, { oidc: { cookieName: 'sso' } })
  await browser.go(`${siteOrigin}/dashboard`)
  const names = browser.cookies.filter(({ host }) => host === 'app.test').map(({ name }) => name).sort()
  assert.deepEqual(names, ['__Host-sso_login', '__Host-sso_rounds', '__Secure-sso_id_token', 'login'])
})

test('docs/openid-connect.md lists every option', async () => {
  const page = await readFile(new URL('../../docs/openid-connect.md', import.meta.url), 'utf8')
  const table = /^## Options$([^]*?)^## /m.exec(page)?.[1] ?? ''
  const listed = Array.from(table.matchAll(/^\| `(\w+)` \|/gm), ([, name]) => name)
  assert.deepEqual(listed.sort(), Object.keys(siteRules).sort())
})
