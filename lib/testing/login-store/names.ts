/**
 * What a store promises of ids and owners: no name reaches a record that is not its own, and none breaks a query.
 *
 * @module
 */
import assert from 'node:assert/strict'
import { makeRecord, next, promise, type MakeStore } from './setting.ts'

/** Ids and owners such as a visitor may send: none is one. */
const oddNames = [
  '', ' ', '*', '%', '_', '?', '\0', 'a\0b', '\n', '\r\n', '"', "'", "' OR '1'='1", '"; DROP TABLE logins; --', '\\', '{}', '{a}',
  '__proto__', 'constructor', 'null', 'undefined', '../..', 'é', '名前', '👩‍💻', '\ud800', '\uffff', '-1', '1e999', 'x'.repeat(100_000)
]

/** Changes of a name that a careless comparison does not see. */
const changes: Array<(name: string) => string> = [
  (name) => name.toLowerCase(), (name) => name.toUpperCase(), (name) => `${name} `, (name) => `${name}\0`, (name) => name.slice(0, -1)
]

export function names (makeStore: MakeStore): void {
  promise(makeStore, 'ids and owners that differ in case, or at the end, are not the same', async (store) => {
    const record = makeRecord({ id: 'Abcdefghijklmnopqrstuvwxyz-_01234', owner: 'Abcdefghijklmnopqrstuv' })
    await store.create(record)
    for (const change of changes) {
      assert.equal(await store.find(change(record.id)), null)
      assert.deepEqual(await store.list(change(record.owner)), [])
      assert.equal(await store.update(next({ ...record, id: change(record.id) }), 0), false)
      await store.remove(change(record.id))
      assert.equal(await store.removeAll(change(record.owner)), 0)
    }
    assert.deepEqual(await store.find(record.id), record)
    assert.deepEqual(await store.list(record.owner), [record])
  })

  promise(makeStore, 'an odd id or owner finds nothing, ends nothing and breaks nothing', async (store) => {
    const record = makeRecord()
    await store.create(record)
    for (const odd of oddNames) {
      const named = JSON.stringify(odd.slice(0, 40))
      assert.equal(await store.find(odd), null, named)
      assert.deepEqual(await store.list(odd), [], named)
      assert.equal(await store.update(next({ ...record, id: odd }), 0), false, named)
      await store.remove(odd)
      assert.equal(await store.removeAll(odd), 0, named)
      assert.equal(await store.removeAll(makeRecord().owner, odd), 0, named)
    }
    assert.deepEqual(await store.find(record.id), record)
    assert.deepEqual(await store.list(record.owner), [record])
  })
}
