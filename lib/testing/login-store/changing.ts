/**
 * What a store promises of changes: whoever is second has changed nothing, and nothing comes back.
 *
 * @module
 */
import assert from 'node:assert/strict'
import { makeRecord, next, now, promise, racers, stopClock, type MakeStore } from './setting.ts'

export function changing (makeStore: MakeStore): void {
  promise(makeStore, 'an update replaces the record that has the expected version', async (store) => {
    const record = makeRecord()
    await store.create(record)
    const first = next(record, { secret: 'first', fresh: false })
    const second = next(first, { secret: 'second', version: 5, keepUntil: record.keepUntil + 3600 })
    assert.equal(await store.update(first, 0), true)
    assert.deepEqual(await store.find(record.id), first)
    assert.equal(await store.update(second, 1), true)
    assert.deepEqual(await store.find(record.id), second)
  })

  promise(makeStore, 'an update of any other version changes nothing', async (store) => {
    const record = makeRecord({ version: 3 })
    await store.create(record)
    for (const version of [0, 2, 4, -3]) {
      assert.equal(await store.update(next(record, { secret: 'other' }), version), false)
    }
    assert.deepEqual(await store.find(record.id), record)
  })

  promise(makeStore, 'an update makes no record where there is none', async (store) => {
    const record = makeRecord()
    assert.equal(await store.update(record, 0), false)
    assert.equal(await store.find(record.id), null)
    assert.deepEqual(await store.list(record.owner), [])
  })

  promise(makeStore, `of ${racers} updates of one version exactly one wins, and what it wrote is kept`, async (store) => {
    const record = makeRecord()
    await store.create(record)
    for (let version = 0; version < 5; version++) {
      const updates = Array.from({ length: racers }, (_, racer) => ({ ...record, version: version + 1, secret: `of ${racer}` }))
      const won = await Promise.all(updates.map((update) => store.update(update, version)))
      assert.equal(won.filter(Boolean).length, 1)
      assert.deepEqual(await store.find(record.id), updates[won.indexOf(true)])
    }
  })

  promise(makeStore, 'a login that was ended is gone, and no other is', async (store) => {
    const record = makeRecord()
    const other = makeRecord({ owner: record.owner })
    await store.create(record)
    await store.create(other)
    assert.equal(await store.remove(record.id), true)
    assert.equal(await store.remove(record.id), false)
    assert.equal(await store.remove(makeRecord().id), false)
    assert.equal(await store.find(record.id), null)
    assert.equal(await store.update(next(record), 0), false)
    assert.equal(await store.find(record.id), null)
    assert.deepEqual(await store.list(record.owner), [other])
  })

  promise(makeStore, `of ${racers} who end a login at once exactly one is told to be the first`, async (store) => {
    const record = makeRecord()
    await store.create(record)
    const first = await Promise.all(Array.from({ length: racers }, () => store.remove(record.id)))
    assert.equal(first.filter(Boolean).length, 1)
  })

  promise(makeStore, 'no update brings back a login that is ended at the same moment', async (store) => {
    for (const end of ['remove', 'removeAll'] as const) {
      const records = Array.from({ length: racers }, () => makeRecord())
      await Promise.all(records.map((record) => store.create(record)))
      await Promise.all(records.flatMap((record) => [
        store.update(next(record), 0),
        end === 'remove' ? store.remove(record.id) : store.removeAll(record.owner)
      ]))
      for (const { id, owner } of records) {
        assert.equal(await store.find(id), null, end)
        assert.deepEqual(await store.list(owner), [], end)
      }
    }
  })

  promise(makeStore, 'a record that is past its end is no record', async (store) => {
    const record = makeRecord({ keepUntil: now() - 1 })
    const other = makeRecord({ owner: record.owner })
    await store.create(record)
    await store.create(other)
    assert.equal(await store.find(record.id), null)
    assert.deepEqual(await store.list(record.owner), [other])
    assert.equal(await store.update(next(record, { keepUntil: now() + 60 }), 0), false)
    assert.equal(await store.remove(record.id), false)
    assert.equal(await store.removeAll(record.owner), 1)
  })

  promise(makeStore, 'a record ends at its time, not before; an update may change that time', async (store, context) => {
    const clock = stopClock(context)
    const record = makeRecord({ keepUntil: now() + 60 })
    const prolonged = next(makeRecord({ keepUntil: now() + 60, owner: record.owner }), { keepUntil: now() + 120 })
    const shortened = next(makeRecord({ owner: record.owner }), { keepUntil: now() + 30 })
    await store.create(record)
    for (const changed of [prolonged, shortened]) {
      await store.create({ ...changed, version: 0, keepUntil: now() + 60 })
      assert.equal(await store.update(changed, 0), true)
    }
    clock.advance(29.9)
    assert.deepEqual(await store.find(shortened.id), shortened)
    clock.advance(0.1)
    assert.equal(await store.find(shortened.id), null)
    clock.advance(29.9)
    assert.deepEqual(await store.find(record.id), record)
    clock.advance(0.1)
    assert.equal(await store.find(record.id), null)
    assert.deepEqual(await store.list(record.owner), [prolonged])
    clock.advance(60)
    assert.equal(await store.find(prolonged.id), null)
    assert.equal(await store.removeAll(record.owner), 0)
  })
}
