/** Puts the site together: the plugins, the login, the pages. */
import formbody from '@fastify/formbody'
import csrf from '@fastify/csrf-protection'
import flash from '@fastify/flash'
import session from '@fastify/secure-session'
import Fastify from 'fastify'
import type { FastifyInstance } from 'fastify'
import login from 'fastify-login'
import { serveAssets } from './assets.ts'
import { readText } from './forms.ts'
import { confirmPage } from './pages/confirm.ts'
import { dashboardPage } from './pages/dashboard.ts'
import { devicesPage } from './pages/devices.ts'
import { errorPages, showError } from './pages/errors.ts'
import { homePage } from './pages/home.ts'
import { loginPage } from './pages/login.ts'
import { logoutAction } from './pages/logout.ts'
import { registerPage } from './pages/register.ts'
import { settingsPage } from './pages/settings.ts'
import { deriveKey } from './secret-key.ts'
import { securityHeaders } from './security-headers.ts'
import type { Storage } from './storage.ts'

interface Options {
  /** At least 32 bytes: whoever knows it can be anybody. */
  key: string
  /** Closed with the site. */
  storage: Storage
  /** Tells about failures on standard output. */
  log?: boolean
}

export async function build ({ key, storage, log = false }: Options): Promise<FastifyInstance> {
  const { users, logins } = storage
  const app = Fastify({
    logger: log && { level: 'warn' },
    // Answers to addresses that are none, which no hook sees.
    frameworkErrors: (error, request, reply) => showError(error, request, reply.headers(securityHeaders))
  })
  app.addHook('onClose', () => storage.close())
  app.addHook('onSend', async (_request, reply) => { reply.headers(securityHeaders) })
  errorPages(app)

  await app.register(formbody)
  await app.register(session, {
    key: deriveKey(key, 'session'),
    cookie: { path: '/', sameSite: 'lax', secure: process.env.NODE_ENV === 'production' }
  })
  await app.register(flash)
  await app.register(csrf, {
    sessionPlugin: '@fastify/secure-session',
    getToken: (request) => readText(request.body, '_csrf')
  })
  app.addHook('preValidation', function protectForms (request, reply, done) {
    return request.method === 'POST' && !request.is404 ? app.csrfProtection(request, reply, done) : done()
  })

  await app.register(login, {
    key,
    store: logins,
    loadUser: (id) => users.find(id),
    authHash: (user) => user.passwordHash,
    loginPath: '/login',
    refreshPath: '/confirm',
    needsRefreshMessage: 'Please give your password again to access this page.',
    freshFor: 15 * 60
  })

  await app.register(serveAssets)
  await app.register(homePage)
  await app.register(registerPage, { users })
  await app.register(loginPage, { users })
  await app.register(confirmPage)
  await app.register(dashboardPage)
  await app.register(devicesPage)
  await app.register(settingsPage, { users })
  await app.register(logoutAction)
  return app
}
