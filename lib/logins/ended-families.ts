/**
 * The families of logins that were ended by an id alone, whichever user's they are.
 *
 * @module
 */

/** When a family ended, as a moment, and when whatever belongs to it will have expired, by the clock. */
export interface EndedFamily { readonly at: number, readonly until: number }

/** Bounded: the oldest goes when there is no room, and whoever keeps the list must make up for it. */
export class EndedFamilies {
  readonly #ended = new Map<string, EndedFamily>()
  readonly #capacity: number

  constructor (capacity: number) {
    this.#capacity = capacity
  }

  has (family: string): boolean {
    return this.#ended.size > 0 && this.#ended.has(family)
  }

  /** Ends a family. Returns the one that had to go; null where there was room. */
  end (family: string, at: number, until: number): EndedFamily | null {
    this.#ended.delete(family)
    this.#ended.set(family, { at, until })
    if (this.#ended.size <= this.#capacity) return null
    const [oldest, end] = this.#ended.entries().next().value as [string, EndedFamily]
    this.#ended.delete(oldest)
    return end
  }

  clear (): void {
    this.#ended.clear()
  }
}
