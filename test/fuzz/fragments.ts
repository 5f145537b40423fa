/**
 * Pieces of which hostile texts are made.
 *
 * @module
 */
import type { Random } from './random.ts'

/** What parsers of cookies, headers, queries and URLs take for something. */
export const fragments: readonly string[] = [
  '.', '..', '/', '//', '/\\', '\\', '\\\\', '?', '#', '&', '=', ';', ',', ':', '@', '|', '"', "'", '`', ' ', '+', '-', '_', '~', '*', '!', '$', '(', ')', '[', ']', '{', '}', '<', '>', '^',
  '%', '%00', '%09', '%0a', '%0d%0a', '%20', '%22', '%25', '%2e', '%2f', '%2F%2f', '%3a', '%3b', '%40', '%5c', '%5C', '%6cogin', '%c0%af', '%e0%80%af', '%ff', '%zz', '%u002f', '%E0%A4%A',
  'http:', 'https:', 'javascript:', 'data:', 'file:', 'evil.example', 'localhost', '127.0.0.1', '[::1]', 'https://www.example.org', 'www.example.org', 'https://evil.example', '//evil.example',
  'login', '/login', 'confirm', 'members', 'next', 'next=', 'next[]=', 'next[__proto__]=', '__proto__', 'constructor', 'prototype', 'toString', 'null', 'undefined', 'true', '0', '-1', '1e9', 'NaN',
  '\u00e9', '\u00a0', '\u0085', '\u00ff', '\u0080', 'a', 'A', 'x', 'z'.repeat(50), 'Set-Cookie:', 'text/html', 'application/json', 'navigate', ';q=', ';q=0', '*/*', 'q=1.5'
]

/** Characters that no header carries, but a body or a parameter does. */
export const wideFragments: readonly string[] = [
  ...fragments, '\t', '\n', '\r', '\r\n', '\u0000', '\u001f', '\u007f', '\u2028', '\u3002', '\uff0f', '\uff3c', '\u2215', '\ud800', '\udfff', '\ufeff', '\u{1f600}', '\u65e5\u672c', '\u0130', '\u202e'
]

/** Text that a header can carry: Latin-1 without control characters. */
export function headerText (random: Random): string {
  if (random.chance(0.3)) return [...random.bytes(40)].filter((byte) => (byte >= 0x20 && byte !== 0x7f)).map((byte) => String.fromCharCode(byte)).join('')
  return random.joined(fragments, 12)
}

/** Any text at all. */
export function wideText (random: Random): string {
  if (random.chance(0.2)) return random.bytes(40).toString(random.pick(['latin1', 'utf8', 'utf16le']))
  return random.joined(wideFragments, 10)
}
