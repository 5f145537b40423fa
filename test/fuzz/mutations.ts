/**
 * What can be made of a genuine cookie: bits, pieces and mixtures of it.
 *
 * @module
 */
import type { Random } from './random.ts'

/** The value with one bit of its decoded bytes turned over; bits are counted through both parts. */
export function flipBit (value: string, bit: number): string {
  const parts = value.split('.').map((part) => Buffer.from(part, 'base64url'))
  let at = bit
  for (const part of parts) {
    if (at < part.length * 8) {
      part[at >> 3] = part[at >> 3] as number ^ (1 << (at & 7))
      break
    }
    at -= part.length * 8
  }
  return parts.map((part) => part.toString('base64url')).join('.')
}

export function bitsOf (value: string): number {
  return value.split('.').reduce((bits, part) => bits + Buffer.from(part, 'base64url').length * 8, 0)
}

const mutations: ReadonlyArray<(random: Random, value: string, other: string) => string> = [
  (random, value) => flipBit(value, random.below(bitsOf(value))),
  (random, value) => flipBit(flipBit(value, random.below(bitsOf(value))), random.below(bitsOf(value))),
  (random, value) => value.slice(0, random.below(value.length)),
  (random, value) => value.slice(1 + random.below(value.length - 1)),
  (random, value) => splice(value, random.below(value.length), 1, random.pick(characters)),
  (random, value) => splice(value, random.below(value.length), 0, random.pick(characters)),
  (random, value) => splice(value, random.below(value.length), 1 + random.below(20), ''),
  (random, value) => splice(value, random.below(value.length), 0, random.bytes(20).toString('base64url')),
  (random, value, other) => { const at = random.below(value.length); return value.slice(0, at) + other.slice(at) },
  (_random, value, other) => `${value.split('.')[0]}.${other.split('.')[1]}`,
  (_random, value, other) => value + other,
  (_random, value) => value.split('.').reverse().join('.'),
  (random, value) => random.pick(['"', ' ', '', '%', '.', '=']) + value + random.pick(['"', '=', '.', '%00', '%', '.A', 'A']),
  (_random, value) => value.toUpperCase(),
  (_random, value) => Buffer.from(value).toString('base64url'),
  (random) => `${random.bytes(300).toString('base64url')}.${Buffer.alloc(24, random.below(256)).toString('base64url')}`
]

const characters = [...'ABCDEFGHIJKLMNOPQRSTUVWXYZabcdefghijklmnopqrstuvwxyz0123456789-_.+/=%"\u00e9']

function splice (value: string, at: number, gone: number, put: string): string {
  return value.slice(0, at) + put + value.slice(at + gone)
}

/** Something made of a genuine value, and of another one; not the value itself. */
export function mutate (random: Random, value: string, other: string): string {
  const mutated = random.pick(mutations)(random, value, other)
  return mutated === value || mutated === other ? `${mutated}.` : mutated
}
