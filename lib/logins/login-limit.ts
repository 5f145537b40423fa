/**
 * Holds the number of logins that a user may have at a time.
 *
 * @module
 */
import { lapsed, type Lifetimes } from '../lifetime.ts'
import { factsOf, isSuspended } from './record-facts.ts'
import { forEachSlice, sortInSlices } from './slices.ts'
import type { StoreSteps } from './store-steps.ts'
import type { LoginRecord, LoginStore } from './store.ts'

/** How many logins a user may have where `maxLogins` is not set: more than a person has, and few enough to list. */
export const defaultMaxLogins = 100

/** How many logins a user may have, null: any number, and what happens beyond. */
export interface LoginLimit {
  readonly most: number | null
  readonly onMost: 'end-oldest' | 'refuse'
  readonly lifetimes: Pick<Lifetimes, 'absoluteTimeout' | 'idleTimeout'>
}

/** Whether anybody can still use a login: by its login cookie, or by its remember cookie. */
function isUsable (record: LoginRecord, lifetimes: LoginLimit['lifetimes'], now: number): boolean {
  const { remember } = record
  if (isSuspended(record)) return false
  return (remember !== null && now < remember.expiresAt) || lapsed(factsOf(record), lifetimes, now) === null
}

/** The logins of an owner that somebody can still use. */
export async function usableLogins (
  store: LoginStore, owner: string, lifetimes: LoginLimit['lifetimes'], now: number
): Promise<LoginRecord[]> {
  return (await sortedOut(store, owner, lifetimes, now)).usable
}

/** The logins of an owner: those that somebody can still use, and those that have become idle or old. */
async function sortedOut (
  store: LoginStore, owner: string, lifetimes: LoginLimit['lifetimes'], now: number
): Promise<{ usable: LoginRecord[], unusable: LoginRecord[] }> {
  const usable: LoginRecord[] = []
  const unusable: LoginRecord[] = []
  await forEachSlice(await store.list(owner), (slice) => {
    for (const login of slice) {
      if (isUsable(login, lifetimes, now)) usable.push(login)
      else if (!isSuspended(login)) unusable.push(login)
    }
  })
  return { usable, unusable }
}

/** Whether the owner has room for one more login, where a new one is refused beyond the limit. */
export async function admits (store: LoginStore, { most, onMost, lifetimes }: LoginLimit, owner: string, id: string, now: number): Promise<boolean> {
  if (most === null || onMost === 'end-oldest') return true
  const logins = await usableLogins(store, owner, lifetimes, now)
  return logins.length < most || logins.some((login) => login.id === id)
}

/**
 * Ends what is beyond the limit once a login was created; false where that is the login itself. Logins that begin
 * side by side are ordered the same by every process, so that together they end the right ones.
 */
export async function endBeyond (
  store: LoginStore, { most, onMost, lifetimes }: LoginLimit, { id, owner }: LoginRecord, steps: StoreSteps, now: number
): Promise<boolean> {
  if (most === null) return true
  const { usable: logins, unusable } = await sortedOut(store, owner, lifetimes, now)
  // What begins in the future began before a clock was set back: it is older than what begins now. Asked anew, because
  // another login may have begun while the store kept this one.
  const present = Date.now() / 1000
  const isOlder = (login: LoginRecord) => login.id !== id && login.begunAt > present
  const sorted = await sortInSlices(logins, (one, other) =>
    Number(isOlder(other)) - Number(isOlder(one)) || one.begunAt - other.begunAt || (one.id < other.id ? -1 : 1))
  const beyond = onMost === 'refuse' ? sorted.slice(most) : sorted.slice(0, Math.max(0, sorted.length - most))
  if (beyond.some((login) => login.id === id)) return false
  await steps.endMany(beyond, 'limit', now)
  // Kept until its end, an idle login counts for nothing here, and another scope may let it be idle for longer. But
  // somebody who logs in again and again must not fill the list that every log-in reads.
  const spare = Math.max(0, unusable.length - most)
  if (spare > 0) await steps.endMany(unusable.sort((one, other) => one.seenAt - other.seenAt).slice(0, spare), 'limit', now)
  return true
}
