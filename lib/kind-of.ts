/**
 * Names the kind of a value, for sentences about what a function of the application returned.
 *
 * @module
 */
import { isThenable } from './chain.ts'

/** What kind of value it is. The value itself is never shown: the sentence may reach a visitor. */
export function kindOf (value: unknown): string {
  if (isThenable(value)) return 'a promise'
  if (Array.isArray(value)) return 'an array'
  if (Buffer.isBuffer(value)) return 'a Buffer'
  switch (typeof value) {
    case 'boolean': return String(value)
    case 'undefined': return 'undefined'
    case 'string': return value === '' ? 'an empty string' : 'a string'
    case 'object': return value === null ? 'null' : objectKind(value)
    default: return `a ${typeof value}`
  }
}

function objectKind (value: object): string {
  const tag = Object.prototype.toString.call(value).slice('[object '.length, -1)
  return tag === 'Object' ? 'an object' : `an object (${tag})`
}
