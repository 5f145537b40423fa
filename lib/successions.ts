/**
 * Remembers for a while which browsers were given another login, so that a late answer does not take it from them.
 *
 * @module
 */
import { LruMap } from 'toad-cache'

interface Succession { readonly count: number, readonly by: string }

// More than there are while a request takes; forgetting one costs a visitor a login at the worst, and lets nobody in.
const remembered = 10_000

/** By family, what followed the logins that a browser came with. */
export class Successions {
  readonly #successions = new LruMap<Succession>(remembered)

  /** How many there were: what a request notes when it arrives, finer than any clock. */
  count = 0

  /**
   * Notes that a browser which came with one family was given a login of another, or a newer one of the same.
   * Returns what takes the note back, where nothing has been noted of the family since.
   */
  note (family: string, by: string): () => void {
    const before = this.#successions.get(family)
    const succession = { count: ++this.count, by }
    this.#successions.set(family, succession)
    return () => {
      if (this.#successions.get(family) !== succession) return
      if (before === undefined) this.#successions.delete(family)
      else this.#successions.set(family, before)
    }
  }

  /** Whether a browser which came with a family was given any newer login since then; null: it came with none. */
  followed (family: string | null, since: number): boolean {
    return this.#following(family, since) !== undefined
  }

  /** Whether it was given one of another family. */
  replaced (family: string | null, since: number): boolean {
    const following = this.#following(family, since)
    return following !== undefined && following.by !== family
  }

  #following (family: string | null, since: number): Succession | undefined {
    const latest = this.#successions.get(family)
    return latest !== undefined && latest.count > since ? latest : undefined
  }
}
