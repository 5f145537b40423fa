/**
 * Ids of logins as somebody would make them up who knows some: like one, of two, of nothing, and what is no id at all.
 *
 * @module
 */
import { wideText } from './fragments.ts'
import type { Random } from './random.ts'

const characters = [...'ABCDEFGHIJKLMNOPQRSTUVWXYZabcdefghijklmnopqrstuvwxyz0123456789-_']
const strange = [...' .%/+=~*,:;"\'\\\n\r\t\u0000\u007f\u00e9\u2028\ud800']

type Draw = (random: Random, id: string, other: string) => unknown

/** Like an id, and as long. */
const near: readonly Draw[] = [
  (random, id) => put(random, id, 1, random.pick(characters)),
  (random, id) => put(random, put(random, id, 1, random.pick(characters)), 1, random.pick(characters)),
  (random, id, other) => { const at = random.below(id.length); return id.slice(0, at) + other.slice(at) },
  (random, id) => { const at = 1 + random.below(id.length - 1); return id.slice(at) + id.slice(0, at) },
  (random, id) => { const at = random.below(id.length); return id.slice(0, at) + swapCase(id.slice(at)) },
  (random) => Array.from({ length: 33 }, () => random.pick(characters)).join('')
]

/** Like an id, and longer, shorter or of other characters. */
const off: readonly Draw[] = [
  (random, id) => id.slice(0, random.below(id.length)),
  (random, id) => id.slice(1 + random.below(id.length)),
  (random, id) => put(random, id, 1, random.pick(strange)),
  (random, id) => put(random, id, 0, random.pick([...characters, ...strange])),
  (random, id) => put(random, id, random.below(5), wideText(random)),
  (random, id, other) => id + random.pick(['', ...strange]) + other,
  (random, id) => id + wideText(random),
  (random, id) => wideText(random) + id,
  (random, id) => encodeURIComponent(put(random, id, 1, '%')),
  (random, id) => Buffer.from(id).subarray(random.below(9)).toString(random.pick(['hex', 'base64', 'base64url', 'utf16le'])),
  (random) => wideText(random),
  (random) => random.pick(characters).repeat(random.below(10_000))
]

/** No text. */
const others: readonly Draw[] = [
  (random) => random.pick([null, undefined, true, false, Number.NaN, Symbol.iterator, '__proto__', 'constructor']),
  (random) => random.next() * 10 ** random.below(40) - 1,
  (random, id, other) => random.pick([[id], [id, other], { id }, { toString: () => id }, { length: 33 }, new Date(random.below(2 ** 31)), random.bytes(33), Object(id)])
]

/** Not one of these ids. */
export function drawLoginId (random: Random, ids: readonly [string, string]): unknown {
  const [id, other] = random.chance(0.5) ? ids : [ids[1], ids[0]]
  const drawn = random.pick(random.pick([near, near, off, off, off, others]))(random, id, other)
  return ids.includes(drawn as string) ? '' : drawn
}

/** The text with something in place of so many of its characters. */
function put (random: Random, text: string, gone: number, put: string): string {
  const at = random.below(text.length)
  return text.slice(0, at) + put + text.slice(at + gone)
}

function swapCase (text: string): string {
  return text.replace(/[a-z]|[A-Z]/g, (letter) => letter === letter.toUpperCase() ? letter.toLowerCase() : letter.toUpperCase())
}
