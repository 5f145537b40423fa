/** Lists where a user is logged in, and logs other devices out: one, or all of them. */
import type { FastifyInstance, FastifyReply } from 'fastify'
import { requireFreshLogin, requireLogin } from 'fastify-login'
import type { LoginInfo } from 'fastify-login'
import { browserName } from '../browser-name.ts'
import { form, readText } from '../forms.ts'
import { html } from '../html.ts'
import type { Html } from '../html.ts'
import { showPage } from '../layout.ts'
import { time } from '../time.ts'

export async function devicesPage (app: FastifyInstance): Promise<void> {
  app.get('/devices', { preHandler: requireLogin }, async (request, reply) => {
    const logins = await app.login.logins(request.currentUser.id, request)
    const others = logins.filter(({ current }) => !current)
    return showPage(reply, 'Devices', html`
      <h1>Your devices</h1>
      <p>These browsers are logged in as ${request.currentUser.name}. If you do not know one of them, log it out and
        <a href="/settings">change your password</a>.</p>
      <ul class="devices">${logins.map((login) => device(reply, login))}</ul>
      ${others.length > 0 && endOthers(reply)}`)
  })

  app.post('/devices', { preHandler: requireFreshLogin }, async (request, reply) => {
    const { id: userId } = request.currentUser
    const id = readText(request.body, 'id')
    if (id === '') {
      await app.login.endLogins(userId, { except: request.currentLogin?.id ?? null })
      request.flash('success', 'Every other device is logged out.')
    } else {
      // The id comes from the visitor: naming the user keeps it from reaching anybody else's login.
      const ended = await app.login.endLogin(id, { userId })
      request.flash('success', ended ? 'That device is logged out.' : 'That device was logged out already.')
    }
    return reply.redirect('/devices')
  })
}

function device (reply: FastifyReply, login: LoginInfo): Html {
  const name = browserName(login.userAgent)
  return html`
    <li>
      <h2>${name}${login.current && html` <span class="badge">This browser</span>`}</h2>
      <dl>
        <div><dt>Address</dt><dd>${login.ip}</dd></div>
        <div><dt>Logged in</dt><dd>${time(login.startedAt)}</dd></div>
        <div><dt>Last seen</dt><dd>${time(login.seenAt)}</dd></div>
      </dl>
      ${!login.current && reply.request.loginFresh && form(reply, html`
        <button class="quiet" name="id" value="${login.id}" aria-label="Log out ${name}, ${login.ip}">Log out</button>`)}
    </li>`
}

/** Whose password was not given lately is asked for it first, rather than losing the click to the guard. */
function endOthers (reply: FastifyReply): Html {
  return reply.request.loginFresh
    ? html`<div class="actions">${form(reply, html`<button>Log out all other devices</button>`)}</div>`
    : html`<p class="actions"><a class="button" href="/confirm?next=%2Fdevices">Give your password to log devices out</a></p>`
}
