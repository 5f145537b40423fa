/**
 * The application of the tests: three users, and a route for each thing that a login can do.
 *
 * @module
 */
import Fastify, { type FastifyInstance, type FastifyRequest, type FastifyServerOptions } from 'fastify'
import login, { requireAnonymous, requireFreshLogin, requireFreshLoginWithin, requireLogin, type LoginEvents, type LoginOptions, type LoginUserOptions } from 'fastify-login'
import type { User } from './user.ts'

export const key = 'a secret of the tests, thirty-two bytes or more'

export class Users extends Map<string, User> {
  constructor () {
    super()
    this.set('1', { id: '1', name: 'Ada', passwordHash: 'one' })
    this.set('2', { id: '2', name: 'Grace', passwordHash: 'two' })
    this.set('3', { id: '3', name: 'Inactive', isActive: false, passwordHash: 'three' })
  }
}

export interface TestApp {
  readonly app: FastifyInstance
  readonly users: Users
  /** Every event told, in order. */
  readonly events: Array<{ name: string, payload: Record<string, unknown> }>
}

export interface TestSetup {
  readonly options?: Partial<LoginOptions>
  readonly server?: FastifyServerOptions
  /** Registers what comes before the plugin, such as a session. */
  readonly before?: (app: FastifyInstance) => unknown
  /** Declares further routes. */
  readonly after?: (app: FastifyInstance, users: Users) => unknown
}

interface LoginRoute { Params: { id: string }, Body: LoginUserOptions | null }

export async function createApp ({ options = {}, server = {}, before, after }: TestSetup = {}): Promise<TestApp> {
  const users = new Users()
  const events: TestApp['events'] = []
  const app = Fastify(server)
  await before?.(app)
  await app.register(login, { key, loadUser: (id: string) => users.get(id), ...options } as LoginOptions)
  for (const name of eventNames) {
    app.login.on(name, (payload) => { events.push({ name, payload: payload as unknown as Record<string, unknown> }) })
  }
  app.get('/', () => 'public')
  app.get('/whoami', (request) => whoami(request))
  app.get('/members', { preHandler: requireLogin }, (request) => whoami(request))
  app.get('/vault', { preHandler: requireFreshLogin }, (request) => whoami(request))
  app.get('/vault/minute', { preHandler: requireFreshLoginWithin(60) }, (request) => whoami(request))
  app.get('/visitors', { preHandler: requireAnonymous }, () => 'for visitors')
  app.post<LoginRoute>('/login/:id', async (request) => {
    const user = users.get(request.params.id)
    return { ok: await request.loginUser(user as User, request.body ?? {}) }
  })
  app.post('/logout', async (request) => ({ ok: await request.logoutUser() }))
  app.post('/confirm', async (request) => ({ ok: await request.confirmLogin() }))
  await after?.(app, users)
  await app.ready()
  return { app, users, events }
}

// An object, so that the compiler misses a name that is not in it.
const events: Readonly<Record<keyof LoginEvents, true>> = {
  userLoggedIn: true,
  userLoggedOut: true,
  userLoginConfirmed: true,
  userLoadedFromCookie: true,
  userLoadedFromRequest: true,
  userUnauthorized: true,
  userNeedsRefresh: true,
  sessionProtected: true,
  loginEnded: true,
  rememberTokenStolen: true
}

export const eventNames = Object.keys(events) as ReadonlyArray<keyof LoginEvents>

export function whoami (request: FastifyRequest): object {
  return {
    user: (request.currentUser as User | null)?.id ?? null,
    fresh: request.loginFresh,
    remembered: request.loginRemembered,
    lapse: request.loginLapse,
    login: request.currentLogin
  }
}
