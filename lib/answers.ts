/**
 * What the refused get: the scope's own handler, a redirect for browsers, an error for programs.
 *
 * @module
 */
import type { FastifyReply, FastifyRequest } from 'fastify'
import Negotiator from 'negotiator'
import { after } from './chain.ts'
import { AlreadyLoggedInError, InvalidArgumentError, NeedsRefreshError, UnauthorizedError } from './errors.ts'
import { kindOf } from './kind-of.ts'
import type { MaybePromise } from './logins/keeper.ts'
import { pathOf, safeNextUrl } from './next-url.ts'
import { nextUrl } from './next-target.ts'
import { pageUrl } from './page-url.ts'
import { sessionOf } from './session.ts'
import { isOwn, isOwnPage } from './own-pages.ts'
import type { Settings } from './settings.ts'

/** Answers a visitor who is not logged in. Throws, or rejects with, `FST_LOGIN_UNAUTHORIZED` where the answer is an error. */
export function unauthorized (settings: Settings, request: FastifyRequest, reply: FastifyReply): MaybePromise<void> {
  settings.realm.listeners.tell('userUnauthorized', { request })
  return answer(settings, request, reply, {
    handler: settings.unauthorizedHandler,
    page: settings.loginPath,
    message: settings.loginMessage,
    category: settings.loginMessageCategory,
    refusedBy: UnauthorizedError
  })
}

/** Answers a user whose login is not fresh. Throws, or rejects with, `FST_LOGIN_NEEDS_REFRESH` where the answer is an error. */
export function needsRefresh (settings: Settings, request: FastifyRequest, reply: FastifyReply): MaybePromise<void> {
  settings.realm.listeners.tell('userNeedsRefresh', { user: request.currentUser as never, request })
  return answer(settings, request, reply, {
    handler: settings.needsRefreshHandler,
    page: settings.refreshPath,
    message: settings.needsRefreshMessage,
    category: settings.needsRefreshMessageCategory,
    refusedBy: NeedsRefreshError
  })
}

/** Sends a user away from a page for visitors. Throws `FST_LOGIN_ALREADY_LOGGED_IN` where that would lead back. */
export function alreadyLoggedIn (settings: Settings, request: FastifyRequest, reply: FastifyReply): void {
  const target = nextUrl(settings, request, '/')
  if (!navigates(request) || pathOf(target) === pathOf(request.url)) throw new AlreadyLoggedInError()
  reply.redirect(target, 302)
}

interface Refusal {
  readonly handler: Settings['unauthorizedHandler']
  readonly page: string | null
  readonly message: string | null
  readonly category: string
  readonly refusedBy: new () => Error
}

// Without a promise where nothing needs awaiting: a hook that forgets to await a guard must find the answer sent.
function answer (settings: Settings, request: FastifyRequest, reply: FastifyReply, refusal: Refusal): MaybePromise<void> {
  const { handler, page, message, category, refusedBy: Refused } = refusal
  if (handler !== null) {
    return after(handler(request, reply), (answered) => {
      if (reply.sent) return
      if (answered === undefined) throw new Refused()
      reply.send(answered)
    })
  }
  // A login page that needs a login must not send its visitors to itself for ever.
  const loops = page !== null && isOwn(page, settings.origin) && pathOf(page) === pathOf(request.originalUrl)
  if (page === null || loops || !navigates(request)) throw new Refused()
  if (message !== null) flash(settings, request, message, category)
  // 302 for every method: browsers ask for the page with GET; 307 would send the body of a refused form to it.
  reply.redirect(refusalUrl(settings, request, page), 302)
}

/** The page's address with that of the refused request to come back to, unless it is not one of this site, or a login page. */
function refusalUrl (settings: Settings, request: FastifyRequest, page: string): string {
  const next = safeNextUrl(request.originalUrl)
  if (next === null || isOwnPage(settings, next)) return page
  const session = settings.nextIn === 'session' ? sessionOf(request) : null
  if (session !== null) {
    session.set(settings.nextField, next)
    return page
  }
  return pageUrl(settings, page, next)
}

/** Browsers' own take 200 characters; to read one of 16,000, full of commas, takes milliseconds. */
const longestAccept = 1024

/** Whether a person's browser is to show the answer as a page: only then is a redirect to a login page of use. */
function navigates (request: FastifyRequest): boolean {
  const mode = request.headers['sec-fetch-mode']
  if (mode !== undefined && mode !== 'navigate') return false
  if (request.headers['x-requested-with'] === 'XMLHttpRequest') return false
  if ((request.headers.accept?.length ?? 0) > longestAccept) return false
  return new Negotiator(request).mediaType(['application/json', 'text/html']) === 'text/html'
}

function flash (settings: Settings, request: FastifyRequest, message: string, category: string): void {
  const flashing = request as unknown as { flash?: (category: string, message: string) => unknown }
  if (typeof flashing.flash !== 'function' || sessionOf(request) === null) return
  flashing.flash(category, settings.localize === null ? message : localized(settings.localize(message, request)))
}

function localized (message: unknown): string {
  if (typeof message === 'string') return message
  throw new InvalidArgumentError(`fastify-login: the option localize must return a string at once, and returned ${kindOf(message)}`)
}
