/** Changes the password, for somebody who gave the present one lately. */
import type { FastifyInstance, FastifyReply } from 'fastify'
import { requireFreshLogin } from 'fastify-login'
import { field, form, knownName, readText } from '../forms.ts'
import { html } from '../html.ts'
import { showPage } from '../layout.ts'
import { hashPassword } from '../passwords.ts'
import { passwordHint, passwordProblem, repeatProblem } from '../rules.ts'
import type { User, Users } from '../users.ts'

export async function settingsPage (app: FastifyInstance, { users }: { users: Users }): Promise<void> {
  app.get('/settings', { preHandler: requireFreshLogin }, (request, reply) => showForm(reply, request.currentUser))

  app.post('/settings', { preHandler: requireFreshLogin }, async (request, reply) => {
    const password = readText(request.body, 'password')
    const problems = {
      password: passwordProblem(password),
      repeated: repeatProblem(password, readText(request.body, 'repeated'))
    }
    if (Object.values(problems).some(Boolean)) return showForm(reply.code(400), request.currentUser, problems)

    // `authHash` is another one now, which ends every login of this user; the one confirmed for the new hash stays.
    await request.confirmLogin(await users.changePassword(request.currentUser, await hashPassword(password)))
    // They are worth nothing any more: this takes them off the list of devices.
    await app.login.endLogins(request.currentUser.id, { except: request.currentLogin?.id ?? null })
    request.flash('success', 'Your password is changed. Every other browser is logged out.')
    return reply.redirect('/settings')
  })
}

function showForm (reply: FastifyReply, user: User, problems: Record<string, string> = {}): FastifyReply {
  return showPage(reply, 'Settings', html`
    <section class="card">
      <h1>Change your password</h1>
      <p>You stay logged in here. Every other browser that is logged in as ${user.name} is logged out.</p>
      ${form(reply, html`
        ${knownName(user.name)}
        ${field({
          name: 'password', label: 'New password', type: 'password', autocomplete: 'new-password', hint: passwordHint, problem: problems.password
        })}
        ${field({
          name: 'repeated', label: 'New password, once more', type: 'password', autocomplete: 'new-password', problem: problems.repeated
        })}
        <button>Change password</button>`)}
    </section>`)
}
