import assert from 'node:assert/strict'
import { describe, it } from 'node:test'
import { MemoryStore } from 'fastify-login'
import { AddressIndex } from '../lib/logins/memory/address-index.ts'
import { Shapes } from '../lib/logins/memory/form.ts'
import { PackedRecords } from '../lib/logins/memory/packed-records.ts'
import { Packer } from '../lib/logins/memory/packer.ts'
import { Pages } from '../lib/logins/memory/pages.ts'
import { Unpacker } from '../lib/logins/memory/unpacker.ts'
import { Words } from '../lib/logins/memory/words.ts'
import { digest, makeRecord, next } from '../lib/testing/login-store/setting.ts'

/** Packs each value for the first time, when room has been made for none. */
function packed (value: unknown): { size: number, unpacked: unknown } {
  const shapes = new Shapes()
  const bytes = new Packer(shapes).pack(value)
  return { size: bytes.length, unpacked: new Unpacker(shapes).unpack(bytes, 0) }
}

describe('a packed value', () => {
  const sha256 = `${'A_-z'.repeat(10)}AA8`
  const sizes: ReadonlyArray<readonly [value: unknown, bytes: number]> = [
    [null, 1], [true, 1], [false, 1],
    [0, 2], [1, 2], [255, 2], [256, 7], [0.001, 7], [1.5, 7], [1763800000.123, 7], [(2 ** 48 - 1) / 1000, 7],
    [2 ** 48 / 1000, 9], [2 ** 53, 9], [-1, 9], [-1.5, 9], [0.0001, 9], [Math.PI, 9],
    ['', 2], ['text', 6], ['\0\u007f\u0080ÿ', 6], ['x'.repeat(254), 256], ['x'.repeat(255), 261], ['x'.repeat(256), 262],
    ['Ā', 4], ['名前', 6], ['\ud800', 4], ['名'.repeat(254), 510], ['名'.repeat(255), 516],
    [sha256, 33], [sha256.replace('8', 'B'), 45], [`x${sha256}`, 46], [`${sha256}x`, 46], [sha256.replace('_', '+'), 45], [sha256.slice(1), 44],
    [[], 2], [[null, [true]], 6], [Array.from({ length: 255 }, () => null), 261], [{}, 2], [{ one: 1, two: null }, 5]
  ]
  for (const [value, bytes] of sizes) {
    const text = JSON.stringify(value)
    it(`comes back as it was, out of ${bytes} bytes: ${text.length < 60 ? text : `${text.slice(0, 20)}… (${text.length} characters)`}`, () => {
      assert.deepEqual(packed(value), { size: bytes, unpacked: value })
    })
  }

  // Room is made for 1,024 bytes at first, and text may take two bytes for a character.
  const lengths = [500, 1000].flatMap((from) => Array.from({ length: 30 }, (_, more) => from + more))

  it('comes back as it was at every size about which the room for it runs out', () => {
    for (const length of lengths) {
      for (const value of ['x'.repeat(length), '名'.repeat(length), Array.from({ length }, () => true), Array.from({ length }, () => 7)]) {
        assert.deepEqual(packed(value).unpacked, value, `${length} times ${value[0]}`)
      }
      for (const last of [digest(), 1763800000.123, Math.PI, 7, 'Ā', [], { last: true }]) {
        const value = [...Array.from({ length }, () => true), last]
        assert.deepEqual(packed(value).unpacked, value, `${length} bytes before ${JSON.stringify(last)}`)
      }
    }
  })

  it('is null where it was undefined, which JSON has not', () => {
    assert.deepEqual(packed({ one: undefined }), { size: 3, unpacked: { one: null } })
  })

  it('of a kind that came before takes no more room than the first of its kind', () => {
    const packer = new Packer(new Shapes())
    for (let time = 0; time < 300; time++) assert.equal(packer.pack({ one: 1, two: { three: null } }).length, 7)
  })
})

