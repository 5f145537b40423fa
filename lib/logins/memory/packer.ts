/**
 * Packs values into bytes, a record into a third of its JSON.
 *
 * @module
 */
import { sign, type Shapes, type Sign } from './form.ts'

/** SHA-256 as base64url: 32 bytes say it all, because the last character holds four bits. */
const digest = /^[\w-]{42}[AEIMQUYcgkosw048]$/

export class Packer {
  readonly #shapes: Shapes
  #bytes: Buffer = Buffer.allocUnsafeSlow(1024)
  #at = 0

  constructor (shapes: Shapes) {
    this.#shapes = shapes
  }

  /** The bytes of plain JSON, good until the next call. The objects in it must be of few kinds. */
  pack (value: unknown): Buffer {
    this.#at = 0
    this.#write(value)
    return this.#bytes.subarray(0, this.#at)
  }

  #write (value: unknown): void {
    if (value === null || value === undefined) this.#sign(sign.null, 0)
    else if (typeof value === 'boolean') this.#sign(value ? sign.true : sign.false, 0)
    else if (typeof value === 'number') this.#writeNumber(value)
    else if (typeof value === 'string') this.#writeText(value)
    else if (Array.isArray(value)) this.#writeList(value)
    else this.#writeObject(value as object)
  }

  #writeNumber (value: number): void {
    const milliseconds = Math.round(value * 1000)
    if (value >= 0 && value < 256 && Number.isInteger(value)) {
      this.#sign(sign.byte, 1)
      this.#at = this.#bytes.writeUInt8(value, this.#at)
    } else if (milliseconds / 1000 === value && milliseconds > 0 && milliseconds < 2 ** 48) {
      this.#sign(sign.time, 6)
      this.#at = this.#bytes.writeUIntLE(milliseconds, this.#at, 6)
    } else {
      this.#sign(sign.number, 8)
      this.#at = this.#bytes.writeDoubleLE(value, this.#at)
    }
  }

  #writeText (text: string): void {
    if (digest.test(text)) {
      this.#sign(sign.digest, 32)
      this.#at += this.#bytes.write(text, this.#at, 'base64url')
    } else {
      const wide = /[^\0-\xff]/.test(text)
      this.#sign(wide ? sign.wideText : sign.text, text.length * 2)
      this.#writeCount(text.length)
      this.#at += this.#bytes.write(text, this.#at, wide ? 'utf16le' : 'latin1')
    }
  }

  #writeList (values: unknown[]): void {
    this.#sign(sign.list, 0)
    this.#writeCount(values.length)
    for (const value of values) this.#write(value)
  }

  #writeObject (object: object): void {
    const fields = Object.keys(object)
    this.#sign(sign.object, 0)
    this.#writeCount(this.#shapes.numberOf(fields))
    for (const field of fields) this.#write(object[field as never])
  }

  /** Writes what follows as one byte where it is less than 255, as most counts are. */
  #writeCount (count: number): void {
    this.#at = this.#bytes.writeUInt8(Math.min(count, 255), this.#at)
    if (count >= 255) this.#at = this.#bytes.writeUInt32LE(count, this.#at)
  }

  /** Writes a sign, and makes room for a count, which takes five bytes at the most, and for so many bytes after it. */
  #sign (value: Sign, room: number): void {
    const needed = this.#at + room + 6
    if (needed > this.#bytes.length) this.#bytes = Buffer.concat([this.#bytes], needed * 2)
    this.#at = this.#bytes.writeUInt8(value, this.#at)
  }
}
