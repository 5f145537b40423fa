import fc from 'fast-check'
import assert from 'node:assert/strict'
import { describe, it } from 'node:test'
import { MemoryStore, type LoginRecord } from 'fastify-login'
import { AddressIndex } from '../../lib/logins/memory/address-index.ts'
import { sliceSize } from '../../lib/logins/slices.ts'
import {
  idsOf, makeRecord, makeRecords, next, now, randomOwner, stopClock
} from '../../lib/testing/login-store/setting.ts'
import { turnsDuring } from '../support/turns.ts'

/** Which of some records it holds. */
async function held (store: MemoryStore, records: readonly LoginRecord[]): Promise<LoginRecord[]> {
  const found = await Promise.all(records.map(({ id }) => store.find(id)))
  return found.filter((record) => record !== null)
}

describe('a MemoryStore that is full', () => {
  it('never ends the only login of a user while somebody has thousands', async () => {
    const store = new MemoryStore({ maxLogins: 3000 })
    const single = Array.from({ length: 1000 }, () => makeRecord({ seenAt: now() - 3600 }))
    for (const record of single) await store.create(record)
    const many = makeRecords(randomOwner(), 20_000)
    for (const record of many) await store.create(record)
    assert.equal((await held(store, single)).length, 1000)
    assert.equal((await store.list(many[0]!.owner)).length, 2000)
    const later = Array.from({ length: 1999 }, () => makeRecord())
    for (const record of later) await store.create(record)
    assert.equal((await held(store, [...single, ...later])).length, 2999)
    assert.equal((await store.list(many[0]!.owner)).length, 1)
  })

  it('ends of the user who has the most logins the one that was longest not seen', async () => {
    const store = new MemoryStore({ maxLogins: 8 })
    const others = [...makeRecords(randomOwner(), 2, { seenAt: now() - 900 }), makeRecord({ seenAt: now() - 1000 })]
    const owner = randomOwner()
    const seen = [50, 10, 40, 20, 30].map((ago) => makeRecord({ owner, seenAt: now() - ago }))
    for (const record of [...others, ...seen]) await store.create(record)
    for (const ended of [[0], [0, 2], [0, 2, 4]]) {
      await store.create(makeRecord({ seenAt: now() }))
      assert.deepEqual(await held(store, seen), seen.filter((_, index) => !ended.includes(index)))
    }
    assert.equal((await held(store, others)).length, 3)
  })

  it('ends logins of those who have equally many in turn', async () => {
    const store = new MemoryStore({ maxLogins: 12 })
    const owners = [randomOwner(), randomOwner(), randomOwner()]
    for (const owner of owners) for (const record of makeRecords(owner, 4)) await store.create(record)
    for (let round = 0; round < 6; round++) await store.create(makeRecord())
    assert.deepEqual(await Promise.all(owners.map(async (owner) => (await store.list(owner)).length)), [2, 2, 2])
  })

  it('takes no notice of logins that a user had and has no more', async () => {
    const store = new MemoryStore({ maxLogins: 6 })
    const former = makeRecords(randomOwner(), 5)
    for (const record of former) await store.create(record)
    await store.removeAll(former[0]!.owner, former[4]!.id)
    const pair = makeRecords(randomOwner(), 2)
    for (const record of [...pair, makeRecord(), makeRecord(), makeRecord(), makeRecord()]) await store.create(record)
    assert.equal((await held(store, [former[4]!])).length, 1)
    assert.equal((await held(store, pair)).length, 1)
  })
})

it('the longest list of addresses is known after any changes', () => {
  const steps = fc.array(fc.tuple(fc.boolean(), fc.nat(5)), { maxLength: 200 })
  fc.assert(fc.property(steps, (steps) => {
    const index = new AddressIndex()
    const kept = new Map<string, number[]>()
    let address = 0
    for (const [adds, number] of steps) {
      const name = `name ${number}`
      const addresses = kept.get(name) ?? []
      kept.set(name, addresses)
      if (adds) {
        addresses.push(++address)
        index.add(name, address)
      } else if (addresses.length > 0) index.delete(name, addresses.pop() as number)
      const longest = Math.max(...[...kept.values()].map(({ length }) => length))
      assert.equal(index.most().length, longest > 1 ? longest : 0)
      assert.deepEqual([...index.get(name)].sort((one, other) => one - other), addresses)
    }
    index.clear()
    assert.deepEqual(index.most(), [])
  }))
})

