/**
 * Makes the settings of a scope out of its registration, or stops the boot.
 *
 * @module
 */
import type { FastifyInstance } from 'fastify'
import { AlreadyRegisteredError, InvalidOptionError, StoreRequiredError } from './errors.ts'
import type { AccountOptions } from './options.ts'
import { checkStore } from './logins/checked-store.ts'
import { createRealm, keyRing, type Realm, type Shared } from './realm.ts'
import { createSettings, settingsKey, settingsOf, type Settings } from './settings.ts'
import { checkOptions } from './validation.ts'

/** The options of a registration of any realm. */
export type ScopeOptions = AccountOptions & { realm?: string }
type Options = ScopeOptions

/** The realms of a registration and of all inside it: by name, the settings of the scope in which each begins. */
const realms = new WeakMap<readonly Buffer[], Map<string, Settings>>()

/** What belongs to a realm and not to a scope: two values would make two cookies of one name. */
const realmOptions = ['cookieName', 'cookie', 'endedLogins', 'maxLogins', 'onMaxLogins'] as const

/** Writes the settings of a registration into its scope, as its own; scopes inside inherit them. */
export async function openScope (scope: FastifyInstance, options: Options): Promise<Settings> {
  checkOptions({ ...options })
  if (Object.hasOwn(scope, settingsKey)) throw new AlreadyRegisteredError()
  const parent = settingsOf(scope)
  const keys = parent === undefined ? outermostKeys(options) : parent.keys
  const misplaced = parent === undefined ? undefined : (['key', 'store', 'thisScopeOnly'] as const).find((option) => options[option] !== undefined)
  if (misplaced !== undefined) {
    throw new InvalidOptionError(`The option ${misplaced} of fastify-login belongs to the outermost registration: inner scopes share it`)
  }
  if (parent !== undefined) checkUsers(options, parent)
  const store = parent === undefined ? options.store ?? null : parent.store
  if (store !== null) checkStore(store)
  if (typeof options.maxLogins === 'number' && store === null) throw new StoreRequiredError('The option maxLogins of fastify-login')
  const realm = await realmFor(scope, options, { keys, store }, parent)
  const settings = createSettings(options, realm, { keys, store }, parent)
  checkTogether(settings)
  if (settingsOfRealm(settings, realm.name) === undefined) realmsUnder(keys).set(realm.name, settings)
  Object.defineProperty(scope, settingsKey, { value: settings, configurable: true })
  return settings
}

/** The settings of the scope in which a realm begins; realms are those of one outermost registration. */
export function settingsOfRealm ({ keys }: Settings, name: string): Settings | undefined {
  return realmsUnder(keys).get(name)
}

/** The settings of the scopes in which the realms begin. */
export function realmsOf ({ keys }: Settings): Settings[] {
  return [...realmsUnder(keys).values()]
}

function realmsUnder (keys: readonly Buffer[]): Map<string, Settings> {
  return realms.get(keys) as Map<string, Settings>
}

function outermostKeys ({ key }: Options): readonly Buffer[] {
  if (key === undefined) {
    throw new InvalidOptionError('The option key of fastify-login is missing: it may be a secret of at least 32 bytes, or several with the newest first')
  }
  return keyRing(key)
}

async function realmFor (scope: FastifyInstance, options: Options, shared: Shared, parent: Settings | undefined): Promise<Realm> {
  const name = options.realm ?? parent?.realm.name ?? ''
  const known = realms.get(shared.keys) ?? new Map<string, Settings>()
  realms.set(shared.keys, known)
  if (name !== parent?.realm.name && options.loadUser === undefined && options.loadUserFromRequest === undefined) {
    const where = name === '' ? 'is missing' : `of realm ${name} is missing, and that of another realm cannot stand for it`
    throw new InvalidOptionError(`The option loadUser of fastify-login ${where}: it may be a function that takes an id and returns the user or null; loadUserFromRequest will do as well`)
  }
  const begun = known.get(name)
  if (begun === undefined) return await createRealm(scope, name, shared, inheriting(options, parent))
  const misplaced = realmOptions.find((option) => options[option] !== undefined) ??
    (['cookieName', 'cookie'] as const).map((option) => options.remember?.[option] === undefined ? undefined : `remember.${option}`).find(Boolean)
  if (misplaced !== undefined) {
    throw new InvalidOptionError(`The option ${misplaced} of fastify-login belongs to the registration in which the realm begins: all scopes of a realm share its cookies`)
  }
  return begun.realm
}

/** What a realm takes from the scope around it, although its cookies are its own. */
function inheriting (options: Options, parent: Settings | undefined): Options {
  if (parent === undefined) return options
  const { realm: { fixed }, idleTimeout, absoluteTimeout } = parent
  const cookie = { ...fixed.cookie, ...named(options.cookie) }
  const remember = { ...options.remember, cookie: { ...fixed.rememberCookie, ...named(options.cookie), ...named(options.remember?.cookie) } }
  return { ...fixed, idleTimeout, absoluteTimeout, ...named(options), cookie, remember }
}

/**
 * A login of a realm is loaded by whichever scope of the realm the browser asks. Where a scope loads users of another
 * kind, a member is the admin of the same id there: so a scope says which of both it means.
 */
function checkUsers ({ realm, sameUsers, loadUser, getId, remember: { getToken, loadUserByToken } = {} }: Options, parent: Settings): void {
  if (realm !== undefined && realm !== parent.realm.name && sameUsers === true) {
    throw new InvalidOptionError(`fastify-login: sameUsers cannot be true in the realm ${realm}, because another realm is another kind of user. Remove sameUsers, or realm`)
  }
  if (realm !== undefined || sameUsers === true) return
  const overridden = Object.entries({ loadUser, getId, getToken, loadUserByToken })
    .find(([name, value]) => value !== undefined && value !== parent[name as 'loadUser' | 'getId' | 'getToken' | 'loadUserByToken'])
  if (overridden === undefined) return
  const [option] = overridden
  throw new InvalidOptionError(`fastify-login: ${option.endsWith('oken') ? 'remember.' : ''}${option} of an inner scope may find other users than the scope around it, whose logins it shares: ` +
    'a member could be taken for the admin of the same id. If these are another kind of user, name a realm for them. If they are the same users, set sameUsers to true')
}

function named<Named extends object> (options: Named | undefined): Partial<Named> {
  return Object.fromEntries(Object.entries(options ?? {}).filter(([, value]) => value !== undefined)) as Partial<Named>
}

function checkTogether ({ loadUser, getToken, loadUserByToken }: Settings): void {
  if ((getToken === null) !== (loadUserByToken === null)) {
    throw new InvalidOptionError('The options remember.getToken and remember.loadUserByToken of fastify-login go together: one makes the token, the other finds its user')
  }
  if (loadUserByToken !== null && loadUser === null) {
    throw new InvalidOptionError('The option remember.loadUserByToken of fastify-login needs loadUser: it loads the user after the login was restored')
  }
}
