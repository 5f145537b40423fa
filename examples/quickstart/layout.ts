/** The frame around every page: the navigation, who is logged in, messages. */
import type { FastifyReply } from 'fastify'
import { assets } from './assets.ts'
import { proofOfOrigin } from './forms.ts'
import { html } from './html.ts'
import type { Html } from './html.ts'

/** Answers with a page for whoever is there. */
export function showPage (reply: FastifyReply, title: string, content: Html): FastifyReply {
  return sendPage(reply, title, html`${messages(reply)}${content}`, navigation(reply))
}

/** Answers with a page that needs nothing but itself: the one to use where something failed. */
export function sendPage (reply: FastifyReply, title: string, content: Html, navigation?: Html): FastifyReply {
  const page = html`<!doctype html>
<html lang="en">
<head>
  <meta charset="utf-8">
  <meta name="viewport" content="width=device-width, initial-scale=1">
  <meta name="color-scheme" content="light dark">
  <title>${reply.statusCode >= 400 && 'Error: '}${title} · Quickstart</title>
  <link rel="icon" href="${assets.icon.path}" type="image/svg+xml">
  <link rel="stylesheet" href="${assets.style.path}">
</head>
<body>
  <a class="skip" href="#content">Skip to the content</a>
  <header>
    <a class="brand" href="/"><img src="${assets.icon.path}" alt="" width="28" height="28"><span>Quickstart</span></a>
    ${navigation}
  </header>
  <main id="content" tabindex="-1">${content}</main>
  <footer>An example of <strong>fastify-login</strong></footer>
</body>
</html>`
  // Every page shows who is logged in: none may come back out of a cache after the log-out.
  return reply.type('text/html; charset=utf-8').header('cache-control', 'no-store').send(page.markup)
}

function navigation (reply: FastifyReply): Html {
  const user = reply.request.currentUser
  const links = user
    ? { '/dashboard': 'Dashboard', '/devices': 'Devices', '/settings': 'Settings' }
    : { '/login': 'Log in', '/register': 'Register' }
  const here = reply.request.routeOptions.url
  return html`
    <nav aria-label="Site">
      <ul>${Object.entries(links).map(([path, name]) => html`
        <li><a href="${path}"${path === here && html` aria-current="page"`}>${name}</a></li>`)}
      </ul>
    </nav>
    ${user && html`
    <form class="visitor" method="post" action="/logout">
      ${proofOfOrigin(reply)}
      <span title="Logged in as ${user.name}">${user.name}</span>
      <button class="quiet">Log out</button>
    </form>`}`
}

/** What the guards and the last page had to say, each thing once. */
function messages (reply: FastifyReply): Html[] {
  const waiting = Object.entries(reply.request.session.get('flash') ?? {})
  // Taking them writes the session, and a visitor who is told nothing needs no cookie.
  if (waiting.length > 0) reply.flash()
  return waiting.flatMap(([category, texts]) =>
    [...new Set(texts)].map((text) => html`<p class="message ${category}" role="status">${text}</p>`))
}