describe('a MemoryStore in which one user has thousands of logins', () => {
  const count = 20 * sliceSize

  async function filled (): Promise<{ store: MemoryStore, owner: string, records: LoginRecord[] }> {
    const store = new MemoryStore()
    const owner = randomOwner()
    const records = makeRecords(owner, count)
    for (const record of records) await store.create(record)
    return { store, owner, records }
  }

  it('makes room by those that have ended and are not deleted yet, while it is full', async () => {
    const store = new MemoryStore({ maxLogins: 3 * sliceSize })
    const many = makeRecords(randomOwner(), 3 * sliceSize)
    for (const record of many) await store.create(record)
    const others = Array.from({ length: 2 * sliceSize }, () => makeRecord({ seenAt: now() - 3600 }))
    const ending = store.removeAll(many[0]!.owner)
    const kept = await Promise.all(others.map((record) => store.create(record)))
    assert.ok(kept.every(Boolean))
    await ending
    assert.equal((await held(store, others)).length, others.length)
    assert.deepEqual(await held(store, many), [])
  })

  it('lets others have their turn while it ends them, and has ended all of them before the first turn', async () => {
    const { store, owner, records } = await filled()
    const { turns } = await turnsDuring(async () => {
      const ending = store.removeAll(owner, records[7]!.id)
      assert.deepEqual(await held(store, records), [records[7]])
      assert.deepEqual(await store.list(owner), [records[7]])
      assert.equal(await store.update(next(records[0]!), 0), false)
      assert.equal(await store.remove(records[1]!.id), false)
      assert.equal(await store.update(next(records[7]!), 0), true)
      assert.ok(await ending > count - 10)
    })
    assert.ok(turns >= count / sliceSize - 2, String(turns))
    assert.deepEqual(await store.list(owner), [next(records[7]!)])
  })

  it('lets others have their turn while it lists them', async () => {
    const { store, owner, records } = await filled()
    const { turns, result } = await turnsDuring(() => store.list(owner))
    assert.ok(turns >= count / sliceSize - 2, String(turns))
    assert.deepEqual(result, records)
  })

  it('lists every login that stays, although others end, change and begin meanwhile', async () => {
    const { store, owner, records } = await filled()
    const listing = store.list(owner)
    for (let step = 0; step < count / 4; step++) {
      await store.remove(records[step * 4]!.id)
      await store.update(next(records[step * 4 + 1]!, { userAgent: 'x'.repeat(step) }), 0)
      await store.create(makeRecord({ owner }))
      if (step % 20 === 0) await new Promise((resolve) => setImmediate(resolve))
    }
    const listed = new Set(idsOf(await listing))
    assert.deepEqual(records.filter(({ id }, index) => index % 4 !== 0 && !listed.has(id)), [])
  })

  it('keeps what begins while it ends the others', async () => {
    const { store, owner, records } = await filled()
    const ending = store.removeAll(owner)
    const later = makeRecord({ owner, begunAt: now() + 60 })
    assert.equal(await store.create(later), true)
    assert.equal(await store.create(makeRecord({ owner, begunAt: records[0]!.begunAt })), false)
    assert.deepEqual(await store.find(later.id), later)
    await ending
    assert.deepEqual(await store.list(owner), [later])
    assert.deepEqual(await held(store, records), [])
  })

  it('brings nothing back where they are ended once more meanwhile, with another exception', async () => {
    const { store, owner, records } = await filled()
    const [one, other] = [records[3]!, records[count - 4]!]
    const first = store.removeAll(owner, one.id)
    const second = store.removeAll(owner, other.id)
    assert.deepEqual(await held(store, records), [])
    const later = makeRecord({ owner, begunAt: now() + 60 })
    await store.create(later)
    const third = store.removeAll(owner, later.id)
    assert.deepEqual(await held(store, [...records, later]), [later])
    await Promise.all([first, second, third])
    assert.deepEqual(await store.list(owner), [later])
    assert.deepEqual(await held(store, records), [])
  })

  it("ends everybody's meanwhile", async (t) => {
    const clock = stopClock(t)
    const { store, owner, records } = await filled()
    const stranger = makeRecord()
    await store.create(stranger)
    const ending = store.removeAll(owner, records[0]!.id)
    clock.advance(1)
    await store.removeAll(null)
    assert.deepEqual(await held(store, [...records, stranger]), [])
    clock.advance(1)
    const later = makeRecords(owner, 150)
    for (const record of later) await store.create(record)
    await ending
    assert.deepEqual(idsOf(await store.list(owner)), idsOf(later))
  })
})
