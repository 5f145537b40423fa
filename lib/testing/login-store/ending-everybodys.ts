/**
 * What a store promises of ending everybody's logins.
 *
 * @module
 */
import assert from 'node:assert/strict'
import { makeRecord, next, now, promise, racers, stopClock, type MakeStore } from './setting.ts'

export function endingEverybodys (makeStore: MakeStore): void {
  promise(makeStore, "everybody's logins end; those that begin later live", async (store, context) => {
    const clock = stopClock(context)
    const records = [makeRecord(), makeRecord(), makeRecord()]
    for (const record of records) await store.create(record)
    clock.advance(1)
    await store.removeAll(null)
    for (const record of records) {
      assert.equal(await store.find(record.id), null)
      assert.deepEqual(await store.list(record.owner), [])
      assert.equal(await store.update(next(record), 0), false)
      assert.equal(await store.remove(record.id), false)
      assert.equal(await store.find(record.id), null)
      const later = makeRecord({ owner: record.owner, begunAt: now() + 0.001 })
      assert.equal(await store.create(later), true)
      assert.deepEqual(await store.find(later.id), later)
      assert.deepEqual(await store.list(record.owner), [later])
      assert.equal(await store.update(next(later), 0), true)
    }
  })

  promise(makeStore, "everybody's logins end although the clock was set back since they began; those that begin after that live", async (store, context) => {
    const clock = stopClock(context)
    const records = [makeRecord(), makeRecord()]
    for (const record of records) await store.create(record)
    clock.advance(-3600)
    await store.removeAll(null)
    for (const record of records) {
      assert.equal(await store.find(record.id), null)
      assert.deepEqual(await store.list(record.owner), [])
      assert.equal(await store.update(next(record), 0), false)
      const later = makeRecord({ owner: record.owner, begunAt: now() + 7200 })
      assert.equal(await store.create(later), true)
      assert.deepEqual(await store.find(later.id), later)
      assert.equal(await store.update(next(later), 0), true)
    }
    clock.advance(3600)
    for (const { id } of records) assert.equal(await store.find(id), null)
  })

  promise(makeStore, "a login under way ends with everybody's, whatever exception its owner made", async (store, context) => {
    const clock = stopClock(context)
    const pending = makeRecord()
    await store.removeAll(pending.owner, pending.id)
    clock.advance(1)
    await store.removeAll(null)
    for (const begunAt of [pending.begunAt, now() - 0.001, now()]) {
      assert.equal(await store.create(makeRecord({ begunAt })), false)
      assert.equal(await store.create({ ...pending, begunAt }), false)
    }
    clock.advance(1)
    await store.removeAll(pending.owner, pending.id)
    assert.equal(await store.create(pending), false)
    assert.equal(await store.find(pending.id), null)
  })

  promise(makeStore, `of ${racers} logins that begin while everybody's are ended none is left`, async (store) => {
    const records = Array.from({ length: racers }, () => makeRecord())
    await Promise.all(records.map((record, racer) => racer === racers / 2 ? store.removeAll(null) : store.create(record)))
    for (const { id, owner } of records) {
      assert.equal(await store.find(id), null)
      assert.deepEqual(await store.list(owner), [])
    }
  })
}
