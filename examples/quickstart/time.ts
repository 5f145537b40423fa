/** Shows a time, for people and for programs. */
import { html } from './html.ts'
import type { Html } from './html.ts'

/** A time in seconds since 1970. */
export function time (seconds: number): Html {
  const date = new Date(seconds * 1000)
  const readable = date.toLocaleString('en', { dateStyle: 'medium', timeStyle: 'short', hourCycle: 'h23', timeZone: 'UTC' })
  return html`<time datetime="${date.toISOString()}">${readable} UTC</time>`
}
