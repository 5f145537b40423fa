/**
 * Logs users in for tests: `fastify-login/testing`.
 *
 * @module fastify-login/testing
 */
import type { FastifyInstance, FastifyRequest } from 'fastify'
import { checkGivenUser } from './account.ts'
import { randomId } from './digest.ts'
import { InvalidArgumentError, NotRegisteredError } from './errors.ts'
import { loginUser } from './login.ts'
import type { LoginUserOptions } from './login-options.ts'
import { settingsOfRealm } from './scope.ts'
import { settingsKey, settingsOf, type Settings } from './settings.ts'
import { loginStateOf } from './slots.ts'
import type { AnyUser, RealmName, User } from './user.ts'

export { testLoginStore, type MadeStore, type MakeStore } from './testing/login-store.ts'

/** How `loginAs` logs a user in. */
export interface LoginAsOptions extends Pick<LoginUserOptions, 'fresh' | 'remember' | 'duration'> {
  /** How many seconds ago the user logged in. Default 0. */
  age?: number
  /** Headers of the browser, such as its User-Agent: session protection compares it. */
  headers?: Record<string, string>
  /** The realm of the user, where it is not the one of the registered user. */
  realm?: RealmName
  /** The browser's address. Default `'127.0.0.1'`. */
  remoteAddress?: string
}

/** What to spread into the options of `app.inject`. */
export interface LoggedIn {
  /** The login cookie, and the remember cookie if there is one, by name. */
  cookies: Record<string, string>
  /** The headers that the browser was given. */
  headers: Record<string, string>
  /** The browser's address. */
  remoteAddress: string
}

/**
 * Logs a user in through the real path, and gives what a request needs to be theirs, under every protection mode.
 *
 * @example
 * import Fastify from 'fastify'
 * import { loginAs } from 'fastify-login/testing'
 *
 * const app = Fastify()
 * const ada = { id: '1' }
 * const response = await app.inject({ url: '/settings', ...await loginAs(app, ada, { fresh: false }) })
 */
export async function loginAs (app: FastifyInstance, user: AnyUser, options: LoginAsOptions = {}): Promise<LoggedIn> {
  const { age = 0, realm = '', headers = {}, remoteAddress = '127.0.0.1', ...how } = options
  checkGivenUser(user, 'loginAs')
  await app.ready()
  const scope = scopeOf(app)
  const settings = settingsOfRealm(settingsOf(scope) as Settings, realm)
  if (settings === undefined) throw new InvalidArgumentError(`loginAs knows no realm ${realm}`)
  const ticket = randomId(16)
  let failure: unknown = new InvalidArgumentError('fastify-login: no request of loginAs was resolved. Give it the instance that fastify-login ' +
    "was registered on. Its not-found handler must not have the config login: 'ignored'")
  loginsUnderWay(scope).set(ticket, async (request) => {
    const state = Object.assign(loginStateOf(request), { settings })
    const at = state.arrivedAt - age
    failure = await loginUser(Object.assign(state, { arrivedAt: at, moment: state.moment - age }), user as User, { ...how, force: true }, at)
      .then((done) => done ? null : new InvalidArgumentError('loginAs could not log in: the user has as many logins as maxLogins allows'), (error: unknown) => error)
    if (failure !== null) return
    // The 404 of a page that is not there would log nobody in. Who sends a response in a hook does not go on from it.
    state.reply.code(204).send()
    await new Promise(() => {})
  })
  const response = await app.inject({
    // No application answers TRACE, so that no handler runs.
    method: 'TRACE', url: `/${ticket}`, remoteAddress, headers: { ...headers, [ticketHeader]: ticket }
  })
  if (failure !== null) throw failure
  const names = [settings.realm.cookie.name, settings.realm.rememberCookie.name]
  const cookies = response.cookies.filter(({ name }) => names.includes(name)).map(({ name, value }) => [name, value])
  return { cookies: Object.fromEntries(cookies) as Record<string, string>, headers, remoteAddress }
}

const ticketHeader = 'x-fastify-login-ticket'

type Login = (request: FastifyRequest) => Promise<void>
const underWay = new WeakMap<FastifyInstance, Map<string, Login>>()

/** The instance whose settings hold for an instance. */
function scopeOf (app: FastifyInstance): FastifyInstance {
  let scope: FastifyInstance | null = app
  while (scope !== null && !Object.hasOwn(scope, settingsKey)) scope = Object.getPrototypeOf(scope) as FastifyInstance | null
  if (scope === null) throw new NotRegisteredError()
  return scope
}

/**
 * The logins under way in a scope, by their ticket. They are made by its request loader, which runs inside a real
 * request; requests without a ticket find the loader that was there.
 */
function loginsUnderWay (scope: FastifyInstance): Map<string, Login> {
  const present = underWay.get(scope)
  if (present !== undefined) return present
  const logins = new Map<string, Login>()
  const settings = settingsOf(scope) as Settings
  const loadUserFromRequest: Settings['loadUserFromRequest'] = (request) => {
    const ticket = String(request.headers[ticketHeader])
    const login = logins.get(ticket)
    if (login === undefined) return settings.loadUserFromRequest?.(request)
    logins.delete(ticket)
    return login(request).then(() => null)
  }
  Object.defineProperty(scope, settingsKey, { value: Object.freeze({ ...settings, loadUserFromRequest }), configurable: true })
  underWay.set(scope, logins)
  return logins
}
