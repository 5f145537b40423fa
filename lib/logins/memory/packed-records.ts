/**
 * Keeps records in about 300 bytes each, outside the heap: as JSON in the heap one takes more than a kilobyte.
 *
 * @module
 */
import type { LoginRecord } from '../store.ts'
import { Shapes } from './form.ts'
import { Packer } from './packer.ts'
import { Pages } from './pages.ts'
import { Unpacker } from './unpacker.ts'
import { Words } from './words.ts'

/** How many user agents are kept once for all, lest visitors fill the memory with such as never come again. */
const mostAgents = 10_000

export class PackedRecords {
  readonly #shapes = new Shapes()
  readonly #packer = new Packer(this.#shapes)
  readonly #unpacker = new Unpacker(this.#shapes)
  readonly #agents = new Words(mostAgents)
  #pages = new Pages()

  /** Keeps a record, and gives its address. */
  keep (record: LoginRecord): number {
    return this.#pages.keep(this.#pack(record))
  }

  /** Keeps a record in place of another one, and gives its address. */
  replace (address: number, record: LoginRecord): number {
    return this.#pages.replace(address, this.#pack(record))
  }

  read (address: number): LoginRecord {
    const { page, start } = this.#pages.at(address)
    const record = this.#unpacker.unpack(page, start) as Record<keyof LoginRecord, unknown>
    if (typeof record.userAgent === 'number') record.userAgent = this.#agents.word(record.userAgent)
    if (record.data !== null) record.data = JSON.parse(record.data as string)
    return record as LoginRecord
  }

  release (address: number): void {
    this.#pages.release(address)
  }

  clear (): void {
    this.#pages = new Pages()
  }

  #pack (record: LoginRecord): Buffer {
    const { userAgent, data } = record
    return this.#packer.pack({
      ...record,
      userAgent: this.#agents.numberOf(userAgent) ?? userAgent,
      data: data === null ? null : JSON.stringify(data)
    })
  }
}
