/**
 * A store in the memory of one process: for tests, and for sites of one process that may forget at a restart.
 *
 * @module
 */
import { InvalidOptionError } from '../errors.ts'
import { EndMarks } from './memory/end-marks.ts'
import { IndexedRecords, type FoundRecord } from './memory/indexed-records.ts'
import { nextTurn, sliceSize } from './slices.ts'
import type { LoginRecord, LoginStore } from './store.ts'

/** The options of a `MemoryStore`. */
export interface MemoryStoreOptions {
  /**
   * How many logins the store holds at the most. Beyond that, a login of the user who has the most logins ends.
   * Default 1,000,000.
   */
  maxLogins?: number
}

/** How many logins are looked at for their end whenever one begins: those that nobody asks for go, too. */
const swept = 2

/** How many logins are compared where one must go and no user has more than one. */
const compared = 8

/** How many logins of the user who has the most are compared: few of a person's, and not the thousands of a program. */
const comparedOfOwner = 16

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
  /** The owners whose logins have all ended and are being deleted, each with the ids of those that have not ended. */
  readonly #spared = new Map<string, Set<string>>()
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
    this.#spared.get(login.owner)?.add(login.id)
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

  /** All of an owner's logins end at once: only those that are spared are found then. Deleting them takes several turns. */
  async removeAll (owner: string | null, exceptId?: string): Promise<number> {
    const now = Date.now() / 1000
    if (owner === null) return this.#removeEverybodys(now)
    this.#marks.set(owner, now, exceptId)
    // What an earlier call has ended, and not deleted yet, is not brought back by an exception to this one.
    const exceptEnded = this.#spared.get(owner)?.has(exceptId as string) === false
    const spared = new Set(exceptId === undefined || exceptEnded ? [] : [exceptId])
    this.#spared.set(owner, spared)
    let ended = 0
    await this.#eachOfOwner(owner, (found) => {
      if (spared.has(found.record.id)) return
      this.#records.delete(found)
      if (isInTime(found.record)) ended++
    }, () => this.#spared.get(owner) === spared)
    // A later call deletes the rest.
    if (this.#spared.get(owner) === spared) this.#spared.delete(owner)
    return ended
  }

  async list (owner: string): Promise<LoginRecord[]> {
    // By id, because one that moves meanwhile may be met twice.
    const listed = new Map<string, LoginRecord>()
    await this.#eachOfOwner(owner, ({ record }) => { if (this.#isAlive(record)) listed.set(record.id, record) })
    return [...listed.values()].reverse()
  }

  /** Looks at the logins of an owner, the last one first, and lets others have their turn after each slice. */
  async #eachOfOwner (owner: string, look: (found: FoundRecord) => void, goesOn = () => true): Promise<void> {
    for (let place = this.#records.endOfOwner(owner); place > 0 && goesOn(); place -= sliceSize) {
      for (const found of this.#records.ofOwner(owner, place, sliceSize).reverse()) look(found)
      if (place > sliceSize) await nextTurn()
    }
  }

  #find (id: string): FoundRecord | null {
    const found = this.#records.find(id)
    return found !== null && this.#isAlive(found.record) ? found : null
  }

  #isAlive (record: LoginRecord): boolean {
    return isInTime(record) && this.#spared.get(record.owner)?.has(record.id) !== false
  }

  /** Whether there was one that lived. */
  #forget (id: string): boolean {
    const found = this.#records.find(id)
    if (found !== null) this.#records.delete(found)
    return found !== null && this.#isAlive(found.record)
  }

  #removeEverybodys (now: number): number {
    const ended = this.#records.count
    this.#records.clear()
    this.#spared.clear()
    this.#everyoneEndedAt = Math.max(this.#everyoneEndedAt, now)
    return ended
  }

  #sweep (): void {
    for (const found of this.#records.some(swept)) if (!isInTime(found.record)) this.#records.delete(found)
  }

  /**
   * Somebody with thousands of logins makes room before anybody else does. To know which login of all was longest not
   * seen would take more memory than it frees.
   */
  #makeRoom (): void {
    const ofOne = this.#records.ofLargestOwner(comparedOfOwner)
    const candidates = ofOne.length > 0 ? ofOne : this.#records.some(compared)
    const seenAt = ({ record }: FoundRecord) => this.#isAlive(record) ? record.seenAt : 0
    this.#records.delete(candidates.reduce((one, other) => seenAt(other) < seenAt(one) ? other : one))
  }
}

function isInTime ({ keepUntil }: LoginRecord): boolean {
  return keepUntil > Date.now() / 1000
}
