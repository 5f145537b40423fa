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

  /** After the place of the last record of an owner: where to begin with `ofOwner`. */
  endOfOwner (owner: string): number {
    return this.#byOwner.get(owner).length
  }

  /**
   * The records of an owner at the so many places before a place. Who goes down from `endOfOwner` to 0, also with
   * changes in between, meets every record that stays: the last one takes the place of one that is deleted.
   */
  ofOwner (owner: string, before: number, count: number): FoundRecord[] {
    const addresses = this.#byOwner.get(owner).slice(Math.max(0, before - count), before)
    return this.#read(addresses).filter(({ record }) => record.owner === owner)
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
  some (count: number): FoundRecord[] {
    const records: FoundRecord[] = []
    while (records.length < Math.min(count, this.#count)) records.push(...this.#read(this.#byId.next()))
    return records
  }

  /** Of the owner who has the most records the first so many; none where nobody has more than one. */
  ofLargestOwner (count: number): FoundRecord[] {
    return this.#read(this.#byOwner.most().slice(0, count))
  }

  clear (): void {
    for (const kept of [this.#records, this.#byId, this.#byOwner]) kept.clear()
    this.#count = 0
  }

  #read (addresses: readonly number[]): FoundRecord[] {
    return addresses.map((address) => ({ record: this.#records.read(address), address }))
  }
}
