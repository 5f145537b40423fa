/** Creates an account, and logs its owner in. */
import type { FastifyInstance, FastifyReply } from 'fastify'
import { requireAnonymous } from 'fastify-login'
import { field, form, readText } from '../forms.ts'
import { html } from '../html.ts'
import { showPage } from '../layout.ts'
import { hashPassword } from '../passwords.ts'
import { nameProblem, passwordHint, passwordProblem, repeatProblem } from '../rules.ts'
import type { Users } from '../users.ts'

export async function registerPage (app: FastifyInstance, { users }: { users: Users }): Promise<void> {
  app.get('/register', { preHandler: requireAnonymous }, (_request, reply) => showForm(reply))

  app.post('/register', { preHandler: requireAnonymous }, async (request, reply) => {
    const name = readText(request.body, 'name').trim()
    const password = readText(request.body, 'password')
    const problems = {
      name: nameProblem(name),
      password: passwordProblem(password),
      repeated: repeatProblem(password, readText(request.body, 'repeated'))
    }
    if (Object.values(problems).some(Boolean)) return showForm(reply.code(400), name, problems)

    const user = await users.add(name, await hashPassword(password))
    if (!user) return showForm(reply.code(409), name, { name: 'This name is taken. Choose another one.' })

    await request.loginUser(user)
    request.flash('success', `Welcome, ${user.name}. Your account is ready.`)
    return reply.redirect(request.nextUrl('/dashboard'))
  })
}

function showForm (reply: FastifyReply, name = '', problems: Record<string, string> = {}): FastifyReply {
  return showPage(reply, 'Register', html`
    <section class="card">
      <h1>Create an account</h1>
      ${form(reply, html`
        ${field({ name: 'name', label: 'Name', autocomplete: 'username', value: name, problem: problems.name })}
        ${field({
          name: 'password', label: 'Password', type: 'password', autocomplete: 'new-password', hint: passwordHint, problem: problems.password
        })}
        ${field({
          name: 'repeated', label: 'Password, once more', type: 'password', autocomplete: 'new-password', problem: problems.repeated
        })}
        <button>Create account</button>`)}
      <p class="aside">Have an account? <a href="/login?next=${encodeURIComponent(reply.request.nextUrl('/dashboard'))}">Log in</a></p>
    </section>`)
}
