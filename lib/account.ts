/**
 * What the plugin asks of a user object: the id, whether it is active, and the stamp that a new password changes.
 *
 * @module
 */
import { LruMap } from 'toad-cache'
import { isThenable } from './chain.ts'
import { equalDigests, keyedDigest } from './digest.ts'
import { InvalidArgumentError, InvalidUserError, InvalidUserIdError } from './errors.ts'
import { kindOf } from './kind-of.ts'
import { inexact, isExact, type User } from './user.ts'

const longestId = 255

/** What is wrong with an id, or null. */
function flawOf (id: unknown): string | null {
  if (typeof id === 'number') return isExact(id) ? null : inexact
  if (typeof id !== 'string' && typeof id !== 'bigint') return `is ${kindOf(id)}: it must be a string, a whole number or a bigint`
  const text = String(id)
  if (text === '') return 'is empty'
  // A lone surrogate has no UTF-8: two such ids would become the same one in a cookie.
  if (!text.isWellFormed()) return 'is not well-formed Unicode'
  return Buffer.byteLength(text) > longestId ? `takes more than ${longestId} bytes` : null
}

/** The id of a user as a string: the form in which ids are kept, compared and given to the loader. */
export function userIdOf (user: User, getId: (user: User) => unknown): string {
  const id = getId(user)
  const flaw = flawOf(id)
  if (flaw !== null) throw new InvalidUserIdError(flaw)
  return String(id)
}

/** Whether a user can have an id: what nobody can have may be of any length, and is to reach neither a list nor a store. */
export function isUserId (id: string): boolean {
  return id.length <= longestId && flawOf(id) === null
}

/** The id of a user as the application names it: of any length, since it may have come from outside. */
export function namedUserId (id: unknown, what: string): string {
  if (typeof id === 'number' && !isExact(id)) throw new InvalidArgumentError(`fastify-login: the user id given to ${what} ${inexact}`)
  if (typeof id !== 'string' && typeof id !== 'number' && typeof id !== 'bigint') {
    throw new InvalidArgumentError(`fastify-login: ${what} needs the id of a user, a string, number or bigint, and was given ${kindOf(id)}`)
  }
  return String(id)
}

/** A loader of the options, as its sentences name it. */
export type Loader = 'loadUser' | 'loadUserFromRequest' | 'remember.loadUserByToken'

/** The user that a loader found, or null for nobody: what a condition left of a user is nobody, too. */
export function foundUser<Account> (found: Account | null | undefined | false | '', loader: Loader): Account | null {
  if (isNobody(found)) return null
  if (typeof found === 'object' && !Array.isArray(found)) return found
  throw noUser(found, loader)
}

export function isNobody (found: unknown): found is null | undefined | false | '' {
  return found === null || found === undefined || found === false || found === ''
}

/** The error for what a loader returned in place of a user. */
export function noUser (found: unknown, loader: Loader): Error {
  return new InvalidUserError(`the option ${loader} returned ${kindOf(found)}. ` +
    `It must return one user, an object, or null where there is none.${hintFor(found)}`)
}

/** Refuses a user without a valid id, and one other than the loader was asked for, if it was asked for anybody by id. */
export function checkFoundId (user: User, getId: (user: User) => unknown, loader: Loader, expected: string | null): void {
  const id = getId(user)
  // The expected id was checked before it came into a cookie.
  if (expected !== null && id === expected) return
  const flaw = flawOf(id)
  if (flaw !== null) {
    throw new InvalidUserError(`the option ${loader} returned a user whose id ${flaw}. ` +
      'The id is what the option getId returns; by default user.getId(), or else user.id')
  }
  // Neither id is shown: the sentence may reach the visitor, and one of the ids is another user's.
  if (expected !== null && String(id) !== expected) {
    throw new InvalidUserError(`the option ${loader} returned a user with another id than the login was made for. ` +
      'It must return the user that was asked for, or null where there is none. Look at its query, and at the option getId')
  }
}

/** Refuses what is given to a call in place of a user. */
export function checkGivenUser (user: unknown, call: 'loginUser' | 'confirmLogin' | 'loginAs'): void {
  if (typeof user === 'object' && user !== null && !Array.isArray(user) && !isThenable(user)) return
  throw new InvalidArgumentError(`fastify-login: ${call} needs a user, an object, and was given ${kindOf(user)}.${hintFor(user)}`)
}

function hintFor (mistaken: unknown): string {
  if (isThenable(mistaken)) return ' Did you forget to await it?'
  return Array.isArray(mistaken) ? ' Did you mean its first item?' : ''
}

/** `user.getId()` for those who like classes, else `user.id`. */
export function defaultGetId (user: User): unknown {
  const { getId, id } = user as { getId?: unknown, id?: unknown }
  return typeof getId === 'function' ? getId.call(user) : id
}

/** `user.isActive`, as a property or a method; a user without it is active. */
export function defaultIsActive (user: User): unknown {
  const { isActive } = user as { isActive?: unknown }
  if (isActive === undefined) return true
  return typeof isActive === 'function' ? isActive.call(user) : isActive
}

/**
 * Whether a user is active. Anything but a boolean is a mistake: a promise and a Buffer are true to JavaScript
 * whatever they hold, and so is the text `'false'`.
 */
export function isActiveUser (user: User, isActive: (user: User) => unknown): boolean {
  const answer = isActive(user)
  if (typeof answer === 'boolean') return answer
  throw new InvalidArgumentError('fastify-login: the option isActive (by default user.isActive) must return true or false at once, ' +
    `and returned ${kindOf(answer)}.${hintForActive(answer)}`)
}

function hintForActive (answer: unknown): string {
  if (isThenable(answer)) return ' Load what it depends on in loadUser'
  if (Buffer.isBuffer(answer)) return ' Where a database keeps it as a bit, use isActive: (user) => user.active[0] === 1'
  return typeof answer === 'number' ? ' Where a database keeps it as a number, use isActive: (user) => user.active === 1' : ''
}

/** Digests stamps, so that no cookie or store holds anything to guess a password's hash from. */
export class Stamps {
  readonly #newest: Buffer
  readonly #older: readonly Buffer[]
  // A digest takes a microsecond; a user's stamp is the same from one request to the next.
  readonly #known = new LruMap<string>(1000)

  constructor ([newest, ...older]: readonly Buffer[]) {
    this.#newest = newest as Buffer
    this.#older = older
  }

  /** The digest under the newest key; null for a user without a stamp. */
  digest (stamp: string | null): string | null {
    if (stamp === null) return null
    return this.#known.get(stamp) ?? this.#make(stamp)
  }

  /** Whether a user's stamp is the one that was digested, under whichever key; no stamp is another than any. */
  matches (digested: string | null, stamp: string | null): boolean {
    if (digested === null || stamp === null) return digested === stamp
    if (digested === this.digest(stamp)) return true
    return this.#older.some((key) => equalDigests(digested, digestUnder(key, stamp)))
  }

  #make (stamp: string): string {
    const made = digestUnder(this.#newest, stamp)
    this.#known.set(stamp, made)
    return made
  }
}

/** The stamp that `authHash` gives for a user; anything but a string or nothing is a developer's mistake. */
export function stampOf (user: User, authHash: ((user: User) => unknown) | null): string | null {
  const stamp = authHash === null ? null : authHash(user) ?? null
  if (stamp !== null && typeof stamp !== 'string') {
    throw new InvalidArgumentError(`fastify-login: the option authHash must return a string or null at once, and returned ${kindOf(stamp)}`)
  }
  return stamp
}

function digestUnder (key: Buffer, stamp: string): string {
  return keyedDigest(key, stamp).slice(0, 22)
}
