/**
 * A site of guarded pages, and the cookies of who is logged in there: with pages to log in at that are its own, or not.
 *
 * @module
 */
import Fastify, { type FastifyInstance } from 'fastify'
import login, { requireAnonymous, requireFreshLogin, requireFreshLoginWithin, requireLogin, type LoginOptions } from 'fastify-login'
import { Browser } from '../support/browser.ts'
import { origin } from './next.ts'

/** The texts of pages, by whom they are for. */
export const texts = { member: 'for members only', fresh: 'for those who have just logged in', anonymous: 'for visitors only' }

/** `stale`: logged in without a proof of identity, `fresh`: with one. */
export type Visitor = 'nobody' | 'stale' | 'fresh'

/** The pages to log in at, and to prove again who one is. */
interface Pages { readonly loginPath: string, readonly refreshPath: string }

export const ownPages: Pages = { loginPath: '/login', refreshPath: '/confirm?again=1' }
export const pagesElsewhere: Pages = { loginPath: 'https://accounts.example.net/login?realm=members', refreshPath: `${origin}/confirm?again=1` }

export interface GuardedSite {
  readonly app: FastifyInstance
  readonly pages: Pages
  /** What each visitor sends along: their cookie, if they have one. */
  readonly headers: Readonly<Record<Visitor, { readonly cookie?: string }>>
}

/** Plugins around the login plugin that answer by themselves, as those for CORS, rate limits and maintenance do. */
interface Others { readonly before: (app: FastifyInstance) => void, readonly after: (app: FastifyInstance) => void }

const answersEarly = (app: FastifyInstance) => app.addHook('onRequest', async ({ headers }, reply) => {
  if (headers['x-early'] === undefined) return
  if (headers['x-early'] === 'throws') throw Object.assign(new Error('too often'), { statusCode: 429 })
  return await reply.code(204).send()
})

export const others: Others = {
  before: answersEarly,
  after (app) {
    app.addHook('onRequest', async ({ headers, currentUser }, reply) => { if (headers['x-late'] !== undefined) return await reply.send(new Response(`closed to ${currentUser?.id}`)) })
    app.addHook('onSend', async (request) => { request.log.debug({ user: request.currentUser?.id, fresh: request.loginFresh }) })
    app.setErrorHandler(async (error: Error & { statusCode?: number }, request, reply) => await reply.code(error.statusCode ?? 500).send(`${error.message}, ${request.currentUser?.id}`))
  }
}

export async function openSite (pages: Pages, options: Partial<LoginOptions> = {}, { before, after }: Partial<Others> = {}): Promise<GuardedSite> {
  const user = { id: '1' }
  const app = Fastify({
    trustProxy: true,
    // `inject` normalises a target, which the parser of a real server does not.
    rewriteUrl (request) {
      const { target } = request.headers
      if (typeof target !== 'string') return request.url as string
      const url = Buffer.from(target, 'base64').toString('latin1')
      Object.assign(request, { originalUrl: url })
      return url
    }
  })
  before?.(app)
  await app.register(login, { key: 'a secret of the tests, thirty-two bytes or more', loadUser: () => user, ...pages, ...options } as LoginOptions)
  after?.(app)
  app.post<{ Body: { fresh: boolean } }>('/log/in', async (request) => await request.loginUser(user as never, request.body))
  app.all('/members', { preHandler: requireLogin }, () => texts.member)
  app.all('/by-config', { config: { login: 'required' } }, () => texts.member)
  app.get('/:name/page', { onRequest: requireLogin }, () => texts.member)
  app.all('/vault', { preHandler: requireFreshLogin }, () => texts.fresh)
  app.all('/vault/minute', { onRequest: requireFreshLoginWithin(60) }, () => texts.fresh)
  app.get('/fresh-by-config', { config: { login: 'fresh' } }, () => texts.fresh)
  app.get('/*', { preHandler: requireFreshLogin }, () => texts.fresh)
  app.all('/visitors', { preHandler: requireAnonymous }, () => texts.anonymous)
  app.get('/visitors-by-config', { config: { login: 'anonymous' } }, () => texts.anonymous)
  app.get('/guests/*', { onRequest: requireAnonymous }, () => texts.anonymous)
  const publicly = (text: string) => () => new Response(text, { headers: { 'cache-control': 'public, max-age=60' } })
  app.all('/responses/members', { preHandler: requireLogin }, publicly(texts.member))
  app.all('/responses/vault', { config: { login: 'fresh' } }, publicly(texts.fresh))
  app.all('/responses/visitors', { onRequest: requireAnonymous }, publicly(texts.anonymous))
  app.get('/login', (request) => request.nextUrl('/home'))
  await app.ready()
  return { app, pages, headers: { nobody: {}, stale: { cookie: await logIn(app, false) }, fresh: { cookie: await logIn(app, true) } } }
}

async function logIn (app: FastifyInstance, fresh: boolean): Promise<string> {
  const browser = new Browser(app)
  await browser.post('/log/in', { fresh })
  return [...browser.cookies].map(([name, { value }]) => `${name}=${value}`).join('; ')
}
