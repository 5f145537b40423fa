/**
 * What a visitor sees where a log-in did not succeed: a page or JSON, without a word of what came from outside.
 *
 * @module
 */
import type { FastifyError, FastifyInstance, FastifyReply, FastifyRequest } from 'fastify'
import * as errors from './errors.ts'
import type { SiteSettings } from './settings.ts'
import { wantsPage } from './wants-page.ts'

/** What a visitor is told, by the code of the error: a heading and a sentence. */
const texts: Readonly<Record<string, readonly [heading: string, advice: string]>> = {
  FST_LOGIN_OIDC_CANCELLED: ['You did not log in', 'You cancelled the log-in. Nothing has changed.'],
  FST_LOGIN_OIDC_UNKNOWN_ATTEMPT: ['Please log in again', 'This log-in is out of date, or was begun in another browser.'],
  FST_LOGIN_OIDC_NO_USER: ['There is no account for you here', 'You are logged in with your provider, but this site does not know you.'],
  FST_LOGIN_OIDC_OTHER_USER: ['That was somebody else', 'To go on, log in as the user you are here, or log out first.'],
  FST_LOGIN_OIDC_NO_AUTH_TIME: [
    'Your log-in could not be confirmed',
    'Your provider does not say when you last entered your password. The owner of this site has to look into that.'
  ],
  FST_LOGIN_OIDC_LOOP: ['You are logged in, and not let in', 'The log-in succeeded several times in a row, and this site still asks for it. Its owner has to look into that.'],
  FST_LOGIN_OIDC_UNKNOWN_PROVIDER: ['Which provider?', 'This site knows no provider of that name.'],
  FST_LOGIN_OIDC_CROSS_SITE: ['You are still logged in', 'Another site asked to log you out, and was not heard.'],
  FST_LOGIN_OIDC_MISCONFIGURED: ['Nobody can log in at the moment', 'This site and the provider of its log-in are not set up for each other. It is not your fault.'],
  FST_LOGIN_OIDC_UNAVAILABLE: ['Nobody can log in at the moment', 'The provider of the log-in does not answer. Please try again in a moment.']
}

const anyFailure = ['That did not work', 'The log-in could not be completed. Nothing has changed.'] as const

/** How soon a provider that was down is worth another try, in seconds. */
const retryAfter = 5

const classes = Object.values(errors)

/** Answers the errors of this plugin's routes; others go to the application's own handler. */
export function showErrors (scope: FastifyInstance, { errorPage, paths }: SiteSettings): void {
  scope.setErrorHandler(async (error: FastifyError, request, reply) => {
    if (!classes.some((Class) => error instanceof Class)) throw error
    const { statusCode = 500 } = error
    request.log[statusCode >= 500 ? 'error' : 'info']({ err: error }, 'fastify-login/oidc: a log-in did not succeed')
    reply.code(statusCode).header('cache-control', 'no-store').header('referrer-policy', 'no-referrer')
    if (statusCode === 503) reply.header('retry-after', String(retryAfter))
    if (!wantsPage(request)) return { statusCode, code: error.code, error: 'Login failed', message: error.message }
    if (errorPage !== null && errorPage !== undefined) return await errorPage(error as never, request, reply)
    return sendErrorPage(error.code, paths.login, request, reply)
  })
}

function sendErrorPage (code: string, login: string, request: FastifyRequest, reply: FastifyReply): FastifyReply {
  const [heading, advice] = texts[code] ?? anyFailure
  const again = request.currentLogin === null ? `<a href="${login}">Log in</a> · ` : ''
  return sendPage(reply, heading, `<p>${advice}</p>\n<p>${again}<a href="/">Go to the front page</a></p>`)
}

/** A page that needs nothing but itself. The markup is this plugin's own, or escaped. */
export function sendPage (reply: FastifyReply, heading: string, markup: string): FastifyReply {
  return reply
    .type('text/html; charset=utf-8')
    .header('content-security-policy', "default-src 'none'; base-uri 'none'; frame-ancestors 'none'")
    .header('x-content-type-options', 'nosniff')
    .send(`<!doctype html>
<html lang="en">
<meta charset="utf-8">
<meta name="viewport" content="width=device-width, initial-scale=1">
<title>${heading}</title>
<main>
<h1>${heading}</h1>
${markup}
</main>
`)
}
