/**
 * A secret in the shapes in which it may stand in the wrong place by mistake, and a look for it in whatever is told.
 *
 * @module
 */
import assert from 'node:assert/strict'
import { inspect } from 'node:util'

export const canary = 'c4nary/Secret+0123456789=='

/** How the secret is written wherever it might come out. */
const bytes = Buffer.from(canary)
const spellings = [
  canary, encodeURIComponent(canary), 'c4nary', bytes.toString('base64').slice(0, 30), bytes.toString('hex').slice(0, 30)
]

class Telling {
  readonly secret = canary
  toString (): string { return canary }
  toJSON (): string { return canary }
  [inspect.custom] (): string { return canary }
}

export const misplaced: ReadonlyArray<readonly [what: string, value: unknown]> = [
  ['a string', canary],
  ['a short string', 'c4nary'],
  ['an address', `redis://:${canary}@localhost:6379`],
  ['an address of a page', `https://ada:${encodeURIComponent(canary)}@example.org/login`],
  ['a path', `/${canary} `],
  ['an object', { password: canary }],
  ['a deep object', { one: { two: { three: canary } } }],
  ['an array', [canary]],
  ['a deep array', [[[canary]]]],
  ['the source of a function', Object.assign(function () { return 'c4nary/Secret+0123456789==' }, { secret: canary })],
  ['an object that tells it', new Telling()],
  ['bytes', Buffer.from(canary)],
  ['a symbol', Symbol(canary)],
  ['an error', new Error(canary)],
  ['a URL', new URL(`https://ada:${encodeURIComponent(canary)}@example.org/`)],
  ['a map', new Map([[canary, canary]])]
]

/** Fails where the secret stands in an error, its stack, its causes or whatever else hangs on it. */
export function assertUntold (told: unknown, where: string): void {
  const deep = { depth: 20, showHidden: true, getters: true }
  const whole = (one: unknown) => typeof one === 'string' ? one : inspect(one, deep)
  const text = [told, (told as Error | null)?.message, (told as Error | null)?.stack].map(whole).join('\n')
  for (const spelling of spellings) assert.equal(text.includes(spelling), false, `${where}: ${text.slice(0, 300)}`)
}
