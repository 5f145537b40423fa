/**
 * Remembers which logins this process has changed lately, for requests that were waiting for their user meanwhile.
 *
 * @module
 */
import { LruMap } from 'toad-cache'
import type { Moments } from '../moments.ts'
import type { LoginRecord } from './store.ts'

/** How many changes are remembered. */
const remembered = 10_000

/** All logins of everybody: no login's id, and no owner. */
export const everyone = ''

/**
 * What ended, or was superseded, in this process: logins, owners, everybody, each with a count that only rises. When a
 * note has to go, because one user changes thousands of logins, every request that asked before it counts as concerned:
 * the record is then read a second time, and no end is overlooked.
 */
export class RecentEnds {
  /** The oldest note first. */
  readonly #changed = new Map<string, number>()
  /** The count of the latest note that was forgotten. */
  #forgotten = 0
  // By how many there were, and not by an age: that would end early for a clock that is put forward.
  /** When all logins of an owner, or everybody's, were last ended. */
  readonly #allEnded = new LruMap<number>(remembered)
  readonly #moments: Moments

  /** How much has changed so far: what is noted of a record before it is asked for, finer than any clock. */
  count = 0

  constructor (moments: Moments) {
    this.#moments = moments
  }

  /** Notes a login by its id, or all of an owner's. */
  note (idOrOwner: string): void {
    this.#changed.delete(idOrOwner)
    this.#changed.set(idOrOwner, ++this.count)
    if (this.#changed.size > remembered) this.#forgetOldest()
  }

  /** Notes them before, because others may see the change before the store has answered; and after, because a record that was asked for meanwhile may be the older one. */
  async noteAround<Result> (idsOrOwners: readonly string[], change: () => Promise<Result>): Promise<Result> {
    for (const one of idsOrOwners) this.note(one)
    const changed = await change()
    for (const one of idsOrOwners) this.note(one)
    return changed
  }

  /** Whether a record that was asked for at a count may not be the truth any more. */
  concern ({ id, owner }: LoginRecord, askedAt: number): boolean {
    return askedAt < this.#forgotten || [id, owner, everyone].some((one) => (this.#changed.get(one) ?? 0) > askedAt)
  }

  #forgetOldest (): void {
    const [oldest, count] = this.#changed.entries().next().value as [string, number]
    this.#changed.delete(oldest)
    this.#forgotten = count
  }

  /** Notes that all logins of an owner, or everybody's, end while this changes the store. */
  async noteAllEnded<Result> (owner: string, change: () => Promise<Result>): Promise<Result> {
    const note = () => this.#allEnded.set(owner, this.#moments.at(Date.now()) / 1000)
    note()
    const changed = await this.noteAround([owner], change)
    note()
    return changed
  }

  /** Whether all logins of an owner, or everybody's, were ended here since a moment. */
  allEndedSince (owner: string, moment: number): boolean {
    return [owner, everyone].some((one) => (this.#allEnded.get(one) ?? -Infinity) >= moment)
  }
}
