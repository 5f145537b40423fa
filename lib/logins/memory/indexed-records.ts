/**
 * Records in memory, found by their id and by their owner.
 *
 * @module
 */
import type { LoginRecord } from '../store.ts'
import { AddressIndex } from './address-index.ts'
import { PackedRecords } from './packed-records.ts'

/** A record, and where it is kept. */
export interface FoundRecord { readonly record: LoginRecord, readonly address: number }

export class IndexedRecords {
  readonly #records = new PackedRecords()
  readonly #byId = new AddressIndex()
  readonly #byOwner = new AddressIndex()
  #count = 0

  get count (): number {
    return this.#count
  }

  add (record: LoginRecord): void {
    const address = this.#records.keep(record)
    this.#byId.add(record.id, address)
    this.#byOwner.add(record.owner, address)
    this.#count++
  }

  find (id: string): FoundRecord | null {
    for (const address of this.#byId.get(id)) {
      const record = this.#records.read(address)
      if (record.id === id) return { record, address }
    }
    return null
  }

  ofOwner (owner: string): LoginRecord[] {
    return this.#read(this.#byOwner.get(owner)).filter((record) => record.owner === owner)
  }

  replace ({ address: before }: FoundRecord, record: LoginRecord): void {
    const address = this.#records.replace(before, record)
    if (address === before) return
    this.#byId.replace(record.id, before, address)
    this.#byOwner.replace(record.owner, before, address)
  }

  delete ({ record, address }: FoundRecord): void {
    this.#byId.delete(record.id, address)
    this.#byOwner.delete(record.owner, address)
    this.#records.release(address)
    this.#count--
  }

  /** The next so many in turn, or a few more, and after the last one the first again; all where there are fewer. */
  some (count: number): LoginRecord[] {
    const records: LoginRecord[] = []
    while (records.length < Math.min(count, this.#count)) records.push(...this.#read(this.#byId.next()))
    return records
  }

  clear (): void {
    for (const kept of [this.#records, this.#byId, this.#byOwner]) kept.clear()
    this.#count = 0
  }

  #read (addresses: readonly number[]): LoginRecord[] {
    return addresses.map((address) => this.#records.read(address))
  }
}
