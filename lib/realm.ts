/**
 * A realm: one kind of user, with cookies, keys, ended logins and listeners of its own.
 *
 * @module
 */
import type { FastifyInstance } from 'fastify'
import { Stamps } from './account.ts'
import { fixCookie, type Cookie } from './cookies.ts'
import { Listeners } from './events.ts'
import { EndedLogins } from './logins/ended-logins.ts'
import type { LoginKeeper } from './logins/keeper.ts'
import { loginSeal } from './logins/login-seal.ts'
import { SealedLogins } from './logins/sealed.ts'
import type { AccountOptions } from './options.ts'
import { rememberSeal } from './remember/remember-seal.ts'
import { createSeal, purposeKeys } from './seal.ts'

/** What all scopes of one realm share. */
export interface Realm {
  /** Empty for the realm of the registered user. */
  readonly name: string
  readonly cookie: Cookie
  readonly rememberCookie: Cookie
  readonly logins: LoginKeeper
  readonly stamps: Stamps
  readonly listeners: Listeners
  /** For `makeSecureToken` and whatever else is signed rather than sealed. */
  readonly tokenKeys: readonly Buffer[]
}

/** The keys of a registration as bytes. Short ones were refused by then. */
export function keyRing (key: NonNullable<AccountOptions['key']>): Buffer[] {
  const keys = typeof key === 'string' || key instanceof Uint8Array ? [key] : key
  return keys.map((one) => Buffer.from(one as string))
}

/** Makes the realm that a registration names. */
export async function createRealm (
  app: FastifyInstance, name: string, keys: readonly Buffer[], options: AccountOptions
): Promise<Realm> {
  const production = process.env['NODE_ENV'] === 'production'
  const seal = await createSeal(app, keys, name)
  const suffix = name === '' ? '' : `-${name}`
  const { cookieName = `login${suffix}`, cookie = {}, remember = {}, endedLogins = 100_000 } = options
  return Object.freeze({
    name,
    cookie: fixCookie(cookieName, cookie, production),
    rememberCookie: fixCookie(remember.cookieName ?? `remember_token${suffix}`, { ...cookie, ...remember.cookie }, production),
    logins: new SealedLogins(loginSeal(seal), rememberSeal(seal), new EndedLogins(endedLogins, () => app.log.warn(
      `fastify-login keeps the ended logins of ${endedLogins} users, and the list is full: the oldest of them now ` +
      'stand for everybody who logged in before. Raise endedLogins, or keep logins in a store'))),
    stamps: new Stamps(purposeKeys(keys, 'stamp', name)),
    listeners: new Listeners(app.log),
    tokenKeys: purposeKeys(keys, 'token', name)
  })
}
