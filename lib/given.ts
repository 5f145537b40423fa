/**
 * Says in a message what was given, without showing anything that may be a secret.
 *
 * @module
 */
import { kindOf } from './kind-of.ts'

/** A word, such as a misspelt one of several, or a number. What protects anything is longer, or holds both. */
const plain = /^(?:[a-z]+(?:[-_][a-z]+)*|-?\d+(?:\.\d+)?)$/i

const longest = 20

/** A number, or a word, as it was given: for where no secret is expected; else what kind of value it is. */
export function given (value: unknown): string {
  if (typeof value === 'number') return String(value)
  if (typeof value === 'bigint' && value < 2n ** 64n) return `${value}n`
  const isPlain = typeof value === 'string' && value.length <= longest && plain.test(value)
  return isPlain ? `'${value}'` : kindOf(value)
}

/** The name of an option or event as it was written, unless none could be called that: then it may be anything. */
export function givenName (name: unknown): string {
  if (typeof name !== 'string') return kindOf(name)
  return /^[\w$-]{0,40}$/.test(name) ? name : '…'
}
