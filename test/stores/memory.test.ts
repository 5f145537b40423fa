import fc from 'fast-check'
import assert from 'node:assert/strict'
import { describe, it } from 'node:test'
import { MemoryStore, type LoginRecord } from 'fastify-login'
import { testLoginStore } from 'fastify-login/testing'
import { digest, makeRecord, makeRecords, next, now, randomOwner, stopClock } from '../../lib/testing/login-store/setting.ts'

testLoginStore('MemoryStore', () => new MemoryStore())

describe('a MemoryStore', () => {
  /** Which of some records it holds. */
  async function held (store: MemoryStore, records: readonly LoginRecord[]): Promise<boolean[]> {
    return await Promise.all(records.map(async ({ id }) => await store.find(id) !== null))
  }

  it('gives back whatever JSON was kept, of any length and in any script', async () => {
    const store = new MemoryStore()
    const text = fc.oneof(fc.string({ unit: 'binary', maxLength: 600 }), fc.string({ maxLength: 300 }), fc.constant('').map(digest))
    const time = fc.oneof(fc.double({ noNaN: true, noDefaultInfinity: true }).map((value) => value + 0), fc.nat(2 ** 31), fc.nat().map((milliseconds) => milliseconds / 1000))
    const remember = fc.record({
      validator: text, previous: fc.array(fc.record({ validator: text, replacedAt: time, expiresAt: time })), seen: fc.boolean(), expiresAt: time, duration: time, token: fc.option(text)
    })
    const records = fc.record({
      id: text, owner: text, userId: text, userAgent: text, ip: text, stamp: fc.option(text), provenAt: time, version: fc.nat(), remember: fc.option(remember), data: fc.jsonValue()
    })
    await fc.assert(fc.asyncProperty(records, async (given) => {
      const record = makeRecord(JSON.parse(JSON.stringify(given)) as Partial<LoginRecord>)
      await store.create(record)
      assert.deepEqual(await store.find(record.id), record)
      assert.ok((await store.list(record.owner)).some(({ id }) => id === record.id))
      const changed = next(record, { userAgent: 'x'.repeat(Math.floor(Math.random() * 3000)) })
      assert.equal(await store.update(changed, record.version), true)
      assert.deepEqual(await store.find(record.id), changed)
    }), { numRuns: 500 })
  })

  it('finds every login among thousands that come, change and go', async () => {
    const store = new MemoryStore()
    const kept = new Map<string, LoginRecord>()
    const owners = Array.from({ length: 50 }, randomOwner)
    for (let step = 0; step < 20_000; step++) {
      const [id] = kept.keys()
      if (step % 3 < 2 || id === undefined) {
        const record = makeRecord({ owner: owners[step % 50]!, userAgent: 'agent '.repeat(step % 40) })
        await store.create(record)
        kept.set(record.id, record)
      } else if (step % 2 === 0) {
        await store.remove(id)
        kept.delete(id)
      } else {
        const changed = next(kept.get(id)!, { ip: '1'.repeat(step % 45) })
        await store.update(changed, changed.version - 1)
        kept.delete(id)
        kept.set(id, changed)
      }
    }
    for (const record of kept.values()) assert.deepEqual(await store.find(record.id), record)
    const listed = await Promise.all(owners.map((owner) => store.list(owner)))
    assert.equal(listed.flat().length, kept.size)
  })

  it('knows the browser of every login, however many browsers there are', async () => {
    const store = new MemoryStore()
    const records = Array.from({ length: 10_010 }, (_, number) => makeRecord({ userAgent: `browser ${number}` }))
    for (const record of records) await store.create(record)
    for (const { id, userAgent } of records) assert.equal((await store.find(id))?.userAgent, userAgent)
  })

  it('holds no more than it may; those go that were not seen for long', async () => {
    const store = new MemoryStore({ maxLogins: 3 })
    const [one, two, three, four, five] = [10, 20, 30, 40, 50].map((ago) => makeRecord({ seenAt: now() - ago }))
    for (const record of [one, two, three, four, five]) await store.create(record!)
    assert.deepEqual(await held(store, [one!, two!, three!, four!, five!]), [true, true, false, false, true])
  })

  it('stays within its limit however many come', async () => {
    const store = new MemoryStore({ maxLogins: 100 })
    const records = makeRecords(randomOwner(), 5000)
    for (const record of records) await store.create(record)
    assert.equal((await held(store, records)).filter(Boolean).length, 100)
    assert.equal((await store.list(records[0]!.owner)).length, 100)
  })

  it('ends nobody for the sake of logins that are past their end', async (t) => {
    const clock = stopClock(t)
    const store = new MemoryStore({ maxLogins: 100 })
    const living = makeRecords(randomOwner(), 40, { keepUntil: now() + 3600, seenAt: now() - 3600 })
    for (const record of [...living, ...makeRecords(randomOwner(), 40, { keepUntil: now() + 60 })]) await store.create(record)
    clock.advance(60)
    for (const record of makeRecords(randomOwner(), 60)) await store.create(record)
    assert.deepEqual(await held(store, living), living.map(() => true))
  })

  it('lets a login under way be ended for a day, and no longer', async (t) => {
    const clock = stopClock(t)
    const store = new MemoryStore()
    const [early, late] = makeRecords(randomOwner(), 2, { keepUntil: now() + 30 * 24 * 3600 })
    await store.removeAll(early!.owner)
    clock.advance(24 * 3600 - 1)
    await store.removeAll(randomOwner())
    assert.equal(await store.create(early!), false)
    clock.advance(1)
    await store.removeAll(randomOwner())
    assert.equal(await store.create(late!), true)
  })

  it('says what its limit may be when it is made with another one', () => {
    for (const maxLogins of [0, -1, 1.5, NaN, Infinity, '5' as never, null as never]) {
      assert.throws(() => new MemoryStore({ maxLogins }), { code: 'FST_LOGIN_INVALID_OPTION', message: 'The option maxLogins of a MemoryStore may be a positive whole number' })
    }
    assert.ok(new MemoryStore({ maxLogins: 1 }))
  })

  it('ends the many logins of one user, but for one', async () => {
    const store = new MemoryStore()
    const records = makeRecords(randomOwner(), 5000)
    for (const record of records) await store.create(record)
    assert.equal(await store.removeAll(records[0]!.owner, records[7]!.id), 4999)
    assert.deepEqual(await store.list(records[0]!.owner), [records[7]])
  })
})
