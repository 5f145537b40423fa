/**
 * Packs values into bytes, a record into a third of its JSON: the names of its fields are kept once for all records.
 *
 * @module
 */

/** What stands before a value, and says how it is written. */
const sign = { null: 0, false: 1, true: 2, byte: 3, number: 4, text: 5, wideText: 6, digest: 7, list: 8, object: 9 }

/** SHA-256 as base64url: 32 bytes say it all, because the last character holds four bits. */
const digest = /^[\w-]{42}[AEIMQUYcgkosw048]$/

export class Packing {
  /** The fields of each kind of object, named by its number. */
  readonly #shapes: string[][] = []
  readonly #shapeNumbers = new Map<string, number>()
  #bytes: Buffer = Buffer.allocUnsafeSlow(1024)
  #at = 0

  /** The bytes of plain JSON, good until the next call. The objects in it must be of few kinds. */
  pack (value: unknown): Buffer {
    this.#at = 0
    this.#write(value)
    return this.#bytes.subarray(0, this.#at)
  }

  unpack (bytes: Buffer, start: number): unknown {
    const own = this.#bytes
    this.#bytes = bytes
    this.#at = start
    const value = this.#read()
    this.#bytes = own
    return value
  }

  #write (value: unknown): void {
    if (value === null) this.#sign(sign.null, 0)
    else if (typeof value === 'boolean') this.#sign(value ? sign.true : sign.false, 0)
    else if (typeof value === 'number') this.#writeNumber(value)
    else if (typeof value === 'string') this.#writeText(value)
    else if (Array.isArray(value)) this.#writeList(value)
    else this.#writeObject(value as object)
  }

  #writeNumber (value: number): void {
    const isByte = Number.isInteger(value) && value >= 0 && value < 256
    this.#sign(isByte ? sign.byte : sign.number, 8)
    this.#at = isByte ? this.#bytes.writeUInt8(value, this.#at) : this.#bytes.writeDoubleLE(value, this.#at)
  }

  #writeText (text: string): void {
    if (digest.test(text)) {
      this.#sign(sign.digest, 32)
      this.#at += this.#bytes.write(text, this.#at, 'base64url')
    } else {
      const wide = /[^\0-\xff]/.test(text)
      this.#sign(wide ? sign.wideText : sign.text, 4 + text.length * 2)
      this.#writeCount(text.length)
      this.#at += this.#bytes.write(text, this.#at, wide ? 'utf16le' : 'latin1')
    }
  }

  #writeList (values: unknown[]): void {
    this.#sign(sign.list, 4)
    this.#writeCount(values.length)
    for (const value of values) this.#write(value)
  }

  #writeObject (object: object): void {
    const fields = Object.keys(object)
    this.#sign(sign.object, 4)
    this.#writeCount(this.#shapeOf(fields))
    for (const field of fields) this.#write(object[field as never])
  }

  #shapeOf (fields: string[]): number {
    const name = fields.join()
    const known = this.#shapeNumbers.get(name)
    if (known !== undefined) return known
    this.#shapeNumbers.set(name, this.#shapes.length)
    return this.#shapes.push(fields) - 1
  }

  /** Writes what follows as one byte where it is less than 255, as most counts are. */
  #writeCount (count: number): void {
    this.#at = this.#bytes.writeUInt8(Math.min(count, 255), this.#at)
    if (count >= 255) this.#at = this.#bytes.writeUInt32LE(count, this.#at)
  }

  /** Writes a sign, and makes room for so many bytes after it. */
  #sign (value: number, room: number): void {
    const needed = this.#at + room + 6
    if (needed > this.#bytes.length) this.#bytes = Buffer.concat([this.#bytes], needed * 2)
    this.#at = this.#bytes.writeUInt8(value, this.#at)
  }

  #read (): unknown {
    const found = this.#bytes.readUInt8(this.#pass(1))
    if (found === sign.null) return null
    if (found === sign.false || found === sign.true) return found === sign.true
    if (found === sign.byte) return this.#bytes.readUInt8(this.#pass(1))
    if (found === sign.number) return this.#bytes.readDoubleLE(this.#pass(8))
    if (found === sign.digest) return this.#bytes.toString('base64url', this.#pass(32), this.#at)
    const count = this.#readCount()
    if (found === sign.text) return this.#bytes.toString('latin1', this.#pass(count), this.#at)
    if (found === sign.wideText) return this.#bytes.toString('utf16le', this.#pass(count * 2), this.#at)
    if (found === sign.list) return Array.from({ length: count }, () => this.#read())
    const object: Record<string, unknown> = {}
    for (const field of this.#shapes[count] as string[]) object[field] = this.#read()
    return object
  }

  #readCount (): number {
    const count = this.#bytes.readUInt8(this.#pass(1))
    return count < 255 ? count : this.#bytes.readUInt32LE(this.#pass(4))
  }

  /** Goes on by so many bytes, and gives where they begin. */
  #pass (bytes: number): number {
    const start = this.#at
    this.#at += bytes
    return start
  }
}
