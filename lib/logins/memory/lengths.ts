/**
 * Knows which of many lists is the longest, without looking at all of them.
 *
 * @module
 */
export class Lengths {
  /** The keys of the lists of each length, from two on. The last entry is never empty. */
  readonly #keys: Array<Set<number> | undefined> = []

  /** Notes that a list has one entry more: so many now, two or more. */
  grew (key: number, length: number): void {
    this.#leave(key, length - 1)
    this.#enter(key, length)
  }

  /** Notes that a list has one entry less: so many now, one or more. */
  shrank (key: number, length: number): void {
    this.#leave(key, length + 1)
    if (length > 1) this.#enter(key, length)
    // Lengths change by one, so this seldom goes further than one step.
    while (this.#keys.length > 0 && this.#keys.at(-1) === undefined) this.#keys.pop()
  }

  /** The key of a longest list: of several, that which has been so long for the longest time. */
  longest (): number | undefined {
    return this.#keys.at(-1)?.values().next().value
  }

  clear (): void {
    this.#keys.length = 0
  }

  #enter (key: number, length: number): void {
    const keys = this.#keys[length]
    if (keys === undefined) this.#keys[length] = new Set([key])
    else keys.add(key)
  }

  #leave (key: number, length: number): void {
    const keys = this.#keys[length]
    keys?.delete(key)
    if (keys?.size === 0) this.#keys[length] = undefined
  }
}
