/**
 * Remembers what cookies said that were opened before, so that a busy browser's cookie is unsealed twice and then no more.
 *
 * @module
 */
import { LruMap } from 'toad-cache'

// At about 1 kB an entry this holds the busy browsers of a process in 4 MB.
const most = 4096

// Hashing a whole cookie takes longer than all the rest; its end is part of a random nonce, and tells them apart.
const tail = 16

// A part of a string keeps the whole alive, here the Cookie header of up to 16 kB.
function flat (text: string): string {
  return Buffer.from(text, 'latin1').toString('latin1')
}

// Where more browsers take turns than fit, keeping what each brings would cost more than opening it: a cookie is kept
// when it comes for the second time while its place among those seen once has not been taken.
const seenOnce = 4096

/** A number that tells the ends of cookies apart well enough to say "seen before"; to be wrong costs a place in the memory. */
function fingerprint (end: string): number {
  let print = 0
  for (let index = 0; index < end.length; index++) print = Math.imul(print, 31) + end.charCodeAt(index) | 0
  return print
}

interface Opened<Facts> { readonly cookie: string, readonly facts: Facts }

/** A bounded memory from the value of a cookie to what it says. */
export class OpenedCookies<Facts> {
  private readonly opened = new LruMap<Opened<Facts>>(most)
  private readonly seen = new Int32Array(seenOnce)

  get (cookie: string): Facts | undefined {
    const known = this.opened.get(cookie.slice(-tail))
    return known !== undefined && known.cookie === cookie ? known.facts : undefined
  }

  set (cookie: string, facts: Facts): void {
    const end = cookie.slice(-tail)
    const print = fingerprint(end)
    const place = print & (seenOnce - 1)
    if (this.seen[place] === print) this.opened.set(flat(end), { cookie: flat(cookie), facts })
    else this.seen[place] = print
  }
}
