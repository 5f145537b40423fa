/**
 * Finds addresses by a text, without keeping the text: what it finds may be that of another text, if rarely.
 *
 * @module
 */
import { randomBytes } from 'node:crypto'
import { Lengths } from './lengths.ts'

/** Unlike in any other process, lest somebody choose names that are all found in one place. */
const seed = randomBytes(4).readInt32LE()

export class AddressIndex {
  /** By 32 bits of hash. Not in a list where there is one, which is so for most: a list costs a hundred bytes. */
  readonly #addresses = new Map<number, number | number[]>()
  readonly #lengths = new Lengths()
  #turn = this.#addresses.values()

  get (text: string): readonly number[] {
    const found = this.#addresses.get(hash(text))
    return found === undefined ? [] : listed(found)
  }

  add (text: string, address: number): void {
    const key = hash(text)
    const found = this.#addresses.get(key)
    if (Array.isArray(found)) found.push(address)
    else this.#addresses.set(key, found === undefined ? address : [found, address])
    if (found !== undefined) this.#lengths.grew(key, Array.isArray(found) ? found.length : 2)
  }

  /** Looks from the end, so that to delete many of one text, the last one first, takes no longer for there being many. */
  delete (text: string, address: number): void {
    const key = hash(text)
    const found = this.#addresses.get(key)
    if (!Array.isArray(found)) {
      this.#addresses.delete(key)
      return
    }
    const position = found.lastIndexOf(address)
    const last = found.pop() as number
    if (position < found.length) found[position] = last
    this.#lengths.shrank(key, found.length)
    if (found.length === 1) this.#addresses.set(key, found[0] as number)
  }

  replace (text: string, address: number, by: number): void {
    const key = hash(text)
    const found = this.#addresses.get(key)
    if (Array.isArray(found)) found[found.indexOf(address)] = by
    else this.#addresses.set(key, by)
  }

  /** The next of all in turn, and after the last one the first; nothing once a round. */
  next (): readonly number[] {
    const next = this.#turn.next()
    if (next.done !== true) return listed(next.value)
    this.#turn = this.#addresses.values()
    return []
  }

  /** The addresses of the text that has the most; nothing where none has more than one. */
  most (): readonly number[] {
    const key = this.#lengths.longest()
    return key === undefined ? [] : listed(this.#addresses.get(key) as number[])
  }

  clear (): void {
    this.#addresses.clear()
    this.#lengths.clear()
  }
}

function listed (found: number | number[]): readonly number[] {
  return typeof found === 'number' ? [found] : found
}

/** FNV-1a from a seed. */
function hash (text: string): number {
  let hash = seed
  for (let index = 0; index < text.length; index++) hash = Math.imul(hash ^ text.charCodeAt(index), 0x01000193)
  return hash
}
