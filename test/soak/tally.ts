/**
 * Counts what happened in a soak, and keeps what went wrong.
 *
 * @module
 */

/** Wrong answers that are told one by one; the others are only counted. */
const mostTold = 20

export class Tally {
  readonly #counts = new Map<string, number>()
  readonly #wrong: string[] = []
  #wrongs = 0
  #answers = 0

  count (what: string): void {
    this.#counts.set(what, (this.#counts.get(what) ?? 0) + 1)
  }

  wrong (sentence: string): void {
    this.#wrongs++
    if (this.#wrong.length < mostTold) this.#wrong.push(sentence)
  }

  /** How often something was counted. */
  times (what: string): number {
    return this.#counts.get(what) ?? 0
  }

  /** Counts an answer that was neither lost nor put off. */
  answer (): void {
    this.#answers++
  }

  get answers (): number {
    return this.#answers
  }

  get wrongs (): number {
    return this.#wrongs
  }

  toString (): string {
    const counts = Array.from(this.#counts, ([what, count]) => `${count.toLocaleString('en').padStart(12)}  ${what}`)
    return [...counts, `${this.#wrongs.toLocaleString('en').padStart(12)}  wrong answers`, ...this.#wrong.map((sentence) => `  wrong: ${sentence}`)].join('\n')
  }
}
