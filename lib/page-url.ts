/**
 * The address of a page to log in at, with the target to go on to.
 *
 * @module
 */
import { safeNextUrl, withNextUrl } from './next-url.ts'
import { isOwn, isOwnPage } from './own-pages.ts'
import type { Settings } from './settings.ts'

/** A page's address with a target; on another site the target is a whole address, named where the own origin is known. */
export function pageUrl ({ nextField, origin }: Settings, page: string, target: string): string {
  if (isOwn(page, origin)) return withNextUrl(page, nextField, target)
  return origin === null ? page : withNextUrl(page, nextField, origin + target)
}

/** The address of the login page, with a target if it is on this site and no login page; null without `loginPath`. */
export function loginUrl (settings: Settings, next: string | undefined): string | null {
  const { loginPath, origin } = settings
  const target = safeNextUrl(next, origin ?? undefined)
  return loginPath === null || target === null || isOwnPage(settings, target) ? loginPath : pageUrl(settings, loginPath, target)
}
