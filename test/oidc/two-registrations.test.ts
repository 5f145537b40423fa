/** Two registrations that share a key, a store and a client at the provider: nothing of the one counts at the other. */
import assert from 'node:assert/strict'
import { randomUUID } from 'node:crypto'
import { describe, test, type TestContext } from 'node:test'
import Fastify from 'fastify'
import login, { MemoryStore, type LoginOptions, type LoginStore } from 'fastify-login'
import oidc, { type OidcOptions } from 'fastify-login/oidc'
import { FakeProvider } from './support/fake-provider.ts'
import { issuer, siteOrigin } from './support/provider.ts'
import { createSite, type Site } from './support/site.ts'
import { attemptsOf, WebBrowser, World, type Page } from './support/world.ts'

const staffOrigin = 'https://staff.test'
const backChannelLogout = '/oidc/back-channel-logout'

/** Members at one origin and staff at another, of one key, and on one store if there is one. */
async function createBoth (t: TestContext, store?: LoginStore) {
  const world = new World()
  const fake = new FakeProvider()
  world.intercept = (asked) => asked.url.startsWith(`${issuer}/`) ? fake.intercept(asked) : undefined
  const kept = store === undefined ? {} : { store }
  const more: Partial<OidcOptions> = store === undefined ? {} : { paths: { backChannelLogout } }
  const members = await createSite(world, { options: kept, oidc: more })
  const names = { cookieName: 'staff_login', remember: { cookieName: 'staff_remember' } }
  const staff = await createSite(world, { options: { ...kept, ...names }, oidc: { ...more, cookieName: 'staff_oidc' }, origin: staffOrigin })
  t.after(async () => { await members.app.close(); await staff.app.close() })

  async function begin (browser: WebBrowser, origin: string): Promise<string> {
    const { response } = await browser.go(`${origin}/login`, { until: issuer })
    const { searchParams } = new URL(String(response.headers.location))
    fake.nonce = searchParams.get('nonce') as string
    return searchParams.get('state') as string
  }

  async function comeBack (browser: WebBrowser, origin: string, state: string): Promise<Page> {
    return await browser.go(`${origin}/oidc/callback?${new URLSearchParams({ code: 'a-code', state }).toString()}`, { until: `${issuer}/` })
  }

  /** A browser that has logged in at one of them. */
  async function logIn (origin: string): Promise<WebBrowser> {
    const browser = new WebBrowser(world)
    await comeBack(browser, origin, await begin(browser, origin))
    return browser
  }
  return { world, fake, members, staff, begin, comeBack, logIn }
}

async function userOf (browser: WebBrowser, origin: string): Promise<string | null> {
  return (await browser.request(`${origin}/whoami`)).json().user
}

/** Tells a site of a logout at the provider, by a token or, as a provider does that has two addresses, by the same. */
async function tellLogout ({ app }: Site, token: string): Promise<number> {
  const headers = { 'content-type': 'application/x-www-form-urlencoded' }
  return (await app.inject({ method: 'POST', url: backChannelLogout, payload: `logout_token=${token}`, headers })).statusCode
}

