/**
 * Keeps pieces of bytes in large pages outside the heap, where none of them costs an object.
 *
 * @module
 */
const pageSize = 2 ** 20

/** Pieces begin at multiples of this many bytes, so that an address is a small integer. */
const unit = 16
const unitsOfPage = pageSize / unit

export class Pages {
  readonly #pages: Buffer[] = []
  /** Addresses that are free, by how many units there are. */
  readonly #free = new Map<number, number[]>()
  #next = 0
  #left = 0

  /** Keeps a copy, and gives its address. */
  keep (bytes: Buffer): number {
    const units = unitsOf(bytes.length)
    const address = this.#free.get(units)?.pop() ?? this.#take(units)
    const { page, start } = this.at(address)
    page.writeUInt32LE(bytes.length, start - 4)
    page.set(bytes, start)
    return address
  }

  /** Keeps other bytes in place of a piece, and gives their address: the same one where they need as much room, being the last that became free. */
  replace (address: number, bytes: Buffer): number {
    this.release(address)
    return this.keep(bytes)
  }

  /** The page of a piece, and where in it the piece begins. */
  at (address: number): { page: Buffer, start: number } {
    return { page: this.#pages[Math.floor(address / unitsOfPage)] as Buffer, start: address % unitsOfPage * unit + 4 }
  }

  release (address: number): void {
    const { page, start } = this.at(address)
    const units = unitsOf(page.readUInt32LE(start - 4))
    const free = this.#free.get(units)
    if (free === undefined) this.#free.set(units, [address])
    else free.push(address)
  }

  /** A piece larger than a page has a page of its own. */
  #take (units: number): number {
    if (units > this.#left) {
      this.#pages.push(Buffer.allocUnsafeSlow(Math.max(pageSize, units * unit)))
      this.#next = (this.#pages.length - 1) * unitsOfPage
      this.#left = unitsOfPage
    }
    const address = this.#next
    this.#next += units
    this.#left = Math.max(0, this.#left - units)
    return address
  }
}

function unitsOf (length: number): number {
  return Math.ceil((length + 4) / unit)
}
