/**
 * Remembers what cookies said that were opened before, so that a busy browser's cookie is unsealed once.
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

interface Opened<Facts> { readonly cookie: string, readonly facts: Facts }

/** A bounded memory from the value of a cookie to what it says. */
export class OpenedCookies<Facts> {
  private readonly opened = new LruMap<Opened<Facts>>(most)

  get (cookie: string): Facts | undefined {
    const known = this.opened.get(cookie.slice(-tail))
    return known !== undefined && known.cookie === cookie ? known.facts : undefined
  }

  set (cookie: string, facts: Facts): void {
    const copy = flat(cookie)
    this.opened.set(flat(cookie.slice(-tail)), { cookie: copy, facts })
  }
}
