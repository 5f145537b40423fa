/**
 * What a store promises of records: it keeps them as they are, and apart.
 *
 * @module
 */
import assert from 'node:assert/strict'
import type { LoginRecord } from '../../index.ts'
import {
  createMany, digest, idsOf, makeRecord, makeRecords, many, next, now, promise, racers, randomOwner, type MakeStore
} from './setting.ts'

export function keeping (makeStore: MakeStore): void {
  promise(makeStore, 'a record comes back as it went in, in every field', async (store) => {
    const at = now() + 0.123
    const record = makeRecord({
      version: 7,
      begunAt: at,
      userId: 'ünïcödé 名前 👩‍💻 "\'\\ \n\0\ud800',
      previousSecrets: [{ secret: digest(), until: at }],
      provenAt: at - 1.001,
      fresh: false,
      stale: true,
      remembered: true,
      stamp: digest(),
      userAgent: 'Mozilla/5.0 (X11; Linux x86_64; rv:140.0) Gecko/20100101 Firefox/140.0 ÿ',
      ip: '2001:db8::1',
      remember: { validator: digest(), previous: [{ validator: digest(), replacedAt: at, expiresAt: at + 2592000 }], seen: false, expiresAt: at + 2592000, duration: 2592000, token: 'tökén \0' },
      data: { sub: '名前', nested: [1.5, true, null, { '\0': '' }], '': 'empty' }
    })
    assert.equal(await store.create(record), true)
    assert.deepEqual(await store.find(record.id), record)
    assert.deepEqual(await store.list(record.owner), [record])
  })

  promise(makeStore, 'a User-Agent and an address of any characters come back as they went in', async (store) => {
    for (const text of ['\ud800', '\udfff\ud800', '\0', 'a\0b', '\x01\x1b[31m\x7f\x85', '\r\nx: y', '\u2028\ufeff\uffff', '"\\u0000\\', '%00%s', '\u{1f600}'.repeat(128)]) {
      const record = makeRecord({ userAgent: text, ip: text })
      assert.equal(await store.create(record), true)
      assert.deepEqual(await store.find(record.id), record)
      const updated = next(record, { userAgent: `${text}.`, ip: `${text}.` })
      assert.equal(await store.update(updated, 0), true)
      assert.deepEqual(await store.list(record.owner), [updated])
    }
  })

  promise(makeStore, 'what a record has not comes back as null', async (store) => {
    const at = now()
    const remember = { validator: digest(), previous: [], seen: true, expiresAt: at + 60, duration: 60, token: null }
    for (const record of [makeRecord(), makeRecord({ remember }), makeRecord({ data: [] }), makeRecord({ data: 0 }), makeRecord({ userAgent: '', ip: '', userId: '' })]) {
      await store.create(record)
      assert.deepEqual(await store.find(record.id), record)
    }
  })

  promise(makeStore, 'an id that was never kept finds nothing', async (store) => {
    await store.create(makeRecord())
    assert.equal(await store.find(makeRecord().id), null)
    assert.deepEqual(await store.list(makeRecord().owner), [])
  })

  promise(makeStore, 'nobody changes what is kept by changing what was given or found', async (store) => {
    const at = now()
    const remember = { validator: digest(), previous: [], seen: true, expiresAt: at + 60, duration: 60, token: null }
    const record = makeRecord({ remember, data: { kept: 'here' } })
    const given = structuredClone(record)
    await store.create(given)
    spoil(given)
    assert.deepEqual(await store.find(record.id), record)
    spoil(await store.find(record.id))
    for (const listed of await store.list(record.owner)) spoil(listed)
    assert.deepEqual(await store.find(record.id), record)
    assert.deepEqual(await store.list(record.owner), [record])
    const updated = next(record, { userAgent: 'new' })
    const givenAgain = structuredClone(updated)
    await store.update(givenAgain, 0)
    spoil(givenAgain)
    assert.deepEqual(await store.find(record.id), updated)
  })

  promise(makeStore, 'a list holds the live records of its owner, and no others', async (store) => {
    const record = makeRecord()
    const other = makeRecord({ owner: record.owner })
    const stranger = makeRecord()
    for (const each of [record, other, stranger]) await store.create(each)
    assert.deepEqual(idsOf(await store.list(record.owner)), idsOf([record, other]))
    assert.deepEqual(await store.list(stranger.owner), [stranger])
    await store.remove(other.id)
    const updated = next(record, { ip: '192.0.2.99' })
    await store.update(updated, 0)
    assert.deepEqual(await store.list(record.owner), [updated])
  })

  promise(makeStore, `a list of ${many} logins holds each of them once`, async (store) => {
    const records = makeRecords(randomOwner(), many)
    await createMany(store, records)
    const updated = records.map((record, index) => {
      const given = { keepUntil: record.keepUntil + index, userAgent: 'x'.repeat(index) }
      return index % 3 > 0 ? record : next(record, given)
    })
    for (const record of updated.filter(({ version }) => version > 0)) await store.update(record, 0)
    await store.create(makeRecord())
    const listed = await store.list(records[0]!.owner)
    const byId = (some: LoginRecord[]) => new Map(some.map((record) => [record.id, record]))
    assert.deepEqual(idsOf(listed), idsOf(records))
    assert.deepEqual(byId(listed), byId(updated))
  })

  promise(makeStore, `${racers} logins that begin at once are all kept`, async (store) => {
    const { owner } = makeRecord()
    const records = Array.from({ length: racers }, () => makeRecord({ owner }))
    const created = await Promise.all(records.map((record) => store.create(record)))
    assert.deepEqual(created, records.map(() => true))
    assert.deepEqual(await Promise.all(records.map(({ id }) => store.find(id))), records)
    assert.deepEqual(idsOf(await store.list(owner)), idsOf(records))
  })
}

function spoil (record: LoginRecord | null): void {
  assert.ok(record)
  for (const kept of [record.remember, record.data]) Object.assign(kept as object, { validator: 'spoilt', kept: 'spoilt' })
  Object.assign(record, { userId: 'spoilt', version: 99, remember: null })
}
