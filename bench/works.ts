/** The rows of the table: what is asked of every contender. */

import { freshPath, pagePath, publicPath } from './page.ts'

export type WorkName = 'anonymous' | 'guarded' | 'fresh' | 'remember' | 'login' | 'logout' | 'redis' | 'rotation'

export interface Work {
  name: WorkName
  title: string
  /** What a request is: a page; a login; a logout of a login made for it. */
  kind: 'page' | 'login' | 'logout'
  path: string
  /** With what a page is asked for: nothing, a login's cookies, or its remember cookie alone. */
  as: 'nobody' | 'login' | 'remember'
  redis?: true
  /** Many more logins than connections take turns. */
  rotates?: true
}

export const works: readonly Work[] = [
  { name: 'anonymous', title: 'public page, nobody logged in', kind: 'page', path: publicPath, as: 'nobody' },
  { name: 'guarded', title: 'guarded page', kind: 'page', path: pagePath, as: 'login' },
  { name: 'fresh', title: 'guarded page that needs a fresh login', kind: 'page', path: freshPath, as: 'login' },
  { name: 'remember', title: 'login restored from a remember cookie', kind: 'page', path: pagePath, as: 'remember' },
  { name: 'login', title: 'login', kind: 'login', path: '', as: 'nobody' },
  { name: 'logout', title: 'logout', kind: 'logout', path: '', as: 'login' },
  { name: 'redis', title: 'guarded page, logins in Redis', kind: 'page', path: pagePath, as: 'login', redis: true },
  { name: 'rotation', title: 'guarded page, 100,000 logins in rotation', kind: 'page', path: pagePath, as: 'login', rotates: true }
]

/** Those of the names, or all. */
export function chosenWorks (names: readonly string[] | undefined): readonly Work[] {
  return names?.map(findWork) ?? works
}

function findWork (name: string): Work {
  const found = works.find((work) => work.name === name)
  if (!found) throw new Error(`There is no row "${name}", only ${works.map((work) => work.name).join(', ')}`)
  return found
}
