/**
 * What the plugin asks of a user object: the id, whether it is active, and the stamp that a new password changes.
 *
 * @module
 */
import { LruMap } from 'toad-cache'
import { equalDigests, keyedDigest } from './digest.ts'
import { InvalidArgumentError, InvalidUserIdError } from './errors.ts'
import type { User } from './user.ts'

const longestId = 255

/** The id of a user as a string: the form in which ids are kept, compared and given to the loader. */
export function userIdOf (user: User, getId: (user: User) => unknown): string {
  const id = getId(user)
  const text = typeof id === 'number' || typeof id === 'bigint' ? String(id) : id
  if (typeof text !== 'string') throw new InvalidUserIdError(`is ${text === null ? 'null' : typeof text}: it must be a string or a number`)
  if (text === '') throw new InvalidUserIdError('is empty')
  if (Number.isNaN(id)) throw new InvalidUserIdError('is NaN')
  // A lone surrogate has no UTF-8: two such ids would become the same one in a cookie.
  if (!text.isWellFormed()) throw new InvalidUserIdError('is not well-formed Unicode')
  if (Buffer.byteLength(text) > longestId) throw new InvalidUserIdError(`takes more than ${longestId} bytes`)
  return text
}

/** The id of a user as the application names it: of any length, since it may have come from outside. */
export function namedUserId (id: unknown, what: string): string {
  if (!['string', 'number', 'bigint'].includes(typeof id)) {
    throw new InvalidArgumentError(`${what} takes the id of a user, not ${id === null ? 'null' : typeof id}`)
  }
  return String(id)
}

/** `user.getId()` for those who like classes, else `user.id`. */
export function defaultGetId (user: User): unknown {
  const { getId, id } = user as { getId?: unknown, id?: unknown }
  return typeof getId === 'function' ? getId.call(user) : id
}

/** `user.isActive`, as a property or a method; a user without it is active. */
export function defaultIsActive (user: User): boolean {
  const { isActive } = user as { isActive?: unknown }
  if (isActive === undefined) return true
  return truthOf(typeof isActive === 'function' ? isActive.call(user) : isActive)
}

/** A promise is true whatever it holds: an asynchronous answer would call every user active. */
export function truthOf (answer: unknown): boolean {
  if (answer instanceof Promise) throw new InvalidArgumentError('The option isActive of fastify-login must answer at once, not with a promise')
  return Boolean(answer)
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

/** Whether a loader found a user. `false`, or an empty text, is what a condition left of one. */
export function isUser<Account> (found: Account | null | undefined): found is Account {
  return typeof found === 'object' && found !== null
}

/** The stamp that `authHash` gives for a user; anything but a string or nothing is a developer's mistake. */
export function stampOf (user: User, authHash: ((user: User) => unknown) | null): string | null {
  const stamp = authHash === null ? null : authHash(user) ?? null
  if (stamp !== null && typeof stamp !== 'string') {
    throw new InvalidArgumentError(`The option authHash of fastify-login must give a string or null at once, not ${typeof stamp}`)
  }
  return stamp
}

function digestUnder (key: Buffer, stamp: string): string {
  return keyedDigest(key, stamp).slice(0, 22)
}
