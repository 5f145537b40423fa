/**
 * A login as a user sees it in the list of their devices.
 *
 * @module
 */
import type { LoginRecord } from './store.ts'

/** One of a user's logins; nothing in it proves anything. Times are seconds since 1970. */
export interface LoginInfo {
  /** Public and stable; what `app.login.endLogin(id)` takes. */
  readonly id: string
  /** Whether it is the login behind the request that asks. */
  readonly current: boolean
  /** The User-Agent header that it was last seen with. */
  readonly userAgent: string
  /** The address that it was last seen at. */
  readonly ip: string
  /** When it began. */
  readonly startedAt: number
  /** When it was last used, to the minute. */
  readonly seenAt: number
  /** When the user last proved who they are. */
  readonly provenAt: number
  /** When it ends at the latest, its remember cookie included. */
  readonly expiresAt: number
  /** Whether its browser was given a remember cookie, so that it comes back when the browser was closed. */
  readonly hasRememberCookie: boolean
}

export function loginInfo (record: LoginRecord, currentId: string | undefined): LoginInfo {
  const { id, userAgent, ip, begunAt: startedAt, seenAt, provenAt, keepUntil: expiresAt, remember } = record
  return { id, current: id === currentId, userAgent, ip, startedAt, seenAt, provenAt, expiresAt, hasRememberCookie: remember !== null }
}
