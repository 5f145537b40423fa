/**
 * What a store promises of ending all logins of an owner where the clock was set back.
 *
 * @module
 */
import assert from 'node:assert/strict'
import { makeRecord, makeRecords, now, promise, randomOwner, stopClock, type MakeStore } from './setting.ts'

export function endingWithClocks (makeStore: MakeStore): void {
  promise(makeStore, 'all logins of an owner end although the clock was set back since they began; those that begin after that live', async (store, context) => {
    const clock = stopClock(context)
    const records = makeRecords(randomOwner(), 3)
    const [kept] = records
    for (const record of records) await store.create(record)
    clock.advance(-3600)
    await store.removeAll(kept!.owner, kept!.id)
    assert.deepEqual(await store.list(kept!.owner), [kept])
    await store.removeAll(kept!.owner)
    const later = makeRecord({ owner: kept!.owner, begunAt: now() + 7200, keepUntil: now() + 9000 })
    assert.equal(await store.create(later), true)
    assert.deepEqual(await store.list(kept!.owner), [later])
    clock.advance(3600)
    assert.deepEqual(await Promise.all(records.map(({ id }) => store.find(id))), [null, null, null])
    assert.deepEqual(await store.find(later.id), later)
  })

  promise(makeStore, 'a clock that is set back brings no login back, and saves none that began before it was set', async (store, context) => {
    const clock = stopClock(context)
    const owner = randomOwner()
    const [pending, excepted] = makeRecords(owner, 2)
    clock.advance(10)
    await store.removeAll(owner)
    clock.advance(1)
    const there = makeRecord({ owner })
    assert.equal(await store.create(there), true)
    clock.advance(-3600)
    assert.equal(await store.create(pending!), false)
    assert.equal(await store.removeAll(owner, excepted!.id), 1)
    assert.equal(await store.find(there.id), null)
    assert.deepEqual(await store.list(owner), [])
    assert.equal(await store.create(pending!), false)
    assert.equal(await store.create(excepted!), false, 'it was not excepted before')
  })
}
