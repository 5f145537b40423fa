/**
 * Random numbers that come again with their seed, and what a fuzzer draws with them.
 *
 * @module
 */
export class Random {
  #state: number

  constructor (seed: number) {
    this.#state = seed | 0
  }

  /** Mulberry32: quick, and even enough to choose by. */
  next (): number {
    this.#state = (this.#state + 0x6d2b79f5) | 0
    let mixed = Math.imul(this.#state ^ (this.#state >>> 15), 1 | this.#state)
    mixed = (mixed + Math.imul(mixed ^ (mixed >>> 7), 61 | mixed)) ^ mixed
    return ((mixed ^ (mixed >>> 14)) >>> 0) / 4294967296
  }

  /** A whole number from 0, below so many. */
  below (end: number): number {
    return Math.floor(this.next() * end)
  }

  pick<Value> (values: readonly Value[]): Value {
    return values[this.below(values.length)] as Value
  }

  chance (share: number): boolean {
    return this.next() < share
  }

  bytes (most: number): Buffer {
    return Buffer.from(Array.from({ length: this.below(most + 1) }, () => this.below(256)))
  }

  /** Some of these fragments, one after the other. */
  joined (fragments: readonly string[], most: number): string {
    return Array.from({ length: this.below(most + 1) }, () => this.pick(fragments)).join('')
  }
}
