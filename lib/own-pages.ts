/**
 * The login page and the page for a fresh login, as far as they are on this site: nobody is to be sent on to either.
 *
 * @module
 */
import { decodedPath, pathOf } from './next-url.ts'

/** Whether a page is on this site: a path, or a URL of the configured origin. */
export function isOwn (page: string, origin: string | null): boolean {
  return page.startsWith('/') || (origin !== null && new URL(page).origin === origin)
}

/** The paths of those pages that are on this site. */
export function ownPathsOf (pages: ReadonlyArray<string | null>, origin: string | null): string[] {
  return pages.filter((page) => page !== null && isOwn(page, origin)).map((page) => decodedPath(pathOf(page as string) as string))
}

/** Whether a target is one of them. */
export function isOwnPage ({ ownPaths }: { readonly ownPaths: readonly string[] }, target: string): boolean {
  const path = pathOf(target)
  return path !== null && ownPaths.includes(decodedPath(path))
}
