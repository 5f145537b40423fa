/**
 * A login as a user sees it in the list of their devices.
 *
 * @module
 */
import type { LoginRecord } from './store.ts'

/** One of a user's logins; nothing in it proves anything. Times are seconds since 1970. */
export interface LoginInfo {
  readonly id: string
  /** Whether it is the login behind the request that asks. */
  readonly current: boolean
  readonly userAgent: string
  readonly ip: string
  readonly startedAt: number
  /** When it was last used, to the minute. */
  readonly seenAt: number
  readonly provenAt: number
  readonly expiresAt: number
  /** Whether it comes back when the browser was closed. */
  readonly remembered: boolean
}

export function loginInfo (record: LoginRecord, currentId: string | undefined): LoginInfo {
  const { id, userAgent, ip, begunAt: startedAt, seenAt, provenAt, keepUntil: expiresAt, remember } = record
  return { id, current: id === currentId, userAgent, ip, startedAt, seenAt, provenAt, expiresAt, remembered: remember !== null }
}
