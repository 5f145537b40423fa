/**
 * A store in the memory of one process: for tests, and for sites of one process that may forget at a restart.
 *
 * @module
 */
import { AddressIndex } from './address-index.ts'
import { EndMarks } from './end-marks.ts'
import { PackedRecords } from './packed-records.ts'
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
  readonly #records = new PackedRecords()
  readonly #byId = new AddressIndex()
  readonly #byOwner = new AddressIndex()
  readonly #marks = new EndMarks()
  readonly #most: number
  #count = 0
  #everyoneEndedAt = 0

  constructor ({ maxLogins = 1_000_000 }: MemoryStoreOptions = {}) {
    this.#most = maxLogins
  }

  async create (login: LoginRecord): Promise<boolean> {
    if (login.begunAt <= this.#everyoneEndedAt || this.#marks.ended(login)) return false
    this.#forget(login.id)
    this.#sweep()
    if (this.#count >= this.#most) this.#makeRoom()
    const address = this.#records.keep(login)
    this.#byId.add(login.id, address)
    this.#byOwner.add(login.owner, address)
    this.#count++
    return true
  }

  async find (id: string): Promise<LoginRecord | null> {
    return this.#find(id)?.login ?? null
  }

  async update (login: LoginRecord, expectedVersion: number): Promise<boolean> {
    const found = this.#find(login.id)
    if (found?.login.version !== expectedVersion) return false
    const address = this.#records.replace(found.address, login)
    this.#byId.replace(login.id, found.address, address)
    this.#byOwner.replace(login.owner, found.address, address)
    return true
  }

  async remove (id: string): Promise<boolean> {
    return this.#forget(id)
  }

  async removeAll (owner: string | null, exceptId?: string): Promise<number> {
    const now = Date.now() / 1000
    if (owner === null) return this.#removeEverybodys(now)
    const ended = this.#listed(owner).filter(({ id }) => id !== exceptId)
    for (const { id } of ended) this.#forget(id)
    this.#marks.set(owner, now, exceptId)
    return ended.length
  }

  async list (owner: string): Promise<LoginRecord[]> {
    return this.#listed(owner)
  }

  #listed (owner: string): LoginRecord[] {
    return this.#byOwner.get(owner).map((address) => this.#records.read(address)).filter((login) => login.owner === owner && isAlive(login))
  }

  #find (id: string): { login: LoginRecord, address: number } | null {
    for (const address of this.#byId.get(id)) {
      const login = this.#records.read(address)
      if (login.id === id) return isAlive(login) ? { login, address } : null
    }
    return null
  }

  /** Whether there was one that lived. */
  #forget (id: string): boolean {
    const address = this.#byId.get(id).find((address) => this.#records.read(address).id === id)
    if (address === undefined) return false
    const login = this.#records.read(address)
    this.#byId.delete(id, address)
    this.#byOwner.delete(login.owner, address)
    this.#records.release(address)
    this.#count--
    return isAlive(login)
  }

  /** Of some it ends the one that was longest not seen: to know of all would take more memory than it frees. */
  #makeRoom (): void {
    const some: LoginRecord[] = []
    while (some.length < Math.min(compared, this.#count)) some.push(...this.#byId.next().map((address) => this.#records.read(address)))
    const [longest] = some.sort((one, other) => one.seenAt - other.seenAt)
    if (longest !== undefined) this.#forget(longest.id)
  }

  #sweep (): void {
    for (let looked = 0; looked < swept; looked++) {
      for (const address of this.#byOwner.next()) {
        const login = this.#records.read(address)
        if (!isAlive(login)) this.#forget(login.id)
      }
    }
  }

  #removeEverybodys (now: number): number {
    const ended = this.#count
    for (const kept of [this.#records, this.#byId, this.#byOwner]) kept.clear()
    this.#count = 0
    this.#everyoneEndedAt = Math.max(this.#everyoneEndedAt, now)
    return ended
  }
}

function isAlive ({ keepUntil }: LoginRecord): boolean {
  return keepUntil > Date.now() / 1000
}
