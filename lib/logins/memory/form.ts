/**
 * The form in which values are packed: a sign, then what it says follows.
 *
 * @module
 */

/** After a list, a text or an object: how many values or characters, or which shape. Times are milliseconds in six bytes. */
export const sign = {
  null: 0, false: 1, true: 2, byte: 3, time: 4, number: 5, text: 6, wideText: 7, digest: 8, list: 9, object: 10
} as const

export type Sign = typeof sign[keyof typeof sign]

/** The names of the fields of each kind of object, kept once for all of that kind and named by a number. */
export class Shapes {
  readonly #fields: string[][] = []
  readonly #numbers = new Map<string, number>()

  numberOf (fields: string[]): number {
    const name = fields.join()
    const known = this.#numbers.get(name)
    if (known !== undefined) return known
    this.#numbers.set(name, this.#fields.length)
    return this.#fields.push(fields) - 1
  }

  fields (number: number): readonly string[] {
    return this.#fields[number] as string[]
  }
}
