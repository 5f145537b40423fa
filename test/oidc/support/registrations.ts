/**
 * A site of several registrations, each in a scope of its own, whose providers say whatever a test wants them to.
 *
 * @module
 */
import type { TestContext } from 'node:test'
import Fastify, { type FastifyInstance } from 'fastify'
import login, { requireFreshLogin, type LoginOptions, type LoginStore } from 'fastify-login'
import oidc, { type Identity, type OidcOptions } from 'fastify-login/oidc'
import { FakeProvider, type Attempt } from './fake-provider.ts'
import { siteOrigin } from './provider.ts'
import { WebBrowser, World, type Page } from './world.ts'

interface Member { id: string, name: string }

export interface Setup {
  readonly store?: LoginStore
  /** By prefix, such as `/a`: the options of the registration there. */
  readonly registrations: Record<string, Partial<OidcOptions>>
  readonly options?: Partial<LoginOptions>
  /** By prefix, the realm of a registration that is for users of another kind. */
  readonly realms?: Record<string, string>
  /** Who a user is here. Default: issuer and subject. */
  readonly userIdOf?: (identity: Identity) => string
}

export class Registrations {
  readonly world = new World()
  readonly browser = new WebBrowser(this.world)
  readonly fakes = new Map<string, FakeProvider>()
  app: FastifyInstance = Fastify()
  readonly logged: Array<Record<string, unknown>> = []

  constructor (issuers: readonly string[]) {
    for (const issuer of issuers) this.fakes.set(issuer, new FakeProvider(issuer))
    this.world.intercept = (asked) => this.fakes.get(new URL(asked.url).origin)?.intercept(asked)
  }

  fake (issuer: string): FakeProvider {
    return this.fakes.get(issuer) as FakeProvider
  }

  /** Starts the site: at the same address as the one before, as after a restart with other options. */
  async start (t: TestContext, { store, registrations, options = {}, realms = {}, userIdOf }: Setup): Promise<void> {
    const stream = { write: (line: string) => { this.logged.push(JSON.parse(line) as Record<string, unknown>) } }
    const app = Fastify({ trustProxy: true, logger: { level: 'info', stream } })
    t.after(() => app.close())
    const key = 'a secret of the tests, thirty-two bytes or more'
    const loadUser = (id: string): Member => ({ id, name: id })
    await app.register(login, { key, loadUser, freshFor: 300, ...store && { store }, ...options } as LoginOptions)
    for (const [prefix, more] of Object.entries(registrations)) {
      await app.register(async (scope) => {
        const realm = realms[prefix]
        if (realm !== undefined) await scope.register(login, { realm, loadUser } as never)
        await scope.register(oidc, {
          baseUrl: siteOrigin,
          toUser: (identity) => {
            const id = userIdOf?.(identity) ?? `${identity.claims.iss} ${identity.claims.sub}`
            return { id, name: id } as never
          },
          ...more
        })
        scope.get('/whoami', (request) => {
          return { user: (request.currentUser as Member | null)?.id ?? null, fresh: request.loginFresh }
        })
        scope.get('/tokens', async (request) => ({ tokens: await scope.oidc.tokens.get(request) }))
        scope.get('/vault', { preHandler: requireFreshLogin }, () => 'the vault')
      }, { prefix })
    }
    await app.ready()
    this.app = app
    this.world.hosts.set(new URL(siteOrigin).host, app)
  }

  /** The options of a provider. */
  at (issuer: string, more: Partial<OidcOptions> = {}): Partial<OidcOptions> {
    return { issuer, clientId: 'site', clientSecret: 'a secret of the client', fetch: this.world.fetch, ...more }
  }

  /** Sends the browser off to a provider. */
  async begin (path: string, browser = this.browser): Promise<Attempt> {
    const response = await browser.request(siteOrigin + path)
    const url = new URL(String(response.headers.location), siteOrigin)
    const { state = '', nonce = '' } = Object.fromEntries(url.searchParams)
    const fake = this.fakes.get(url.origin)
    if (fake !== undefined) fake.nonce = nonce
    return { state, nonce, url }
  }

  /** Brings the browser back to a callback with the answer to an attempt. */
  async comeBack (callback: string, { state }: Attempt, browser = this.browser): Promise<Page> {
    const query = new URLSearchParams({ code: 'a-secret-code', state })
    const response = await browser.request(`${siteOrigin}${callback}?${query}`)
    return { url: new URL(siteOrigin + callback), response }
  }

  async logIn (prefix: string, browser = this.browser): Promise<void> {
    const attempt = await this.begin(`${prefix}/login`, browser)
    const { response } = await this.comeBack(`${prefix}/oidc/callback`, attempt, browser)
    if (response.statusCode !== 302) throw new Error(`The log-in failed: ${response.body}`)
  }

  async json<Answer> (path: string, browser = this.browser): Promise<Answer> {
    return (await browser.request(siteOrigin + path, { headers: { accept: 'application/json' } })).json() as Answer
  }

  /** Logs out, and gives where the browser is sent. */
  async logOut (prefix: string): Promise<string> {
    const response = await this.browser.request(`${siteOrigin}${prefix}/logout`, { method: 'POST' })
    return String(response.headers.location)
  }

  /** What a host was asked for from now on, once what nobody waits for has ended. */
  async askedOf (issuer: string, ask: () => Promise<unknown>): Promise<string[]> {
    const before = this.world.asked.length
    await ask()
    for (let turn = 0; turn < 50; turn++) await new Promise((resolve) => setImmediate(resolve))
    const asked = this.world.asked.slice(before).filter(({ url }) => url.startsWith(issuer))
    return asked.map(({ url, body }) => `${url} ${body}`)
  }
}
