/**
 * What an answer has to be, and what is wrong with it where it is not.
 *
 * @module
 */

export interface Answer {
  readonly status: number
  readonly body: string
}

/**
 * Where a browser stands at a page: `in`, and it shows its user; `out`, and it is refused; `stale`, and a page for
 * fresh logins refuses it.
 */
export type Standing = 'in' | 'out' | 'stale'

const statuses: Record<Standing, number> = { in: 200, out: 401, stale: 403 }

/** What is wrong with the answer of a page; null: nothing. */
export function judgePage (user: string, standing: Standing, { status, body }: Answer): string | null {
  if (status === 200) {
    const shown = (JSON.parse(body) as { user?: unknown }).user
    if (shown !== user) return `${user} sees the page of ${String(shown)}`
  }
  if (status === statuses[standing]) return null
  if (status === 200) return `${user} is let in, and should be ${standing}`
  if (standing === 'in' && (status === 401 || status === 403)) return `${user} is turned away with ${status}, and should be in`
  return `${user} is answered ${status}, and should be ${standing}`
}

/** What a step answers that has changed nothing. */
export const refused = JSON.stringify({ ok: false })

/** What is wrong with the answer to a step, such as a login; only where an earlier answer was lost may it change nothing. */
export function judgeStep (user: string, step: string, unsettled: boolean, { status, body }: Answer): string | null {
  return status === 200 && (unsettled || body !== refused) ? null : `${step} of ${user} is answered ${status} ${body}`
}
