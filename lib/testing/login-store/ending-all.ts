/**
 * What a store promises of ending all logins of an owner: those that are under way end, too.
 *
 * @module
 */
import assert from 'node:assert/strict'
import {
  createMany, idsOf, makeRecord, makeRecords, many, next, now, promise, randomOwner, stopClock, type MakeStore
} from './setting.ts'

export function endingAll (makeStore: MakeStore): void {
  promise(makeStore, 'all logins of an owner end, and are counted; those of others go on', async (store) => {
    const records = makeRecords(randomOwner(), 3)
    const stranger = makeRecord()
    for (const record of [...records, stranger]) await store.create(record)
    assert.equal(await store.removeAll(records[0]!.owner), 3)
    assert.deepEqual(await Promise.all(records.map(({ id }) => store.find(id))), [null, null, null])
    assert.deepEqual(await store.list(records[0]!.owner), [])
    assert.equal(await store.update(next(records[0]!), 0), false)
    assert.equal(await store.removeAll(records[0]!.owner), 0)
    assert.deepEqual(await store.list(stranger.owner), [stranger])
  })

  promise(makeStore, 'all but one end', async (store) => {
    const records = makeRecords(randomOwner(), 3)
    const [kept] = records
    for (const record of records) await store.create(record)
    assert.equal(await store.removeAll(kept!.owner, kept!.id), 2)
    assert.deepEqual(await store.list(kept!.owner), [kept])
    assert.deepEqual(await store.find(kept!.id), kept)
    assert.equal(await store.update(next(kept!), 0), true)
    assert.equal(await store.removeAll(kept!.owner, kept!.id), 0)
    assert.equal(await store.removeAll(kept!.owner), 1)
    assert.equal(await store.find(kept!.id), null)
  })

  promise(makeStore, `of ${many} logins all but one end`, async (store) => {
    const records = makeRecords(randomOwner(), many)
    const stranger = makeRecord()
    await createMany(store, [...records, stranger])
    const kept = records[many / 2]!
    assert.equal(await store.removeAll(kept.owner, kept.id), many - 1)
    const found = await Promise.all(records.map(({ id }) => store.find(id)))
    assert.deepEqual(found.filter((record) => record !== null), [kept])
    assert.deepEqual(await store.list(kept.owner), [kept])
    assert.deepEqual(await store.list(stranger.owner), [stranger])
  })

  promise(makeStore, `a login that begins while ${many} end lives only if it began later`, async (store) => {
    const owner = randomOwner()
    const before = makeRecords(owner, many)
    const [early] = makeRecords(owner, 1)
    await createMany(store, before)
    // A clock of another process may be ahead: what is compared is when a login began.
    const later = makeRecord({ owner, begunAt: now() + 60, keepUntil: now() + 3600 })
    const ending = store.removeAll(owner)
    const changing = before.slice(0, 5).map((record) => store.update(next(record), 0))
    const [begun] = await Promise.all([store.create(later), ...changing])
    await ending
    assert.equal(await store.create(early!), false)
    const living = await store.find(later.id) === null ? [] : [later]
    assert.deepEqual(idsOf(await store.list(owner)), idsOf(living))
    assert.equal(begun, true)
    for (const { id } of before) assert.equal(await store.find(id), null)
  })

  promise(makeStore, 'a login that ended does not come back when others begin', async (store, context) => {
    const clock = stopClock(context)
    const owner = randomOwner()
    const [one, other] = makeRecords(owner, 2)
    for (const record of [one, other]) await store.create(record!)
    await store.removeAll(owner, other!.id)
    clock.advance(1)
    const later = makeRecord({ owner })
    assert.equal(await store.create(later), true)
    assert.equal(await store.find(one!.id), null)
    assert.equal(await store.update(next(one!), 0), false)
    clock.advance(1)
    await store.removeAll(owner, one!.id)
    for (const { id } of [one!, other!, later]) assert.equal(await store.find(id), null)
    assert.deepEqual(await store.list(owner), [])
  })

  promise(makeStore, 'the login of somebody else as an exception saves nobody, and is left alone', async (store) => {
    const record = makeRecord()
    const stranger = makeRecord()
    await store.create(record)
    await store.create(stranger)
    assert.equal(await store.removeAll(record.owner, stranger.id), 1)
    assert.equal(await store.find(record.id), null)
    assert.deepEqual(await store.find(stranger.id), stranger)
  })

  promise(makeStore, 'a login under way ends with them where it began before, or at the same time; later ones live', async (store, context) => {
    stopClock(context)
    const owner = randomOwner()
    const at = now()
    await store.removeAll(owner)
    for (const begunAt of [at - 3600, at - 0.001, at]) {
      const record = makeRecord({ owner, begunAt })
      assert.equal(await store.create(record), false)
      assert.equal(await store.find(record.id), null)
    }
    assert.deepEqual(await store.list(owner), [])
    const later = makeRecord({ owner, begunAt: at + 0.001 })
    assert.equal(await store.create(later), true)
    assert.deepEqual(await store.list(owner), [later])
    assert.equal(await store.create(makeRecord({ begunAt: at - 60 })), true, 'of another owner')
  })

  promise(makeStore, 'the exception may be a login under way', async (store, context) => {
    stopClock(context)
    const [pending, other] = makeRecords(randomOwner(), 2)
    await store.removeAll(pending!.owner, pending!.id)
    assert.equal(await store.create(other!), false)
    assert.equal(await store.create(pending!), true)
    assert.deepEqual(await store.find(pending!.id), pending)
    assert.deepEqual(await store.list(pending!.owner), [pending])
    assert.equal(await store.update(next(pending!), 0), true)
  })

  promise(makeStore, 'an exception holds against its own call, and not against one before or after it', async (store, context) => {
    const clock = stopClock(context)
    const [pending, other] = makeRecords(randomOwner(), 2)
    const { owner } = pending!
    const admits = async (record: typeof pending) => {
      const fresh = { ...makeRecord({ owner, begunAt: record!.begunAt }), id: record!.id }
      const admitted = await store.create(fresh)
      await store.remove(fresh.id)
      return admitted
    }
    await store.removeAll(owner, pending!.id)
    assert.equal(await admits(pending), true, 'its own')
    clock.advance(1)
    await store.removeAll(owner, pending!.id)
    assert.equal(await admits(pending), true, 'twice its own')
    clock.advance(1)
    await store.removeAll(owner, other!.id)
    assert.equal(await admits(pending), false, 'one after it')
    assert.equal(await admits(other), false, 'one before it')
    clock.advance(1)
    await store.removeAll(owner, other!.id)
    assert.equal(await admits(other), false, 'one before it, however often it is called')
    clock.advance(1)
    await store.removeAll(owner, pending!.id)
    assert.equal(await admits(pending), false, 'two calls later')
    const between = makeRecord({ owner, begunAt: now() - 0.5 })
    clock.advance(1)
    await store.removeAll(owner, between.id)
    assert.equal(await admits(between), false, 'begun before the call before')
    const last = makeRecord({ owner, begunAt: now() + 0.5 })
    clock.advance(1)
    await store.removeAll(owner, last.id)
    assert.equal(await admits(last), true, 'begun after the call before')
  })

  promise(makeStore, 'logins that were ended again and again stay ended, and one that begins afterwards lives', async (store, context) => {
    const clock = stopClock(context)
    const owner = randomOwner()
    const pending = makeRecords(owner, 3)
    for (let press = 0; press < 200; press++) {
      await store.removeAll(owner, [undefined, ...pending.map(({ id }) => id)][press % 4])
      clock.advance(0.001)
    }
    for (const record of pending) assert.equal(await store.create(record), false)
    const later = makeRecord({ owner })
    assert.equal(await store.create(later), true)
    await store.removeAll(owner, later.id)
    assert.equal(await store.update(next(later), 0), true)
    assert.deepEqual(await store.list(owner), [next(later)])
    assert.equal(await store.removeAll(owner), 1)
    assert.equal(await store.find(later.id), null)
  })
}
