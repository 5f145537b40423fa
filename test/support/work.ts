/**
 * Sees how long the texts are that a call has parsed, encoded or matched: what takes time grows with them.
 *
 * @module
 */

/** The result of a call that awaits nothing, and the longest text that a parser, an encoder or a pattern read in it. */
export function workOf<Result> (call: () => Result): { readonly result: Result, readonly longest: number } {
  let longest = 0
  const read = (text: unknown) => { longest = Math.max(longest, String(text).length) }
  const { URL: Url, encodeURIComponent: encode, decodeURI: decode } = globalThis
  const patterns = RegExp.prototype
  const { exec } = patterns
  globalThis.URL = class extends Url {
    constructor (url: string | URL, base?: string | URL) {
      read(url)
      super(url, base)
    }
  }
  globalThis.encodeURIComponent = (text) => {
    read(text)
    return encode(text)
  }
  globalThis.decodeURI = (text) => {
    read(text)
    return decode(text)
  }
  // `test`, `replace` and `split` go through it, too.
  patterns.exec = function (text) {
    read(text)
    return exec.call(this, text)
  }
  try {
    const result = call()
    return { result, longest }
  } finally {
    Object.assign(globalThis, { URL: Url, encodeURIComponent: encode, decodeURI: decode })
    patterns.exec = exec
  }
}
