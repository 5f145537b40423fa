/**
 * Says who a user is: the application's own type, and two classes for those who like classes.
 *
 * @module
 */

/**
 * Names the application's types, once per program.
 *
 * @example
 * import 'fastify-login'
 *
 * interface Member { id: string, name: string }
 * interface Admin { id: string, permissions: string[] }
 * declare module 'fastify-login' {
 *   interface Register { user: Member, realms: { admin: Admin } }
 * }
 */
export interface Register {}

export type RegisteredUser<Registered> = Registered extends { user: infer Named } ? Named : { id: string | number }
export type RegisteredAnonymous<Registered> = Registered extends { anonymous: infer Named } ? Named : null
export type RegisteredRealms<Registered> = Registered extends { realms: infer Named } ? Named : {}

/** The application's user: what `loadUser` returns and `request.currentUser` is. */
export type User = RegisteredUser<Register>

/** What stands in for nobody: `null`, or what the option `anonymousUser` returns. */
export type Anonymous = RegisteredAnonymous<Register>

/** The other kinds of user, by the name of their realm. */
export type Realms = RegisteredRealms<Register>

/** The names of the realms that `interface Register` names. */
export type RealmName = keyof Realms & string

/** The user of one realm, such as `RealmUser<'admin'>`. */
export type RealmUser<Name extends RealmName> = Realms[Name]

/** A user of any kind: what `loginUser` takes, since each realm has its own login page. */
export type AnyUser = User | Realms[keyof Realms]

/** Whether a number names one user only. Minus zero is written like zero, and what is rounded like its neighbours. */
export function isExact (id: number): boolean {
  return Number.isSafeInteger(id) && !Object.is(id, -0)
}

/** What is wrong with an id that is another number. */
export const inexact = 'is a number, but not a safe integer: JavaScript rounds fractions and numbers beyond ' +
  `±${Number.MAX_SAFE_INTEGER}, so that two users could have the same id. Use a string or a bigint`

function invalidId (message: string): Error {
  return Object.assign(new TypeError(message), { code: 'FST_LOGIN_INVALID_USER_ID' })
}

/**
 * What a class of users may extend; `id` is all that a subclass must bring.
 *
 * @example
 * import { UserMixin } from 'fastify-login'
 *
 * class Account extends UserMixin {
 *   override readonly id: string
 *   readonly #suspended: boolean
 *   constructor (id: string, suspended: boolean) { super(); this.id = id; this.#suspended = suspended }
 *   override get isActive () { return !this.#suspended }
 * }
 */
export class UserMixin {
  /** As `isActive`, unless the class says otherwise. */
  get isAuthenticated (): boolean {
    return this.isActive
  }

  /** False: this is somebody. */
  get isAnonymous (): boolean {
    return false
  }

  /** The id as a string; throws `FST_LOGIN_INVALID_USER_ID` where the class has none, or an unsafe number. */
  getId (): string {
    const { id } = this
    if (typeof id === 'number' && !isExact(id)) throw invalidId(`The id of the user ${inexact}`)
    if (!['string', 'number', 'bigint'].includes(typeof id) || id === '') {
      throw invalidId('The id of the user is missing: give the class an "id" or a getId() of its own')
    }
    return String(id)
  }

  /** Whether the other is the same user: an admin is never a member of the same id. */
  equals (other: unknown): boolean {
    return other instanceof UserMixin && other.constructor === this.constructor && other.getId() === this.getId()
  }
}

/** Declared here rather than in the class, so that a subclass may use a field as well as a getter. */
export interface UserMixin {
  /** The id, for `getId`. */
  id?: string | number | bigint
  /** Whether the user may be logged in. Default true. */
  isActive: boolean
}

// On the prototype: a field of the base class would hide a getter of the subclass and call a suspended user active.
UserMixin.prototype.isActive = true

/** Stands in for nobody, where the option `anonymousUser` returns one. */
export class AnonymousUser {
  /** False: nobody may come in. */
  get isActive (): boolean {
    return false
  }

  /** False: nobody proved who they are. */
  get isAuthenticated (): boolean {
    return false
  }

  /** True, where a user's is false. */
  get isAnonymous (): boolean {
    return true
  }

  /** Null: nobody has no id. */
  getId (): null {
    return null
  }
}
