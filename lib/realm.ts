/**
 * A realm: one kind of user, with cookies, keys, ended logins and listeners of its own.
 *
 * @module
 */
import type { FastifyInstance } from 'fastify'
import { Stamps } from './account.ts'
import { fixCookie, type Cookie, type CookieOptions } from './cookies.ts'
import { InvalidOptionError } from './errors.ts'
import { Listeners } from './events.ts'
import { defaultAbsoluteTimeout } from './lifetime.ts'
import { EndedLogins } from './logins/ended-logins.ts'
import type { LoginKeeper } from './logins/keeper.ts'
import { defaultMaxLogins } from './logins/login-limit.ts'
import { loginSeal } from './logins/login-seal.ts'
import { SealedLogins } from './logins/sealed.ts'
import { checkedStore } from './logins/checked-store.ts'
import { secretSeal } from './logins/secret-seal.ts'
import type { LoginStore } from './logins/store.ts'
import { StoredLogins } from './logins/stored.ts'
import type { AccountOptions } from './options.ts'
import { rememberSeal } from './remember/remember-seal.ts'
import { Successions } from './successions.ts'
import { createSeal, ownPurposes, purposeKeys } from './seal.ts'

/** The options that belong to a realm and not to a scope, names of cookies aside. */
interface Fixed {
  readonly cookie: CookieOptions
  readonly rememberCookie: CookieOptions
  readonly endedLogins: number
  readonly maxLogins: number | null
  readonly onMaxLogins: 'end-oldest' | 'refuse'
}

/** What all scopes of one realm share. */
export interface Realm {
  /** Empty for the realm of the registered user. */
  readonly name: string
  readonly cookie: Cookie
  readonly rememberCookie: Cookie
  /** What it was made from, for a realm inside. */
  readonly fixed: Fixed
  readonly logins: LoginKeeper
  readonly successions: Successions
  readonly stamps: Stamps
  readonly listeners: Listeners
  /** For `makeSecureToken` and whatever else is signed rather than sealed. */
  readonly tokenKeys: readonly Buffer[]
}

/** What all realms of an outermost registration share. */
export interface Shared { readonly keys: readonly Buffer[], readonly store: LoginStore | null }

function fullList (users: number): string {
  return `fastify-login keeps the ended logins of ${users} users, and the list is full: the oldest of them now stand ` +
    'for everybody who logged in before. Raise endedLogins, or keep logins in a store'
}

/** The keys of a registration as bytes. Short ones were refused by then. */
export function keyRing (key: NonNullable<AccountOptions['key']>): Buffer[] {
  const keys = typeof key === 'string' || key instanceof Uint8Array ? [key] : key
  return keys.map((one) => Buffer.from(one as string))
}

/** Makes the realm that a registration names. */
export async function createRealm (
  app: FastifyInstance, name: string, shared: Shared, options: AccountOptions
): Promise<Realm> {
  const { keys } = shared
  const production = process.env['NODE_ENV'] === 'production'
  const seal = await createSeal(app, keys, name, ownPurposes)
  const suffix = name === '' ? '' : `-${name}`
  const { cookieName = `login${suffix}`, cookie = {}, remember = {} } = options
  const mostLogins = shared.store === null ? null : defaultMaxLogins
  const { endedLogins = 100_000, maxLogins = mostLogins, onMaxLogins = 'end-oldest' } = options
  const fixed: Fixed = { cookie, rememberCookie: { ...cookie, ...remember.cookie }, endedLogins, maxLogins, onMaxLogins }
  const lifetimes = { idleTimeout: options.idleTimeout ?? null, absoluteTimeout: options.absoluteTimeout ?? defaultAbsoluteTimeout }
  const loginCookie = fixCookie(app, cookieName, fixed.cookie, production)
  const rememberCookie = fixCookie(app, remember.cookieName ?? `remember_token${suffix}`, fixed.rememberCookie, production)
  claimCookies(app, name, [loginCookie, rememberCookie])
  return Object.freeze({
    name,
    cookie: loginCookie,
    rememberCookie,
    fixed,
    logins: shared.store === null
      ? new SealedLogins(loginSeal(seal), rememberSeal(seal), new EndedLogins(endedLogins, () => app.log.warn(fullList(endedLogins))))
      : new StoredLogins(checkedStore(shared.store), secretSeal(seal), name, { most: maxLogins, onMost: onMaxLogins, lifetimes }),
    successions: new Successions(),
    stamps: new Stamps(purposeKeys(keys, 'stamp', name)),
    listeners: new Listeners(app.log),
    tokenKeys: purposeKeys(keys, 'token', name)
  })
}

/** The cookies of each server by name, so that no two registrations or realms write one. */
const claimed = new WeakMap<object, Set<string>>()

function claimCookies (app: FastifyInstance, realm: string, cookies: readonly Cookie[]): void {
  const names = claimed.get(app.server) ?? new Set<string>()
  claimed.set(app.server, names)
  for (const { name } of cookies) {
    if (names.has(name)) {
      throw new InvalidOptionError(`The cookie ${name} of fastify-login would be written twice${realm === '' ? '' : `, by the realm ${realm} too`}: ` +
        'name another cookieName or remember.cookieName, or another realm where this is another kind of user')
    }
    names.add(name)
  }
}
