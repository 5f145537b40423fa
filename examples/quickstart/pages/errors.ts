/** What a visitor sees where there is no page, or something failed. */
import type { FastifyError, FastifyInstance, FastifyReply, FastifyRequest } from 'fastify'
import { html } from '../html.ts'
import type { Html } from '../html.ts'
import { sendPage, showPage } from '../layout.ts'

export function errorPages (app: FastifyInstance): void {
  app.setErrorHandler(showError)
  app.setNotFoundHandler((_request, reply) =>
    showPage(reply.code(404), 'Page not found', apology('There is no such page', 'The address may be mistyped, or the page has moved.')))
}

export function showError (error: FastifyError, request: FastifyRequest, reply: FastifyReply): void {
  const status = error.statusCode ?? 500
  if (status >= 500) request.log.error(error)
  if (error.code?.startsWith('FST_CSRF_')) return showOutdated(request, reply.code(status))
  const [title, advice] = explain(status)
  sendPage(reply.code(status), title, apology(title, advice))
}

/** What a form meets when its visitor logged in or out in another tab: the navigation tells who they are now. */
function showOutdated ({ url, server, routeOptions }: FastifyRequest, reply: FastifyReply): void {
  const title = 'This form is out of date'
  const hasPage = server.hasRoute({ method: 'GET', url: routeOptions.url ?? '' })
  showPage(reply, title, apology(title, 'Nothing was changed. You may have logged in or out in another tab since you opened the page.',
    hasPage && html`<a class="button" href="${url}">Open the page again</a>`))
}

function apology (title: string, advice: string, way: Html | false = false): Html {
  return html`
    <section class="card">
      <h1>${title}</h1>
      <p>${advice}</p>
      <p class="actions">${way || html`<a class="button" href="/">Go to the front page</a>`}</p>
    </section>`
}

function explain (status: number): [title: string, advice: string] {
  if (status >= 500) return ['Something went wrong here', 'It is not your fault. Please try again in a moment.']
  if (status === 401) return ['Please log in', 'This is for users who are logged in.']
  if (status === 403) return ['Not allowed', 'This needs more than your present login.']
  return ['That did not work', 'The site could not make sense of the request.']
}
