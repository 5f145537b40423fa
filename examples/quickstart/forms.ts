/** Reads posted forms, and writes forms whose hints and problems are read out with the field they are about. */
import type { FastifyReply } from 'fastify'
import { html } from './html.ts'
import type { Html } from './html.ts'

/** A field that is missing, or was sent twice, reads as empty. */
export function readText (body: unknown, name: string): string {
  const value = (body as Record<string, unknown> | null | undefined)?.[name]
  // PostgreSQL has no NUL in its texts, and nobody types one.
  return typeof value === 'string' ? value.replaceAll('\0', '') : ''
}

/** A form that is sent to the page it stands on, `?next=` included. */
export function form (reply: FastifyReply, content: Html): Html {
  // Without an action the address would keep its `#content` (the skip link's), and browsers then ignore `autofocus`.
  return html`<form method="post" action="${reply.request.url}">${proofOfOrigin(reply)}${content}</form>`
}

/** The token that `csrfProtection` asks for: a form on another site cannot have it. */
export function proofOfOrigin (reply: FastifyReply): Html {
  return html`<input type="hidden" name="_csrf" value="${reply.generateCsrf()}">`
}

interface Field {
  name: string
  label: string
  autocomplete: 'username' | 'current-password' | 'new-password'
  type?: 'text' | 'password'
  value?: string
  hint?: string
  /** What is wrong with what was sent: the keyboard goes to the first field that has one. */
  problem?: string | undefined
}

export function field ({ name, label, autocomplete, type = 'text', value = '', hint, problem }: Field): Html {
  const notes = [hint && `${name}-hint`, problem && `${name}-problem`].filter(Boolean).join(' ')
  return html`
    <div class="field">
      <label for="${name}">${label}</label>
      ${hint && html`<p class="hint" id="${name}-hint">${hint}</p>`}
      ${problem && html`<p class="problem" id="${name}-problem">${problem}</p>`}
      <input id="${name}" name="${name}" type="${type}" value="${value}" autocomplete="${autocomplete}"
        autocapitalize="none" spellcheck="false" required
        ${notes && html` aria-describedby="${notes}"`}${problem && html` aria-invalid="true" autofocus`}>
    </div>`
}

/** Tells a password manager whose password a form asks for, where the visitor need not say it. */
export function knownName (name: string): Html {
  return html`<input type="text" name="name" value="${name}" autocomplete="username" readonly hidden>`
}
