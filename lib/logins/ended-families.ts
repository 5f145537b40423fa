/**
 * The families of logins that were ended by an id alone, whichever user's they are.
 *
 * @module
 */

/** Bounded: the oldest folds into a time, by which every login had begun that it ended. */
export class EndedFamilies {
  readonly #ended = new Map<string, { readonly at: number, readonly until: number }>()
  readonly #capacity: number

  constructor (capacity: number) {
    this.#capacity = capacity
  }

  has (family: string): boolean {
    return this.#ended.size > 0 && this.#ended.has(family)
  }

  /** Ends a family; the time that the list folds into, or 0 where it had room. */
  end (family: string, at: number, until: number): number {
    this.#ended.delete(family)
    this.#ended.set(family, { at, until })
    if (this.#ended.size <= this.#capacity) return 0
    const [oldest, end] = this.#ended.entries().next().value as [string, { at: number, until: number }]
    this.#ended.delete(oldest)
    return end.until > at ? end.at : 0
  }

  clear (): void {
    this.#ended.clear()
  }
}