describe('the pages of a MemoryStore', () => {
  const piece = (bytes: number, filling = 1) => Buffer.alloc(bytes, filling)

  it('are filled to their end', () => {
    const pages = new Pages()
    const units = 2 ** 20 / 16
    const addresses = Array.from({ length: 5 }, () => pages.keep(piece(2 ** 18 - 4)))
    assert.deepEqual(addresses, [0, units / 4, units / 2, units * 3 / 4, units])
  })

  it('have no gaps but to the next multiple of 16 bytes, with 4 for the length', () => {
    const pages = new Pages()
    const addresses = [0, 12, 13, 28, 29, 1].map((bytes) => pages.keep(piece(bytes)))
    assert.deepEqual(addresses, [0, 1, 2, 4, 6, 9])
  })

  it('hold what is larger than a page on one of its own', () => {
    const pages = new Pages()
    const units = 2 ** 20 / 16
    const large = piece(3 * 2 ** 20, 7)
    const addresses = [piece(10), large, piece(10), piece(10)].map((bytes) => pages.keep(bytes))
    assert.deepEqual(addresses, [0, units, units * 2, units * 2 + 1])
    const { page, start } = pages.at(addresses[1]!)
    assert.deepEqual(page.subarray(start, start + large.length), large)
  })

  it('give room that became free to the next of that size', () => {
    const pages = new Pages()
    const [first, second] = [pages.keep(piece(100)), pages.keep(piece(100)), pages.keep(piece(10))]
    pages.release(first!)
    pages.release(second!)
    const again = [pages.keep(piece(200)), pages.keep(piece(108)), pages.keep(piece(97)), pages.keep(piece(100))]
    assert.deepEqual(again, [15, second, first, 28])
  })

  it('keep what is replaced where it was, unless it needs other room', () => {
    const pages = new Pages()
    const address = pages.keep(piece(100))
    assert.equal(pages.replace(address, piece(108)), address)
    assert.notEqual(pages.replace(address, piece(109)), address)
    assert.equal(pages.keep(piece(100)), address)
  })
})

describe('a packed record', () => {
  it('takes the room of one that is gone, and the first there is where all are', () => {
    const records = new PackedRecords()
    const [first, second] = [records.keep(makeRecord()), records.keep(makeRecord())]
    records.release(first)
    assert.equal(records.keep(makeRecord()), first)
    assert.notEqual(second, first)
    records.clear()
    assert.equal(records.keep(makeRecord()), first)
  })
})

describe('words that come again', () => {
  it('have one number each, up to the most that are kept', () => {
    const words = new Words(3)
    assert.deepEqual(['one', 'one', 'two', 'one', 'three', 'four', 'two'].map((word) => words.numberOf(word)), [0, 0, 1, 0, 2, undefined, 1])
    assert.deepEqual([0, 1, 2].map((number) => words.word(number)), ['one', 'two', 'three'])
  })
})

describe('logins whose names are found in one place', () => {
  /** Two texts that an index takes for the same: with 32 bits of hash, some of 300,000 are found by that of another. */
  function collision (): [string, string] {
    const index = new AddressIndex()
    const known = Array.from({ length: 300_000 }, (_, number) => `known ${number}`)
    known.forEach((text, address) => index.add(text, address))
    for (let number = 0; ; number++) {
      const [address] = index.get(`other ${number}`)
      if (address !== undefined) return [known[address]!, `other ${number}`]
    }
  }

  it('are told apart', async () => {
    const [one, other] = collision()
    const store = new MemoryStore()
    const records = [one, other].map((name) => makeRecord({ id: name, owner: name }))
    const [first, second] = records
    await store.create(first!)
    assert.equal(await store.find(other), null)
    assert.deepEqual(await store.list(other), [])
    assert.equal(await store.remove(other), false)
    assert.equal(await store.removeAll(other), 0)
    assert.equal(await store.update(next(second!), 0), false)
    const third = makeRecord({ id: other, owner: other, begunAt: Date.now() / 1000 + 1 })
    await store.create(third)
    const changed = next(third, { userAgent: 'x'.repeat(1000) })
    assert.equal(await store.update(changed, 0), true)
    for (const record of [first!, changed]) {
      assert.deepEqual(await store.find(record.id), record)
      assert.deepEqual(await store.list(record.owner), [record])
    }
    assert.equal(await store.remove(one), true)
    assert.deepEqual([await store.find(one), await store.find(other)], [null, changed])
    assert.deepEqual([await store.list(one), await store.list(other)], [[], [changed]])
  })
})
