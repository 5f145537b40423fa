/**
 * Remembers which logins this process has changed lately, for requests that were waiting for their user meanwhile.
 *
 * @module
 */
import { LruMap } from 'toad-cache'
import type { LoginRecord } from './store.ts'

// Longer than a request takes. The records are the truth; this tells when to look at one a second time.
const remembered = 10_000
const milliseconds = 5 * 60 * 1000

/** All logins of everybody: no login's id, and no owner. */
export const everyone = ''

/** What ended, or was superseded, in this process: logins, owners, everybody, each with a count that only rises. */
export class RecentEnds {
  readonly #changed = new LruMap<number>(remembered, milliseconds)

  /** How much has changed so far: what is noted of a record before it is asked for, finer than any clock. */
  count = 0

  /** Notes a login by its id, or all of an owner's. */
  note (idOrOwner: string): void {
    this.#changed.set(idOrOwner, ++this.count)
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
    return [id, owner, everyone].some((one) => (this.#changed.get(one) ?? 0) > askedAt)
  }
}
