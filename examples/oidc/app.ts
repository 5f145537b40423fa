/** The tutorial's site: a front page for everybody, and a dashboard for those who are logged in. */
import Fastify from 'fastify'
import type { FastifyInstance, FastifyReply } from 'fastify'
import login, { requireFreshLogin, requireLogin } from 'fastify-login'
import oidc, { type ClientSecrets } from 'fastify-login/oidc'
import { html, page, type Html } from './html.ts'
import type { FindUser } from './users.ts'

interface Options {
  /** At least 32 bytes: whoever knows it can be anybody. */
  key: string
  /** Where browsers see the site. */
  baseUrl: string
  /** Where they see the provider. */
  issuer: string
  clientSecrets: string | ClientSecrets
  findUser: FindUser
}

export async function build ({ key, baseUrl, issuer, clientSecrets, findUser }: Options): Promise<FastifyInstance> {
  const app = Fastify({ logger: { level: 'warn' } })
  await app.register(login, { key, loadUser: findUser, loginPath: '/login', refreshPath: '/reauthenticate', freshFor: 300 })
  await app.register(oidc, {
    clientSecrets,
    baseUrl,
    afterLogin: '/dashboard',
    toUser: ({ claims }) => findUser(claims.sub)
  })
  // Chromium asks about redirects of a form as well: logging out leads to the provider.
  const policy = `default-src 'none'; style-src 'unsafe-inline'; img-src data:; form-action 'self' ${issuer}; base-uri 'none'; frame-ancestors 'none'`
  app.addHook('onRequest', async (_request, reply) => {
    reply.header('content-security-policy', policy).header('x-content-type-options', 'nosniff')
  })

  app.get('/', (_request, reply) => show(reply, 'Home', html`<p>Hello! This page is for everybody.</p>`))

  app.get('/dashboard', { preHandler: requireLogin }, (request, reply) => {
    const { profile } = request.currentUser
    return show(reply, 'Dashboard', html`
      <p>Welcome, ${profile.firstName}! Your address is ${profile.email}.</p>
      <p><a href="/secret">Something for which you have to prove that it is still you</a></p>`)
  })

  app.get('/secret', { preHandler: requireFreshLogin }, (request, reply) =>
    show(reply, 'Secret', html`<p>It is you, ${request.currentUser.profile.firstName}.</p>`))

  return app
}

function show (reply: FastifyReply, title: string, content: Html): FastifyReply {
  // Every page shows who is logged in: none may come back out of a cache after the log-out.
  return reply.type('text/html; charset=utf-8').header('cache-control', 'no-store').send(page(title, content, navigation(reply)))
}

function navigation ({ request: { currentUser } }: FastifyReply): Html {
  return html`<nav aria-label="Site">
    <a href="/">Home</a>
    ${currentUser === null
      ? html`<a href="/login">Log in</a> <a href="/register">Register</a>`
      : html`<a href="/dashboard">Dashboard</a>
        <form method="post" action="/logout"><span>${currentUser.profile.firstName}</span> <button>Log out</button></form>`}
  </nav>`
}
