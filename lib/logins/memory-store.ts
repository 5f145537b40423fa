/**
 * A store in the memory of one process: for tests, and for sites of one process that may forget at a restart.
 *
 * @module
 */
import type { LoginRecord, LoginStore } from './store.ts'

/** The options of a `MemoryStore`. */
export interface MemoryStoreOptions {
  /** How many logins it holds at the most; beyond that the one longest unchanged ends. Default 1,000,000. */
  maxLogins?: number
}

/** All logins of an owner were ended at a time, but for one; that one, too, if it had begun by an earlier such time. */
interface Mark { readonly at: number, readonly exceptId: string | undefined, readonly strictlyAt: number }

function endedBy ({ at, exceptId, strictlyAt }: Mark, { begunAt, id }: LoginRecord): boolean {
  return begunAt <= (id === exceptId ? strictlyAt : at)
}

/** How long the mark of "all logins ended" is kept, in seconds: longer than any request takes. */
const markLife = 24 * 3600

/**
 * Keeps logins in memory, bounded and expiring. Records are kept as JSON: half the size of objects, and nobody can
 * change what another request reads.
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
  readonly #logins = new Map<string, string>()
  /** The ids of an owner: the id itself where there is one, which is so for most. */
  readonly #owned = new Map<string, string | Set<string>>()
  readonly #marks = new Map<string, Mark>()
  readonly #most: number
  #endedEvery = 0

  constructor ({ maxLogins = 1_000_000 }: MemoryStoreOptions = {}) {
    this.#most = maxLogins
  }

  async create (login: LoginRecord): Promise<boolean> {
    const mark = this.#marks.get(login.owner)
    if (login.begunAt <= this.#endedEvery || (mark !== undefined && endedBy(mark, login))) return false
    this.#write(login)
    this.#own(login.owner, login.id)
    if (this.#logins.size > this.#most) this.#makeRoom()
    return true
  }

  async find (id: string): Promise<LoginRecord | null> {
    return this.#read(id)
  }

  async update (login: LoginRecord, expectedVersion: number): Promise<boolean> {
    if (this.#read(login.id)?.version !== expectedVersion) return false
    this.#write(login)
    return true
  }

  async remove (id: string): Promise<void> {
    const login = this.#read(id)
    if (login !== null) this.#forget(login)
  }

  async removeAll (owner: string | null, exceptId?: string): Promise<number> {
    const now = Date.now() / 1000
    if (owner === null) {
      const ended = this.#logins.size
      this.#endedEvery = now
      this.#logins.clear()
      this.#owned.clear()
      return ended
    }
    const ended = this.#listed(owner).filter(({ id }) => id !== exceptId)
    for (const login of ended) this.#forget(login)
    this.#mark(owner, now, exceptId)
    return ended.length
  }

  async list (owner: string): Promise<LoginRecord[]> {
    return this.#listed(owner)
  }

  #read (id: string): LoginRecord | null {
    const kept = this.#logins.get(id)
    if (kept === undefined) return null
    const login = JSON.parse(kept) as LoginRecord
    if (login.keepUntil > Date.now() / 1000) return login
    this.#forget(login)
    return null
  }

  /** Writing again makes a login the one most recently changed. */
  #write (login: LoginRecord): void {
    this.#logins.delete(login.id)
    this.#logins.set(login.id, JSON.stringify(login))
  }

  #listed (owner: string): LoginRecord[] {
    const owned = this.#owned.get(owner) ?? []
    return (typeof owned === 'string' ? [owned] : [...owned]).flatMap((id) => this.#read(id) ?? [])
  }

  #own (owner: string, id: string): void {
    const owned = this.#owned.get(owner)
    if (owned === undefined) this.#owned.set(owner, id)
    else if (typeof owned === 'string') this.#owned.set(owner, new Set([owned, id]))
    else owned.add(id)
  }

  #forget ({ id, owner }: LoginRecord): void {
    this.#logins.delete(id)
    const owned = this.#owned.get(owner)
    if (owned instanceof Set) owned.delete(id)
    if (owned === id || (owned instanceof Set && owned.size === 0)) this.#owned.delete(owner)
  }

  #makeRoom (): void {
    const [oldest] = this.#logins.keys()
    const login = this.#read(oldest as string)
    if (login !== null) this.#forget(login)
  }

  #mark (owner: string, at: number, exceptId: string | undefined): void {
    const before = this.#marks.get(owner)
    const strictlyAt = before === undefined || before.exceptId === exceptId ? before?.strictlyAt ?? 0 : before.at
    this.#marks.delete(owner)
    this.#marks.set(owner, { at, exceptId, strictlyAt })
    for (const [known, mark] of this.#marks) {
      if (mark.at > at - markLife) return
      this.#marks.delete(known)
    }
  }
}
