/**
 * A realm: one kind of user, with cookies, keys, ended logins and listeners of its own.
 *
 * @module
 */
import type { FastifyInstance } from 'fastify'
import { Stamps } from './account.ts'
import { fixCookie, type Cookie, type CookieOptions } from './cookies.ts'
import { digest } from './digest.ts'
import { InvalidOptionError } from './errors.ts'
import { Listeners } from './events.ts'
import { defaultAbsoluteTimeout } from './lifetime.ts'
import { Moments } from './moments.ts'
import { EndedLogins } from './logins/ended-logins.ts'
import type { LoginKeeper } from './logins/keeper.ts'
import { defaultMaxLogins } from './logins/login-limit.ts'
import { loginSeal, loginShape } from './logins/login-seal.ts'
import { SealedLogins } from './logins/sealed.ts'
import { checkedStore } from './logins/checked-store.ts'
import { realmRecords } from './logins/realm-records.ts'
import { secretSeal, secretShapes } from './logins/secret-seal.ts'
import type { LoginStore } from './logins/store.ts'
import { StoredLogins } from './logins/stored.ts'
import type { AccountOptions } from './options.ts'
import { rememberSeal, rememberShape } from './remember/remember-seal.ts'
import { Successions } from './successions.ts'
import { createSeal, purposeKeys } from './seal.ts'

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
  /** Tells the realm from every other that may share its key, its store or its session, in other applications too. */
  readonly id: string
  readonly cookie: Cookie
  readonly rememberCookie: Cookie
  /** What it was made from, for a realm inside. */
  readonly fixed: Fixed
  readonly logins: LoginKeeper
  readonly moments: Moments
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

/**
 * What tells a realm from others: its name, and the name of its login cookie where that is not the default. The cookie's
 * name is what keeps two registrations apart in a browser, so it keeps their keys and records apart, too. It goes in as
 * a digest, because a key's purpose may have 1024 bytes; no name of a realm holds an `@`.
 */
function realmIdOf (name: string, cookieName: string, defaultName: string): string {
  return cookieName === defaultName ? name : `${name}@${digest(cookieName)}`
}

/** Makes the realm that a registration names. */
export async function createRealm (
  app: FastifyInstance, name: string, shared: Shared, options: AccountOptions
): Promise<Realm> {
  const { keys, store } = shared
  const production = process.env['NODE_ENV'] === 'production'
  const suffix = name === '' ? '' : `-${name}`
  const defaultName = `login${suffix}`
  const { cookieName = defaultName, cookie = {}, remember = {} } = options
  const mostLogins = store === null ? null : defaultMaxLogins
  const { endedLogins = 100_000, maxLogins = mostLogins, onMaxLogins = 'end-oldest' } = options
  const fixed: Fixed = { cookie, rememberCookie: { ...cookie, ...remember.cookie }, endedLogins, maxLogins, onMaxLogins }
  const lifetimes = { idleTimeout: options.idleTimeout ?? null, absoluteTimeout: options.absoluteTimeout ?? defaultAbsoluteTimeout }
  const loginCookie = fixCookie(app, cookieName, fixed.cookie, production)
  const rememberCookieName = remember.cookieName ?? `remember_token${suffix}`
  const rememberCookie = fixCookie(app, rememberCookieName, fixed.rememberCookie, production)
  claimCookies(app, name, [cookieName, rememberCookieName])
  const id = realmIdOf(name, cookieName, defaultName)
  const seal = await createSeal(app, keys, id, store === null ? { login: loginShape, remember: rememberShape } : secretShapes)
  const moments = new Moments()
  return Object.freeze({
    name,
    id,
    cookie: loginCookie,
    rememberCookie,
    fixed,
    logins: store === null
      ? new SealedLogins(loginSeal(seal), rememberSeal(seal), new EndedLogins(endedLogins, () => app.log.warn(fullList(endedLogins)), moments))
      : new StoredLogins(realmRecords(checkedStore(store), id), secretSeal(seal), { name, id }, { most: maxLogins, onMost: onMaxLogins, lifetimes }, moments),
    moments,
    successions: new Successions(),
    stamps: new Stamps(purposeKeys(keys, 'stamp', id)),
    listeners: new Listeners(app.log),
    tokenKeys: purposeKeys(keys, 'token', id)
  })
}

/**
 * The cookies of each server by name, so that no two registrations or realms of it write one cookie, or share keys.
 * Without `__Host-`, which one of them may have and the other not: that is no part of what makes the keys.
 */
const claimed = new WeakMap<object, Set<string>>()

function claimCookies (app: FastifyInstance, realm: string, cookieNames: readonly string[]): void {
  const names = claimed.get(app.server) ?? new Set<string>()
  claimed.set(app.server, names)
  for (const name of cookieNames) {
    if (names.has(name)) {
      throw new InvalidOptionError(`fastify-login: the cookie ${name}${realm === '' ? '' : ` of the realm ${realm}`} is already in use on this server, ` +
        'by another registration or realm, or for the other cookie of this one. They would overwrite each other, and could be taken for one another: ' +
        'set another cookieName or remember.cookieName, or a realm if these are another kind of user')
    }
    names.add(name)
  }
}
