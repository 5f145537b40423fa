/** What a user sees first: what the site knows about the login behind this page. */
import type { FastifyInstance } from 'fastify'
import { requireLogin } from 'fastify-login'
import { html } from '../html.ts'
import { showPage } from '../layout.ts'
import { time } from '../time.ts'

export async function dashboardPage (app: FastifyInstance): Promise<void> {
  app.get('/dashboard', { preHandler: requireLogin }, (request, reply) => {
    const { currentUser, currentLogin, loginFresh, loginRemembered } = request
    return showPage(reply, 'Dashboard', html`
      <h1>Hello, ${currentUser.name}</h1>
      <p>Only you can see this page. This is what the site knows about your login:</p>
      ${currentLogin && html`
        <dl class="facts">
          <div><dt>Logged in</dt><dd>${time(currentLogin.startedAt)}</dd></div>
          <div><dt>Password given</dt><dd>${time(currentLogin.provenAt)}</dd></div>
          <div>
            <dt>Remembered</dt>
            <dd>${loginRemembered ? 'Yes: you stay logged in when you close the browser' : 'No: closing the browser logs you out'}</dd>
          </div>
          <div>
            <dt>Fresh</dt>
            <dd>${loginFresh ? 'Yes: the settings are open to you' : 'No: the settings will ask for your password'}</dd>
          </div>
        </dl>`}
      <p class="actions">
        <a class="button" href="/settings">Change your password</a>
        <a class="button quiet" href="/devices">See your devices</a>
      </p>`)
  })
}
