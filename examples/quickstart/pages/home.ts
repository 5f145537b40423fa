/** The front page: what there is to try. */
import type { FastifyInstance } from 'fastify'
import { html } from '../html.ts'
import { showPage } from '../layout.ts'

export async function homePage (app: FastifyInstance): Promise<void> {
  app.get('/', (request, reply) => showPage(reply, 'Home', html`
    <section class="hero">
      <h1>Log in once.<br>Stay logged in.</h1>
      <p>A small site with accounts, made with Fastify and one plugin for the logins. Try what it does:</p>
      <p class="actions">
        ${request.currentUser
          ? html`<a class="button" href="/dashboard">Open your dashboard</a>`
          : html`<a class="button" href="/register">Create an account</a> <a class="button quiet" href="/login">Log in</a>`}
      </p>
    </section>
    <ol class="tour">
      <li>
        <h2>Be sent to the right place</h2>
        <p>Open the <a href="/dashboard">dashboard</a> without a login: you are asked to log in, told why, and
          brought back to it afterwards.</p>
      </li>
      <li>
        <h2>Come back remembered</h2>
        <p>Log in with “Remember me”, close the browser and open it again: you are still logged in.</p>
      </li>
      <li>
        <h2>Prove it is you</h2>
        <p>Then open the <a href="/settings">settings</a>: being remembered is not enough there, so you are asked for
          your password.</p>
      </li>
      <li>
        <h2>Shut the others out</h2>
        <p>Log any of your <a href="/devices">devices</a> out from here. Or change your password: every other browser is
          logged out, and this one stays.</p>
      </li>
    </ol>`))
}
