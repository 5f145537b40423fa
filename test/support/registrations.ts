/**
 * Two registrations with one key: members and staff, who have users of the same ids, with cookies of different names.
 * They are two scopes of one server or two applications, without a store or on one store that both share.
 *
 * @module
 */
import { describe } from 'node:test'
import Fastify, { type FastifyInstance } from 'fastify'
import login, { MemoryStore, type CookieSeal, type LoginManager, type LoginOptions, type LoginStore, type LoginUserOptions } from 'fastify-login'
import { key } from './app.ts'
import { Browser } from './browser.ts'

export type Side = 'members' | 'staff'

export const sides: readonly Side[] = ['members', 'staff']

/** The names of the cookies of each side, by what they are for. */
export const cookieNames = {
  members: { login: 'login', remember: 'remember_token' },
  staff: { login: 'staff_login', remember: 'staff_remember' }
} as const

export const other = (side: Side): Side => side === 'members' ? 'staff' : 'members'

export interface Registered {
  readonly app: FastifyInstance
  readonly manager: LoginManager
  /** A seal of an extension, for the same purpose on both sides. */
  readonly seal: CookieSeal
}

export interface TwoRegistrations {
  readonly members: Registered
  readonly staff: Registered
  readonly store: LoginStore | undefined
  /** A browser that has no cookies, for the pages of one side. */
  browser (side: Side): Browser
}

export interface RegistrationsWay {
  readonly name: string
  readonly stored: boolean
  /** Whether they are two applications. */
  readonly apart: boolean
  open (options?: Partial<LoginOptions>, before?: (app: FastifyInstance) => unknown): Promise<TwoRegistrations>
}

interface LoginRoute { Params: { id: string }, Body: LoginUserOptions | null }

/** Declares the pages of one side, which its registration guards. */
async function declareSide (scope: FastifyInstance, side: Side, options: Partial<LoginOptions>): Promise<Omit<Registered, 'app'>> {
  const { login: cookieName, remember } = cookieNames[side]
  await scope.register(login, {
    key, loadUser: (id: string) => ({ id, name: `${side} ${id}` }), cookieName, remember: { cookieName: remember }, thisScopeOnly: true, ...options
  } as LoginOptions)
  scope.get(`/${side}/whoami`, (request) => ({
    user: request.currentUser?.name ?? null, lapse: request.loginLapse, login: request.currentLogin, remembered: request.loginRemembered
  }))
  scope.post<LoginRoute>(`/${side}/login/:id`, async (request) => {
    const { id } = request.params
    return await request.loginUser({ id, name: `${side} ${id}` }, request.body ?? {})
  })
  scope.post(`/${side}/logout`, async (request) => await request.logoutUser())
  scope.post(`/${side}/confirm`, async (request) => await request.confirmLogin())
  return { manager: scope.login, seal: await scope.login.createSeal(scope, 'parcel') }
}

async function open (apart: boolean, options: Partial<LoginOptions>, before: (app: FastifyInstance) => unknown): Promise<TwoRegistrations> {
  const apps = apart ? [Fastify(), Fastify()] : Array<FastifyInstance>(2).fill(Fastify())
  const registered: Registered[] = []
  for (const app of new Set(apps)) await before(app)
  for (const [index, side] of sides.entries()) {
    const app = apps[index] as FastifyInstance
    await app.register(async (scope) => { registered.push({ app, ...await declareSide(scope, side, options) }) })
  }
  for (const app of apps) await app.ready()
  const [members, staff] = registered as [Registered, Registered]
  const both = { members, staff }
  return { ...both, store: options.store, browser: (side) => new Browser(both[side].app) }
}

export const registrationsWays: readonly RegistrationsWay[] = [false, true].flatMap((apart) => [false, true].map((stored) => ({
  name: `${apart ? 'two applications' : 'two scopes of one server'}, ${stored ? 'on one store' : 'without a store'}`,
  stored,
  apart,
  open: (options = {}, before = () => {}) => open(apart, { ...stored ? { store: new MemoryStore() } : {}, ...options }, before)
})))

/** Describes a behaviour once for each way to be two registrations. */
export function describeRegistrations (behaviour: string, suite: (way: RegistrationsWay) => void): void {
  for (const way of registrationsWays) describe(`${behaviour}: ${way.name}`, () => suite(way))
}
