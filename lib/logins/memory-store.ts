/**
 * A store in the memory of one process: for tests, and for sites of one process that may forget at a restart.
 *
 * @module
 */
import { EndMarks } from './end-marks.ts'
import { PackedRecords } from './packed-records.ts'
import type { LoginRecord, LoginStore } from './store.ts'

/** The options of a `MemoryStore`. */
export interface MemoryStoreOptions {
  /** How many logins it holds at the most; beyond that the one longest unchanged ends. Default 1,000,000. */
  maxLogins?: number
}

/** How many logins are looked at for their end whenever one begins: those that nobody asks for go, too. */
const swept = 2

/**
 * Keeps logins in memory, bounded and expiring: a million of them in less than 600 MB. Nobody can change what another
 * request reads.
 *
 * @example
 * import Fastify from 'fastify'
 * import login, { MemoryStore } from 'fastify-login'
 *
 * const app = Fastify()
 * await app.register(login, {
 *   key: 'a secret of at least thirty-two bytes',
 *   loadUser: (id) => ({ id }),
 *   store: new MemoryStore()
 * })
 */
export class MemoryStore implements LoginStore {
  readonly #records = new PackedRecords()
  /** The address of the record of an id; the one longest unchanged is first. */
  readonly #byId = new Map<string, number>()
  /** The addresses of an owner's records: not in a list where there is one, which is so for most. */
  readonly #byOwner = new Map<string, number | number[]>()
  readonly #marks = new EndMarks()
  readonly #most: number
  #everyoneEndedAt = 0
  #oldest = this.#byId.keys()
  #sweeping = this.#byId.keys()

  constructor ({ maxLogins = 1_000_000 }: MemoryStoreOptions = {}) {
    this.#most = maxLogins
  }

  async create (login: LoginRecord): Promise<boolean> {
    if (login.begunAt <= this.#everyoneEndedAt || this.#marks.ended(login)) return false
    const known = this.#read(this.#byId.get(login.id))
    if (known !== null) this.#forget(known)
    this.#keep(login)
    this.#sweep()
    if (this.#byId.size > this.#most) this.#forgetOldest()
    return true
  }

  async find (id: string): Promise<LoginRecord | null> {
    return this.#read(this.#byId.get(id))
  }

  async update (login: LoginRecord, expectedVersion: number): Promise<boolean> {
    const before = this.#read(this.#byId.get(login.id))
    if (before?.version !== expectedVersion) return false
    this.#forget(before)
    this.#keep(login)
    return true
  }

  async remove (id: string): Promise<boolean> {
    const login = this.#read(this.#byId.get(id))
    if (login !== null) this.#forget(login)
    return login !== null
  }

  async removeAll (owner: string | null, exceptId?: string): Promise<number> {
    const now = Date.now() / 1000
    if (owner === null) return this.#removeEverybodys(now)
    const ended = this.#listed(owner).filter(({ id }) => id !== exceptId)
    for (const login of ended) this.#forget(login)
    this.#marks.set(owner, now, exceptId)
    return ended.length
  }

  async list (owner: string): Promise<LoginRecord[]> {
    return this.#listed(owner)
  }

  #listed (owner: string): LoginRecord[] {
    return [this.#byOwner.get(owner) ?? []].flat().flatMap((address) => this.#read(address) ?? [])
  }

  #read (address: number | undefined): LoginRecord | null {
    if (address === undefined) return null
    const login = this.#records.read(address)
    if (login.keepUntil > Date.now() / 1000) return login
    this.#forget(login)
    return null
  }

  /** Keeping it again makes a login the one most recently changed. */
  #keep (login: LoginRecord): void {
    const address = this.#records.keep(login)
    const owned = this.#byOwner.get(login.owner)
    this.#byId.set(ownCopy(login.id), address)
    if (Array.isArray(owned)) owned.push(address)
    else this.#byOwner.set(ownCopy(login.owner), owned === undefined ? address : [owned, address])
  }

  #forget ({ id, owner }: LoginRecord): void {
    const address = this.#byId.get(id) as number
    const owned = this.#byOwner.get(owner)
    this.#records.release(address)
    this.#byId.delete(id)
    if (Array.isArray(owned) && owned.length > 1) owned.splice(owned.indexOf(address), 1)
    else this.#byOwner.delete(owner)
  }

  #removeEverybodys (now: number): number {
    const ended = this.#byId.size
    this.#everyoneEndedAt = Math.max(this.#everyoneEndedAt, now)
    this.#records.clear()
    this.#byId.clear()
    this.#byOwner.clear()
    return ended
  }

  /** Goes on where it was: to look for the first of a `Map` passes all that were deleted before it. */
  #forgetOldest (): void {
    let oldest = this.#oldest.next()
    if (oldest.done === true) {
      this.#oldest = this.#byId.keys()
      oldest = this.#oldest.next()
    }
    this.#forget(this.#records.read(this.#byId.get(oldest.value as string) as number))
  }

  #sweep (): void {
    for (let looked = 0; looked < swept; looked++) {
      const next = this.#sweeping.next()
      if (next.done === true) this.#sweeping = this.#byId.keys()
      else this.#read(this.#byId.get(next.value))
    }
  }
}

/** A text of its own: a part of a longer one keeps that in memory, such as a header. */
function ownCopy (text: string): string {
  return JSON.parse(JSON.stringify(text)) as string
}