describe('where two applications share a key, a store and a client at the provider', () => {
  test('a logout that one is told of ends its logins alone, and the other can be told of the same', async (t) => {
    const { fake, members, staff, logIn } = await createBoth(t, new MemoryStore())
    const [member, employee] = [await logIn(siteOrigin), await logIn(staffOrigin)]
    assert.deepEqual([await userOf(member, siteOrigin), await userOf(employee, staffOrigin)], ['ada', 'ada'])
    const now = Math.floor(Date.now() / 1000)
    const events = { 'http://schemas.openid.net/event/backchannel-logout': {} }
    const token = await fake.sign({ iss: issuer, aud: 'site', sub: 'ada', iat: now, exp: now + 120, jti: randomUUID(), events }, { typ: 'logout+jwt' })
    assert.equal(await tellLogout(members, token), 200)
    assert.deepEqual([await userOf(member, siteOrigin), await userOf(employee, staffOrigin)], [null, 'ada'])
    assert.equal(await tellLogout(staff, token), 200)
    assert.equal(await userOf(employee, staffOrigin), null)
    assert.equal(await tellLogout(staff, token), 400, 'and each is told once')
  })

  test('a login under way at one is not ended by a logout that the other is told of', async (t) => {
    const { fake, world, members, begin, comeBack } = await createBoth(t, new MemoryStore())
    const browser = new WebBrowser(world)
    const state = await begin(browser, staffOrigin)
    const now = Math.floor(Date.now() / 1000)
    const events = { 'http://schemas.openid.net/event/backchannel-logout': {} }
    const token = await fake.sign({ iss: issuer, aud: 'site', sub: 'ada', iat: now, exp: now + 120, jti: randomUUID(), events }, { typ: 'logout+jwt' })
    assert.equal(await tellLogout(members, token), 200)
    await comeBack(browser, staffOrigin, state)
    assert.equal(await userOf(browser, staffOrigin), 'ada')
  })

  for (const store of [undefined, new MemoryStore()]) {
    const kept = store === undefined ? 'without a store' : 'with one store'
    test(`an attempt that was begun at one cannot be finished at the other, ${kept}`, async (t) => {
      const { world, begin, comeBack } = await createBoth(t, store)
      const browser = new WebBrowser(world)
      const state = await begin(browser, siteOrigin)
      const [attempt] = attemptsOf(browser)
      const thief = new WebBrowser(world)
      thief.cookies.push({ ...attempt!, host: 'staff.test', name: attempt!.name.replace('oidc', 'staff_oidc') })
      const { response } = await comeBack(thief, staffOrigin, state)
      assert.equal(response.statusCode, 400)
      assert.equal(await userOf(thief, staffOrigin), null)
    })

    test(`no cookie of one is worth anything at the other, whatever name it is given, ${kept}`, async (t) => {
      const { world, logIn } = await createBoth(t, store)
      const member = await logIn(siteOrigin)
      const renamed = (name: string) => name.replace('oidc', 'staff_oidc').replace(/login$/, (end) => name.includes('oidc') ? end : 'staff_login')
      const thief = new WebBrowser(world)
      thief.cookies = member.cookies.map((cookie) => ({ ...cookie, host: 'staff.test', name: renamed(cookie.name) }))
      assert.ok(thief.cookies.some(({ name }) => /^(?:__Host-)?staff_login$/.test(name)))
      const { user, lapse } = (await thief.request(`${staffOrigin}/whoami`)).json()
      assert.deepEqual([user, lapse], [null, 'forged'])
      assert.equal((await thief.submit(`${staffOrigin}/logout`)).response.statusCode, 200)
      assert.equal(await userOf(member, siteOrigin), 'ada')
    })
  }
})

describe('where two realms of one server log in at providers', () => {
  async function boot (cookieName?: string): Promise<void> {
    const app = Fastify()
    const provider = { issuer, clientId: 'site', clientSecret: 'a secret of the client', baseUrl: siteOrigin, toUser: () => null }
    const loadUser = () => null
    await app.register(login, { key: 'a secret of the tests, thirty-two bytes or more', loadUser, loginPath: '/login' } as LoginOptions)
    await app.register(oidc, provider)
    app.register(async (scope) => {
      await scope.register(login, { realm: 'admin', loadUser, loginPath: '/admin/login' } as LoginOptions)
      await scope.register(oidc, { ...provider, ...cookieName === undefined ? {} : { cookieName } })
    }, { prefix: '/admin' })
    await app.ready()
    await app.close()
  }

  test('the boot stops unless their cookies have different names', async () => {
    await boot('admin_oidc')
    await assert.rejects(boot(), {
      code: 'FST_LOGIN_INVALID_OPTION',
      message: "The option cookieName of fastify-login/oidc is 'oidc', and so is that of a registration in another realm of this server: they would overwrite each other's cookies. Set another cookieName here"
    })
  })
})
