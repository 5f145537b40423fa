/** The applications that are compared: what each is, which work it can do, and how it is served. */

import type { WorkName } from './works.ts'

/** What a served application must be able to do; a Fastify instance can. */
export interface Served { listen (address: { host: string, port: number }): Promise<string> }

export interface Contender {
  name: string
  title: string
  /** The module whose `build` makes the application, in a process of its own; null: Flask, under gunicorn. */
  module: URL | null
  works: readonly WorkName[]
  /** Whether it keeps nothing of a login, so that a cookie of one process is good in the next. */
  selfContained: boolean
  /** Whether a page cannot be refused: reference only. */
  open?: true
  /** How many times as much as others it takes, roughly, so that it is asked the fewer times. */
  slowness: number
  /** How many visitors it can log in within a minute or so, where those of the row with most are too many. */
  mostLogins?: number
  /** How the cookie is called that brings a login back. */
  rememberCookie?: string
  /** Where it wants forms and what it calls their fields, where not as the others. */
  forms?: 'better-auth'
}

/** Told apart from our own, because only the bench has installed what it imports. */
function peer (path: string): URL {
  return new URL(path, import.meta.url)
}

const pages = ['anonymous', 'guarded', 'fresh', 'login', 'logout', 'rotation'] as const

export const contenders: readonly Contender[] = [
  { name: 'bare', title: 'Fastify, no plugin, no guard', module: new URL('./servers/bare.ts', import.meta.url), works: [...pages, 'remember', 'redis'], selfContained: true, open: true, slowness: 1 },
  { name: 'cookie', title: '@fastify/cookie, no guard', module: new URL('./servers/cookie.ts', import.meta.url), works: ['anonymous'], selfContained: true, open: true, slowness: 1 },
  { name: 'login', title: '**fastify-login**', module: new URL('./servers/login.ts', import.meta.url), works: [...pages, 'remember', 'redis'], selfContained: true, slowness: 1, rememberCookie: 'remember_token' },
  { name: 'login-beside-session', title: 'fastify-login beside a secure-session', module: new URL('./servers/login-beside-session.ts', import.meta.url), works: [...pages, 'remember'], selfContained: true, slowness: 1, rememberCookie: 'remember_token' },
  { name: 'secure-session', title: '@fastify/secure-session', module: new URL('./servers/secure-session.ts', import.meta.url), works: pages, selfContained: true, slowness: 1 },
  { name: 'passport', title: '@fastify/passport on secure-session', module: peer('./peers/passport-secure-session.js'), works: pages, selfContained: true, slowness: 1 },
  { name: 'session', title: '@fastify/session in memory', module: new URL('./servers/fastify-session.ts', import.meta.url), works: pages, selfContained: false, slowness: 1 },
  { name: 'passport-redis', title: '@fastify/passport on @fastify/session', module: peer('./peers/passport-session-redis.js'), works: ['redis'], selfContained: false, slowness: 2 },
  { name: 'express', title: 'Express + express-session + Passport', module: peer('./peers/express.js'), works: [...pages, 'redis'], selfContained: false, slowness: 5, mostLogins: 20_000 },
  { name: 'better-auth', title: 'better-auth on Fastify', module: peer('./peers/better-auth.js'), works: [...pages, 'redis'], selfContained: false, slowness: 8, mostLogins: 5000, forms: 'better-auth' },
  { name: 'flask', title: 'Flask-Login under gunicorn', module: null, works: [...pages, 'remember'], selfContained: true, slowness: 10, rememberCookie: 'remember_token' }
]

/** Those of the names, or all. */
export function chosenContenders (names: readonly string[] | undefined): readonly Contender[] {
  return names?.map(findContender) ?? contenders
}

export function findContender (name: string): Contender {
  const found = contenders.find((contender) => contender.name === name)
  if (!found) throw new Error(`There is no contender "${name}", only ${contenders.map((contender) => contender.name).join(', ')}`)
  return found
}
