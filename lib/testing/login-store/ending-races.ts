/**
 * What a store promises of logins that begin while all logins of an owner are ended.
 *
 * @module
 */
import assert from 'node:assert/strict'
import { idsOf, makeRecord, makeRecords, promise, racers, randomOwner, type MakeStore } from './setting.ts'

export function endingRaces (makeStore: MakeStore): void {
  promise(makeStore, `of ${racers} logins that begin while all are ended none is left`, async (store) => {
    for (let round = 0; round < 5; round++) {
      const owner = randomOwner()
      const records = makeRecords(owner)
      const ends = records.map((record, racer) => racer === racers / 2 ? store.removeAll(owner) : store.create(record))
      await Promise.all(ends)
      const found = await Promise.all(records.map(({ id }) => store.find(id)))
      assert.deepEqual(found, records.map(() => null))
      assert.deepEqual(await store.list(owner), [])
    }
  })

  promise(makeStore, 'a login that begins while all but it are ended is kept', async (store) => {
    const records = makeRecords(randomOwner())
    const [kept] = records
    const created = records.map((record) => store.create(record))
    await Promise.all([store.removeAll(kept!.owner, kept!.id), ...created])
    assert.equal(await created[0], true)
    assert.deepEqual(idsOf(await store.list(kept!.owner)), [kept!.id])
  })

  promise(makeStore, `${racers} who end all but their own at once leave at most one, and no exception to the others`, async (store) => {
    const records = makeRecords(randomOwner())
    for (const record of records) await store.create(record)
    await Promise.all(records.map(({ owner, id }) => store.removeAll(owner, id)))
    const { owner, begunAt } = records[0]!
    assert.deepEqual(await store.list(owner), [])
    for (const { id } of records) assert.equal(await store.create(makeRecord({ id, owner, begunAt })), false)
  })
}
