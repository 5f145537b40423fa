/**
 * Texts that come again and again, kept once and named by their number.
 *
 * @module
 */
export class Words {
  readonly #words: string[] = []
  readonly #numbers = new Map<string, number>()
  readonly #most: number

  /** Keeps so many at the most, lest visitors fill it. */
  constructor (most: number) {
    this.#most = most
  }

  /** Undefined for one more than are kept. */
  numberOf (word: string): number | undefined {
    const known = this.#numbers.get(word)
    if (known !== undefined || this.#words.length === this.#most) return known
    this.#numbers.set(word, this.#words.length)
    return this.#words.push(word) - 1
  }

  word (number: number): string {
    return this.#words[number] as string
  }
}
