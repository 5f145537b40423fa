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

/** No login's id, and no owner. */
const everyone = ''

/** The logins, owners and times at which something ended, or was superseded, in this process. */
export class RecentEnds {
  readonly #changed = new LruMap<true>(remembered, milliseconds)

  /** Notes a login by its id, or all of an owner's. */
  note (idOrOwner: string): void {
    this.#changed.set(idOrOwner, true)
  }

  noteEvery (): void {
    this.#changed.set(everyone, true)
  }

  /** Whether a record that was found a moment ago may not be the truth any more. */
  concern ({ id, owner }: LoginRecord): boolean {
    return [id, owner, everyone].some((one) => this.#changed.get(one) === true)
  }
}
