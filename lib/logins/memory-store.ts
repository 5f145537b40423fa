/**
 * A store in the memory of one process: for tests, and for sites of one process that may forget at a restart.
 *
 * @module
 */
import { InvalidOptionError } from '../errors.ts'
import { EndMarks } from './memory/end-marks.ts'
import { IndexedRecords, type FoundRecord } from './memory/indexed-records.ts'
import type { LoginRecord, LoginStore } from './store.ts'

/** The options of a `MemoryStore`. */
export interface MemoryStoreOptions {
  /** How many logins it holds at the most; beyond that one ends that was not seen for long. Default 1,000,000. */
  maxLogins?: number
}

/** How many logins are looked at for their end whenever one begins: those that nobody asks for go, too. */
const swept = 2

/** How many logins are compared where one must go. */
const compared = 8

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
  readonly #records = new IndexedRecords()
  readonly #marks = new EndMarks()
  readonly #most: number
  #everyoneEndedAt = 0

  constructor ({ maxLogins = 1_000_000 }: MemoryStoreOptions = {}) {
    if (!Number.isSafeInteger(maxLogins) || maxLogins < 1) throw new InvalidOptionError('The option maxLogins of a MemoryStore may be a positive whole number')
    this.#most = maxLogins
  }

  async create (login: LoginRecord): Promise<boolean> {
    if (login.begunAt <= this.#everyoneEndedAt || this.#marks.ended(login)) return false
    this.#forget(login.id)
    this.#sweep()
    if (this.#records.count >= this.#most) this.#makeRoom()
    this.#records.add(login)
    return true
  }

  async find (id: string): Promise<LoginRecord | null> {
    return this.#find(id)?.record ?? null
  }

  async update (login: LoginRecord, expectedVersion: number): Promise<boolean> {
    const found = this.#find(login.id)
    if (found?.record.version !== expectedVersion) return false
    this.#records.replace(found, login)
    return true
  }

  async remove (id: string): Promise<boolean> {
    return this.#forget(id)
  }

  async removeAll (owner: string | null, exceptId?: string): Promise<number> {
    const now = Date.now() / 1000
    if (owner === null) return this.#removeEverybodys(now)
    const ended = this.#records.ofOwner(owner).filter(({ id }) => id !== exceptId).reverse()
    this.#marks.set(owner, now, exceptId)
    return ended.filter(({ id }) => this.#forget(id)).length
  }

  async list (owner: string): Promise<LoginRecord[]> {
    return this.#records.ofOwner(owner).filter(isAlive)
  }

  #find (id: string): FoundRecord | null {
    const found = this.#records.find(id)
    return found !== null && isAlive(found.record) ? found : null
  }

  /** Whether there was one that lived. */
  #forget (id: string): boolean {
    const found = this.#records.find(id)
    if (found !== null) this.#records.delete(found)
    return found !== null && isAlive(found.record)
  }

  #removeEverybodys (now: number): number {
    const ended = this.#records.count
    this.#records.clear()
    this.#everyoneEndedAt = Math.max(this.#everyoneEndedAt, now)
    return ended
  }

  #sweep (): void {
    for (const login of this.#records.some(swept)) if (!isAlive(login)) this.#forget(login.id)
  }

  /** To know which login of all was longest not seen would take more memory than it frees. */
  #makeRoom (): void {
    const longest = this.#records.some(compared).reduce((one, other) => other.seenAt < one.seenAt ? other : one)
    this.#forget(longest.id)
  }
}

function isAlive ({ keepUntil }: LoginRecord): boolean {
  return keepUntil > Date.now() / 1000
}
