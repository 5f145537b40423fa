/** The application that the traces were recorded against, built with this plugin. */
import secureSession from '@fastify/secure-session'
import Fastify from 'fastify'
import type { FastifyInstance, FastifyReply, FastifyRequest } from 'fastify'
import login, { requireFreshLogin, requireLogin } from 'fastify-login'
import type { AccountOptions } from 'fastify-login'
import type { TraceConfig } from './trace.ts'

const flaskLoginEvents = [
  'userLoggedIn', 'userLoggedOut', 'userLoginConfirmed', 'userLoadedFromCookie',
  'userLoadedFromRequest', 'userUnauthorized', 'userNeedsRefresh', 'sessionProtected'
] as const

const users = [
  { id: '1', name: 'Ada', isActive: true },
  { id: '2', name: 'Grace', isActive: true },
  { id: '3', name: 'Idle', isActive: false },
  { id: 'zoë-☃', name: 'Zoë', isActive: true }
]

export interface Application { app: FastifyInstance, takeEvents (): string[] }

/** Builds the application of one trace; `kept` says how logins are kept. */
export async function buildApplication (config: TraceConfig, kept: AccountOptions): Promise<Application> {
  const app = Fastify()
  const present = new Map(users.map((user) => [user.id, user]))
  if (config.nextInSession) await app.register(secureSession, { key: Buffer.alloc(32, 'session'), cookie: { path: '/' } })
  await app.register(login, { ...optionsFor(config, present), ...kept })
  addRoutes(app, present)

  let fired: string[] = []
  for (const event of flaskLoginEvents) app.login.on(event, () => { fired.push(event) })
  const takeEvents = () => {
    const taken = fired
    fired = []
    return taken
  }
  return { app, takeEvents }
}

function optionsFor (config: TraceConfig, present: Map<string, typeof users[number]>): AccountOptions {
  const find = (id: string) => present.get(id) ?? null
  return {
    key: 'a key for replaying what was recorded',
    origin: 'http://localhost',
    loadUser: find,
    sessionProtection: config.sessionProtection,
    permanentSession: config.permanentSession,
    nextIn: config.nextInSession ? 'session' : 'query',
    remember: { duration: config.rememberDuration, refreshEachRequest: config.rememberRefreshEachRequest },
    ...(config.loginPath === null ? {} : { loginPath: config.loginPath }),
    ...(config.refreshPath === null ? {} : { refreshPath: config.refreshPath }),
    ...(config.customUnauthorized ? { unauthorizedHandler: answer(418, 'unauthorized') } : {}),
    ...(config.customNeedsRefresh ? { needsRefreshHandler: answer(419, 'needsRefresh') } : {}),
    ...(config.requestLoader ? { loadUserFromRequest: (request: FastifyRequest) => find(String(request.headers['x-api-key'])) } : {})
  }
}

function answer (status: number, handler: string) {
  return (_request: FastifyRequest, reply: FastifyReply) => reply.code(status).send({ handler })
}

function addRoutes (app: FastifyInstance, present: Map<string, unknown>): void {
  app.post<{ Params: { id: string }, Querystring: Record<string, string | undefined> }>('/login/:id', async (request) => {
    const user = users.find((candidate) => candidate.id === request.params.id)
    const { remember, duration, force, fresh } = request.query
    const ok = user !== undefined && await request.loginUser(user, {
      remember: remember === '1',
      force: force === '1',
      fresh: fresh !== '0',
      ...(duration === undefined ? {} : { duration: Number(duration) })
    })
    return { ok }
  })
  app.post('/logout', async (request) => {
    await request.logoutUser()
    return { ok: true }
  })
  app.post('/confirm', async (request) => {
    await request.confirmLogin()
    return { ok: true }
  })
  app.get('/whoami', (request) => request.currentUser
    ? { ...seenBy(request), remembered: request.loginRemembered }
    : seenBy(request))
  for (const [url, guard] of [['/members', requireLogin], ['/vault', requireFreshLogin]] as const) {
    // A preflight passes a guard only where OPTIONS is the one method of its route.
    for (const method of [['GET', 'POST'], 'OPTIONS']) {
      app.route({ method, url, preHandler: guard, handler: async (request) => seenBy(request) })
    }
  }
  app.post<{ Params: { id: string } }>('/users/:id/delete', async (request) => {
    present.delete(request.params.id)
    return { ok: true }
  })
}

function seenBy (request: FastifyRequest) {
  return { user: request.currentUser?.id ?? null, fresh: request.loginFresh }
}
