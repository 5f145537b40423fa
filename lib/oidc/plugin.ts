/**
 * Wires OpenID Connect into a scope: what its routes share, and the routes.
 *
 * @module
 */
import type { FastifyInstance, FastifyPluginAsync } from 'fastify'
import fastifyPlugin from 'fastify-plugin'
import { errors, type SealedFact } from '../index.ts'
import { attemptShape } from './attempt.ts'
import { backChannelRoute } from './back-channel.ts'
import { BrowserCookies } from './browser-cookies.ts'
import { callbackRoute } from './callback.ts'
import { claimCookies } from './cookies.ts'
import { showErrors } from './error-pages.ts'
import { readForms } from './form-body.ts'
import { LoginMarks } from './login-marks.ts'
import { logoutRoute } from './logout.ts'
import type { OidcOptions } from './options.ts'
import { loadPeers } from './peers.ts'
import { keepPrivate } from './private-responses.ts'
import { Provider } from './provider.ts'
import { refreshWith } from './refresh.ts'
import { roundsShape } from './rounds.ts'
import { loginRoute, reauthenticateRoute, registerRoute, visitorsOnly } from './routes.ts'
import { loginShapes, SealedLogins } from './sealed-logins.ts'
import { siteSettings } from './settings.ts'
import type { Site } from './site.ts'
import { recordShape, StoredLogins } from './stored-logins.ts'
import { Tokens } from './tokens.ts'

async function openIdConnect (app: FastifyInstance, options: OidcOptions): Promise<void> {
  const site = await openSite(app, options)
  app.decorate('oidc', { tokens: site.tokens })
  await app.register(async (scope) => declareRoutes(scope, site, app.prefix))
}

async function openSite (app: FastifyInstance, options: OidcOptions): Promise<Site> {
  const settings = await siteSettings(options, app.prefix)
  claimCookies(app, settings.cookieName)
  const peers = await loadPeers()
  const { login: manager } = app
  const { store } = manager
  const { keepTokens, remember, paths } = settings
  if (store === null && paths.backChannelLogout !== null) throw new errors.StoreRequiredError('The option paths.backChannelLogout of fastify-login/oidc')
  if (store === null && keepTokens) throw new errors.StoreRequiredError('The option keepTokens of fastify-login/oidc')
  const seal = (purpose: string, shape: readonly SealedFact[]) => manager.createSeal(app, purpose, shape)
  const endsLogins = paths.backChannelLogout !== null
  const providers = new Map(settings.providers.map((one) => [one.name, new Provider(one, peers, app.log, endsLogins)]))
  const longestTimeout = Math.max(...settings.providers.map(({ timeout }) => timeout))
  const stored = store === null ? null : new StoredLogins(manager, providers, await seal('oidc-record', recordShape))
  return {
    manager,
    settings,
    peers,
    providers,
    cookies: new BrowserCookies({ attempt: await seal('oidc-attempt', attemptShape), rounds: await seal('oidc-rounds', roundsShape) }, settings),
    logins: stored ?? new SealedLogins({
      login: await seal('oidc-login', loginShapes.login), idToken: await seal('oidc-id-token', loginShapes.idToken)
    }, providers, settings),
    marks: store === null || paths.backChannelLogout === null ? null : new LoginMarks(store, manager, remember),
    tokens: new Tokens(manager, keepTokens ? stored : null, refreshWith(peers), longestTimeout)
  }
}

function declareRoutes (scope: FastifyInstance, site: Site, prefix: string): void {
  const { settings: { paths }, providers, marks } = site
  // Fastify puts the prefix there itself.
  const at = (path: string) => path.slice(prefix.length)
  readForms(scope)
  showErrors(scope, site.settings)
  keepPrivate(scope, site.logins)
  // Who is to log in must be able to: also where every other route needs a login.
  const page = { exposeHeadRoute: false, config: { login: 'optional' } } as const
  scope.get(at(paths.login), { ...page, preHandler: visitorsOnly(site) }, loginRoute(site))
  scope.get(at(paths.register), { ...page, preHandler: visitorsOnly(site) }, registerRoute(site))
  scope.get(at(paths.reauthenticate), page, reauthenticateRoute(site))
  for (const provider of providers.values()) {
    // Where it cannot be asked whether the login has been ended meanwhile, the answer fails, and the login with it.
    scope.get(at(provider.settings.callbackPath), { ...page, onSend: async (request) => await marks?.settle(request) }, callbackRoute(site, provider))
  }
  scope.post(at(paths.logout), page, logoutRoute(site))
  if (marks !== null && paths.backChannelLogout !== null) {
    scope.post(at(paths.backChannelLogout), { config: { login: 'ignored' } }, backChannelRoute(site, marks))
  }
}

/**
 * Logs users in at OpenID Connect providers. To be registered after `fastify-login`, whose options `loginPath` and
 * `refreshPath` name the paths of `login` and `reauthenticate`.
 *
 * @example
 * import Fastify from 'fastify'
 * import login from 'fastify-login'
 * import oidc from 'fastify-login/oidc'
 *
 * const users = new Map<string, { id: string }>()
 * const app = Fastify()
 * await app.register(login, {
 *   key: 'a secret of at least thirty-two bytes',
 *   loadUser: (id) => users.get(id),
 *   loginPath: '/login',
 *   refreshPath: '/reauthenticate'
 * })
 * await app.register(oidc, {
 *   clientSecrets: 'client_secrets.json',
 *   baseUrl: 'https://www.example.org',
 *   toUser: ({ claims }) => users.get(claims.sub)
 * })
 */
export const oidc: FastifyPluginAsync<OidcOptions> = fastifyPlugin(openIdConnect, {
  name: 'fastify-login/oidc', fastify: '>=5.4.0 <6', dependencies: ['fastify-login']
})
