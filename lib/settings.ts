/**
 * The settings of a scope: what its registration names, over what its parent has, over the defaults.
 *
 * @module
 */
import { defaultGetId, defaultIsActive } from './account.ts'
import { identifyByAddressAndUserAgent, type IdentifyBrowser } from './browser.ts'
import type { FreshUser } from './fresh-user.ts'
import { defaultAbsoluteTimeout, type Lifetimes } from './lifetime.ts'
import { loginPageOf, type LoginPage } from './login-page.ts'
import { ownPathsOf } from './own-pages.ts'
import type { MaybePromise } from './logins/keeper.ts'
import type { AccountOptions, RefusalHandler } from './options.ts'
import type { SessionProtection } from './protection.ts'
import type { LoginStore } from './logins/store.ts'
import type { Realm, Shared } from './realm.ts'
import type { FastifyInstance, FastifyRequest } from 'fastify'
import type { Anonymous, User } from './user.ts'

export type LoadUser = (id: string, request: FastifyRequest) => MaybePromise<User | null | undefined>

/** Frozen; every option has a value. */
export interface Settings extends Lifetimes {
  readonly realm: Realm
  readonly keys: readonly Buffer[]
  readonly store: LoginStore | null
  readonly loadUser: LoadUser | null
  readonly loadUserFromRequest: ((request: FastifyRequest) => MaybePromise<User | FreshUser<User> | null | undefined>) | null
  readonly anonymousUser: (() => Anonymous) | null
  readonly getId: (user: User) => unknown
  readonly isActive: (user: User) => unknown
  readonly authHash: ((user: User) => unknown) | null
  readonly loginPath: string | null
  readonly refreshPath: string | null
  /** The paths of both pages, which `next` never points at. */
  readonly ownPaths: readonly string[]
  /** The login page, if it is on this site: open to visitors, whatever routes need by default. */
  readonly loginPage: LoginPage | null
  readonly loginMessage: string | null
  readonly loginMessageCategory: string
  readonly needsRefreshMessage: string | null
  readonly needsRefreshMessageCategory: string
  readonly localize: ((message: string, request: FastifyRequest) => string) | null
  readonly unauthorizedHandler: RefusalHandler | null
  readonly needsRefreshHandler: RefusalHandler | null
  readonly nextIn: 'query' | 'session'
  readonly nextField: string
  readonly origin: string | null
  readonly sessionProtection: SessionProtection
  readonly permanentSession: boolean
  readonly identifyBrowser: IdentifyBrowser
  readonly defaultLogin: 'optional' | 'required'
  readonly cacheControl: string | false
  readonly dropAtLogin: readonly string[]
  readonly rememberDuration: number
  readonly refreshEachRequest: boolean
  readonly getToken: ((user: User) => unknown) | null
  readonly loadUserByToken: LoadUser | null
  readonly production: boolean
}

/** 30 days, in seconds. */
const month = defaultAbsoluteTimeout

const defaults: Omit<Settings, 'realm' | 'keys' | 'store' | 'recordsUse' | 'ownPaths' | 'loginPage' | 'production'> = {
  loadUser: null,
  loadUserFromRequest: null,
  anonymousUser: null,
  getId: defaultGetId,
  isActive: defaultIsActive,
  authHash: null,
  loginPath: null,
  refreshPath: null,
  loginMessage: 'Please log in to access this page.',
  loginMessageCategory: 'message',
  needsRefreshMessage: 'Please reauthenticate to access this page.',
  needsRefreshMessageCategory: 'message',
  localize: null,
  unauthorizedHandler: null,
  needsRefreshHandler: null,
  nextIn: 'query',
  nextField: 'next',
  origin: null,
  sessionProtection: 'basic',
  permanentSession: false,
  identifyBrowser: identifyByAddressAndUserAgent,
  idleTimeout: null,
  absoluteTimeout: month,
  freshFor: null,
  defaultLogin: 'optional',
  cacheControl: 'no-store',
  dropAtLogin: ['_csrf'],
  rememberDuration: month,
  refreshEachRequest: false,
  getToken: null,
  loadUserByToken: null
}

/** What makes users is not inherited by a realm of another kind: a member's API key must not yield an admin. */
const usersOfTheParent = { loadUser: null, loadUserFromRequest: null, anonymousUser: null, getToken: null, loadUserByToken: null }

export const settingsKey = Symbol('fastify-login.settings')

/** The settings that hold in a scope: its own, or by the prototype chain those of the scopes around it. */
export function settingsOf (scope: FastifyInstance): Settings | undefined {
  return (scope as unknown as { [settingsKey]?: Settings })[settingsKey]
}

/** Derives the settings of a scope. The caller's objects are not written to. */
export function createSettings (options: AccountOptions, realm: Realm, shared: Shared, parent: Settings | undefined): Settings {
  const { duration: rememberDuration, refreshEachRequest, getToken, loadUserByToken } = options.remember ?? {}
  const named = Object.entries({ ...options, rememberDuration, refreshEachRequest, getToken, loadUserByToken })
    .filter(([name, value]) => value !== undefined && Object.hasOwn(defaults, name))
  const inherited = { ...defaults, ...parent, ...parent !== undefined && parent.realm !== realm ? usersOfTheParent : {} }
  const settings = { ...inherited, ...Object.fromEntries(named) as Partial<Settings>, realm, ...shared, recordsUse: shared.store !== null }
  const ownPaths = ownPathsOf([settings.loginPath, settings.refreshPath], settings.origin)
  const loginPage = loginPageOf(settings.loginPath, settings.origin)
  return Object.freeze({ ...settings, ownPaths, loginPage, production: process.env['NODE_ENV'] === 'production' })
}
