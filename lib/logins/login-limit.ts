/**
 * Holds the number of logins that a user may have at a time.
 *
 * @module
 */
import type { EndedLogin } from './keeper.ts'
import type { LoginStore } from './store.ts'

/** How many logins a user may have, null: any number, and what happens beyond. */
export interface LoginLimit { readonly most: number | null, readonly onMost: 'end-oldest' | 'refuse' }

/** Whether the owner has room for one more login, where a new one is refused beyond the limit. */
export async function admits (store: LoginStore, { most, onMost }: LoginLimit, owner: string, id: string): Promise<boolean> {
  if (most === null || onMost === 'end-oldest') return true
  const logins = await store.list(owner)
  return logins.length < most || logins.some((login) => login.id === id)
}

/**
 * Ends what is beyond the limit once a login was created, and resolves to it. Logins that begin side by side are
 * ordered the same by every process, so that together they end the right ones.
 */
export async function endBeyond (store: LoginStore, { most, onMost }: LoginLimit, owner: string): Promise<EndedLogin[]> {
  if (most === null) return []
  const logins = await store.list(owner)
  const sorted = logins.sort((one, other) => one.begunAt - other.begunAt || (one.id < other.id ? -1 : 1))
  const beyond = onMost === 'refuse' ? sorted.slice(most) : sorted.slice(0, Math.max(0, sorted.length - most))
  for (const { id } of beyond) await store.remove(id)
  return beyond.map(({ id, userId }) => ({ id, userId, reason: 'limit' }))
}
