/**
 * The routes where visitors begin: log in, register, and prove who they are again.
 *
 * @module
 */
import type { FastifyReply, FastifyRequest, HookHandlerDoneFunction } from 'fastify'
import { requireAnonymous } from '../index.ts'
import { nowInSeconds } from './clock.ts'
import { userDigest } from './digest.ts'
import { LoopError, UnknownProviderError } from './errors.ts'
import { sendPage } from './error-pages.ts'
import type { Provider } from './provider.ts'
import type { Site } from './site.ts'
import { registers, sendToProvider } from './start.ts'
import { wantsPage } from './wants-page.ts'

type Route = (request: FastifyRequest, reply: FastifyReply) => Promise<FastifyReply>

/** Sends users who are in already where they wanted to go, else to `afterLogin`: the guard knows only of the front page. */
export function visitorsOnly ({ settings: { afterLogin } }: Site) {
  return function visitorsOnly (request: FastifyRequest, reply: FastifyReply, done: HookHandlerDoneFunction): void {
    const redirect = () => reply.redirect(request.nextUrl(afterLogin), 302)
    requireAnonymous(request, Object.create(reply, { redirect: { value: redirect } }) as FastifyReply, done)
  }
}

/** Logs a visitor in at a provider; where there are several, and none is named, asks at which. */
export function loginRoute (site: Site): Route {
  return async function login (request, reply) {
    const provider = chosen(site, request)
    if (provider === null) return choose(site, request, reply)
    refuseCircles(site, request, reply)
    const next = request.nextUrl(site.settings.afterLogin)
    return await sendToProvider(site, provider, { purpose: 'login', next, expected: null, again: false }, request, reply)
  }
}

/** Has a visitor register: at the provider's own page for it, in the course of a log-in where the provider can. */
export function registerRoute (site: Site): Route {
  return async function register (request, reply) {
    const provider = chosen(site, request)
    if (provider === null) return choose(site, request, reply)
    const { registerUrl } = provider.settings
    if (registerUrl !== null && !registers(await provider.configuration())) return reply.redirect(registerUrl, 302)
    const next = request.nextUrl(site.settings.afterLogin)
    return await sendToProvider(site, provider, { purpose: 'register', next, expected: null, again: false }, request, reply)
  }
}

/** Has a user prove who they are again, at the provider that they came from; a visitor logs in. */
export function reauthenticateRoute (site: Site): Route {
  const login = loginRoute(site)
  return async function reauthenticate (request, reply) {
    if (request.currentLogin === null) return await login(request, reply)
    const { userId } = request.currentLogin
    const known = await site.logins.find(request)
    const provider = known?.provider ?? chosen(site, request)
    if (provider === null) return choose(site, request, reply)
    const next = request.nextUrl(site.settings.afterLogin)
    const expected = { user: userDigest(userId), subject: known?.subject ?? null }
    return await sendToProvider(site, provider, { purpose: 'reauthenticate', next, expected, again: false }, request, reply)
  }
}

/** The provider that the query names, or the only one; null: the visitor has to choose. */
function chosen ({ providers }: Site, request: FastifyRequest): Provider | null {
  const { provider: name } = request.query as { provider?: unknown }
  const [only, ...others] = providers.values()
  if (name === undefined) return others.length === 0 ? only as Provider : null
  const provider = typeof name === 'string' ? providers.get(name) : undefined
  if (provider === undefined) throw new UnknownProviderError()
  return provider
}

function choose ({ providers, settings }: Site, request: FastifyRequest, reply: FastifyReply): FastifyReply {
  if (!wantsPage(request)) throw new UnknownProviderError()
  const next = encodeURIComponent(request.nextUrl(settings.afterLogin))
  const [path] = request.originalUrl.split('?')
  const links = Array.from(providers.values(), ({ settings: { name, label } }) =>
    `<li><a href="${escape(path as string)}?provider=${name}&amp;next=${next}">${escape(label)}</a></li>`)
  return sendPage(reply.header('cache-control', 'no-store'), 'Log in', `<ul>\n${links.join('\n')}\n</ul>`)
}

function refuseCircles (site: Site, request: FastifyRequest, reply: FastifyReply): void {
  if (!site.cookies.goesInCircles(request, nowInSeconds())) return
  site.cookies.forgetRounds(request, reply)
  throw new LoopError()
}

function escape (text: string): string {
  return text.replace(/[&<>"']/g, (character) => `&#${character.charCodeAt(0)};`)
}
