/** Asks for the password again before a page that wants a fresh login: its option is `refreshPath`. */
import type { FastifyInstance, FastifyReply } from 'fastify'
import { requireLogin } from 'fastify-login'
import { field, form, knownName, readText } from '../forms.ts'
import { html } from '../html.ts'
import { showPage } from '../layout.ts'
import { checkPassword } from '../passwords.ts'
import type { User } from '../users.ts'

export async function confirmPage (app: FastifyInstance): Promise<void> {
  app.get('/confirm', { preHandler: requireLogin }, (request, reply) => showForm(reply, request.currentUser))

  app.post('/confirm', { preHandler: requireLogin }, async (request, reply) => {
    const correct = await checkPassword(readText(request.body, 'password'), request.currentUser.passwordHash)
    if (!correct || !await request.confirmLogin()) {
      return showForm(reply.code(401), request.currentUser, 'Wrong password.')
    }
    return reply.redirect(request.nextUrl('/dashboard'))
  })
}

function showForm (reply: FastifyReply, user: User, problem = ''): FastifyReply {
  return showPage(reply, 'Confirm it is you', html`
    <section class="card">
      <h1>Is it you, ${user.name}?</h1>
      <p>You are still logged in. The next page wants to be sure that nobody else is at your browser.</p>
      ${form(reply, html`
        ${knownName(user.name)}
        ${field({ name: 'password', label: 'Password', type: 'password', autocomplete: 'current-password', problem })}
        <button>Continue</button>`)}
    </section>`)
}
