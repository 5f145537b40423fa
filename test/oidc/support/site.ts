/**
 * The site of the tests, at https://app.test, whose users log in at a provider.
 *
 * @module
 */
import Fastify, { type FastifyInstance } from 'fastify'
import login, { requireFreshLogin, requireLogin, type LoginOptions } from 'fastify-login'
import oidc, { type Identity, type OidcOptions } from 'fastify-login/oidc'
import { issuer, siteOrigin } from './provider.ts'
import type { World } from './world.ts'

export interface SiteUser { id: string, name: string, isActive?: boolean }

export interface Site {
  readonly app: FastifyInstance
  readonly users: Map<string, SiteUser>
  /** What `toUser` was given, in order. */
  readonly identities: Identity[]
  readonly events: string[]
  /** What was logged at info and above. */
  readonly logged: Array<Record<string, unknown>>
}

export interface SiteSetup {
  readonly options?: Partial<LoginOptions>
  readonly oidc?: Partial<OidcOptions>
  readonly before?: (app: FastifyInstance) => unknown
  /** Adds what comes after the login plugin, and before OpenID Connect: hooks of the whole site. */
  readonly between?: (app: FastifyInstance) => unknown
  readonly after?: (app: FastifyInstance) => unknown
  /** Registered at this origin, or not in the world at all. */
  readonly origin?: string
}

export const clientSecret = 'a secret of the client, long enough for HS256'

export async function createSite (world: World, { options = {}, oidc: more = {}, before, between, after, origin = siteOrigin }: SiteSetup = {}): Promise<Site> {
  const users = new Map<string, SiteUser>()
  const identities: Identity[] = []
  const events: string[] = []
  const logged: Site['logged'] = []
  const stream = { write: (line: string) => { logged.push(JSON.parse(line) as Record<string, unknown>) } }
  const app = Fastify({ trustProxy: true, logger: { level: 'info', stream } })
  await before?.(app)
  await app.register(login, {
    key: 'a secret of the tests, thirty-two bytes or more',
    loadUser: (id: string) => users.get(id),
    loginPath: '/login',
    refreshPath: '/reauthenticate',
    ...options
  } as LoginOptions)
  for (const name of ['userLoggedIn', 'userLoggedOut', 'userLoginConfirmed', 'loginEnded'] as const) app.login.on(name, () => { events.push(name) })
  await between?.(app)
  const one = more.providers === undefined && more.clientSecrets === undefined ? { issuer, clientId: 'site', clientSecret, fetch: world.fetch } : {}
  await app.register(oidc, {
    ...one,
    baseUrl: origin,
    toUser (identity) {
      identities.push(identity)
      const { sub } = identity.claims
      const user = users.get(sub) ?? { id: sub, name: sub }
      users.set(sub, user)
      return user
    },
    ...more
  })
  app.get('/', (request) => `front page of ${(request.currentUser as SiteUser | null)?.name ?? 'nobody'}`)
  app.get('/whoami', (request) => ({
    user: (request.currentUser as SiteUser | null)?.id ?? null,
    fresh: request.loginFresh,
    login: request.currentLogin,
    lapse: request.loginLapse
  }))
  app.get('/dashboard', { preHandler: requireLogin }, (request) => `dashboard of ${request.currentUser.id}`)
  app.get('/vault', { preHandler: requireFreshLogin }, (request) => `vault of ${request.currentUser.id}`)
  app.get('/tokens', async (request) => ({ tokens: await app.oidc.tokens.get(request) }))
  await after?.(app)
  await app.ready()
  world.hosts.set(new URL(origin).host, app)
  return { app, users, identities, events, logged }
}
