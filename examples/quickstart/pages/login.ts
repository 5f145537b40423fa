/** Logs a visitor in, and remembers them if they like. */
import type { FastifyInstance, FastifyReply } from 'fastify'
import { requireAnonymous } from 'fastify-login'
import { field, form, readText } from '../forms.ts'
import { html } from '../html.ts'
import { showPage } from '../layout.ts'
import { checkPassword } from '../passwords.ts'
import type { Users } from '../users.ts'

export async function loginPage (app: FastifyInstance, { users }: { users: Users }): Promise<void> {
  app.get('/login', { preHandler: requireAnonymous }, (_request, reply) => showForm(reply))

  app.post('/login', { preHandler: requireAnonymous }, async (request, reply) => {
    const name = readText(request.body, 'name').trim()
    const remember = readText(request.body, 'remember') === 'yes'
    const user = await users.findByName(name)
    const correct = await checkPassword(readText(request.body, 'password'), user?.passwordHash)
    if (!user || !correct || !await request.loginUser(user, { remember })) {
      return showForm(reply.code(401), name, remember, 'Wrong name or password.')
    }
    return reply.redirect(request.nextUrl('/dashboard'))
  })
}

function showForm (reply: FastifyReply, name = '', remember = false, problem = ''): FastifyReply {
  return showPage(reply, 'Log in', html`
    <section class="card">
      <h1>Log in</h1>
      ${form(reply, html`
        ${field({ name: 'name', label: 'Name', autocomplete: 'username', value: name })}
        ${field({ name: 'password', label: 'Password', type: 'password', autocomplete: 'current-password', problem })}
        <label class="choice">
          <input type="checkbox" name="remember" value="yes"${remember && ' checked'}> Remember me for 30 days
        </label>
        <button>Log in</button>`)}
      <p class="aside">No account yet? <a href="/register?next=${encodeURIComponent(reply.request.nextUrl('/dashboard'))}">Create one</a></p>
    </section>`)
}
