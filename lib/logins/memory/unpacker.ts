/**
 * Reads values that were packed.
 *
 * @module
 */
import { sign, type Shapes } from './form.ts'

export class Unpacker {
  readonly #shapes: Shapes
  #bytes: Buffer = Buffer.alloc(0)
  #at = 0

  constructor (shapes: Shapes) {
    this.#shapes = shapes
  }

  /** The value that begins at a place. */
  unpack (bytes: Buffer, start: number): unknown {
    this.#bytes = bytes
    this.#at = start
    return this.#read()
  }

  #read (): unknown {
    const found = this.#bytes.readUInt8(this.#pass(1))
    if (found === sign.null) return null
    if (found === sign.false || found === sign.true) return found === sign.true
    if (found === sign.byte) return this.#bytes.readUInt8(this.#pass(1))
    if (found === sign.time) return this.#bytes.readUIntLE(this.#pass(6), 6) / 1000
    if (found === sign.number) return this.#bytes.readDoubleLE(this.#pass(8))
    if (found === sign.digest) return this.#bytes.toString('base64url', this.#pass(32), this.#at)
    const count = this.#readCount()
    if (found === sign.text) return this.#bytes.toString('latin1', this.#pass(count), this.#at)
    if (found === sign.wideText) return this.#bytes.toString('utf16le', this.#pass(count * 2), this.#at)
    if (found === sign.list) return Array.from({ length: count }, () => this.#read())
    const object: Record<string, unknown> = {}
    for (const field of this.#shapes.fields(count)) object[field] = this.#read()
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
