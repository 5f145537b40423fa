import { Kysely, MysqlDialect } from 'kysely'
import { createPool } from 'mysql2'
import assert from 'node:assert/strict'
import { before, describe, it, type TestContext } from 'node:test'
import { SqlStore } from 'fastify-login/sql'
import { makeRecord, makeRecords, now, randomOwner, stopClock } from '../../lib/testing/login-store/setting.ts'
import { closesAfter } from '../support/closing.ts'
import { skipMariadb, startMariadb } from '../support/mariadb.ts'
import { freshTable, sqlDatabases, telling } from '../support/sql.ts'

const day = 24 * 3600

for (const { name, skip, open } of sqlDatabases) {
  describe(`the marks of a SqlStore on ${name}`, { skip }, () => {
    const atEnd = closesAfter()
    let db: Kysely<any>
    before(async () => {
      const opened = await open()
      atEnd(() => opened.close())
      db = opened.db
    })

    async function setUp (context: TestContext): Promise<{ store: SqlStore, table: string, marks: () => Promise<unknown[]> }> {
      const { store, table, close } = await freshTable(db)
      context.after(() => close())
      return { store, table, marks: () => db.selectFrom(`${table}_ended`).selectAll().execute() }
    }

    it('are one for each owner, however often all their logins are ended, and with whatever exceptions', async (t) => {
      const { store, marks } = await setUp(t)
      const [one, other] = makeRecords(randomOwner(), 2)
      for (let press = 0; press < 100; press++) await store.removeAll(one!.owner, [undefined, one!.id, other!.id][press % 3])
      assert.equal((await marks()).length, 1)
      await Promise.all(Array.from({ length: 20 }, (_, press) => store.removeAll(press < 10 ? one!.owner : randomOwner())))
      assert.equal((await marks()).length, 11)
    })

    it("are one for everybody's logins, however often they are ended", async (t) => {
      const { store, marks } = await setUp(t)
      for (let press = 0; press < 20; press++) await store.removeAll(null)
      await Promise.all(Array.from({ length: 20 }, () => store.removeAll(null)))
      assert.equal((await marks()).length, 1)
    })

    it('are one for each owner where 20 processes end all logins of an owner for the first time at once', async (t) => {
      const { store, marks } = await setUp(t)
      for (let round = 1; round <= 5; round++) {
        const records = makeRecords(randomOwner())
        await Promise.all(records.map(({ owner, id }) => store.removeAll(owner, id)))
        for (const record of records) assert.equal(await store.create(record), false)
        assert.equal((await marks()).length, round)
      }
    })

    it('do not go back with the clock, nor forget whom an earlier one did not except', async (t) => {
      const clock = stopClock(t)
      const { store } = await setUp(t)
      const [first, second] = makeRecords(randomOwner(), 2)
      await store.removeAll(first!.owner)
      clock.advance(-3600)
      await store.removeAll(first!.owner, second!.id)
      assert.equal(await store.create(first!), false)
      assert.equal(await store.create(second!), false)
      clock.advance(3601)
      assert.equal(await store.create(makeRecord({ owner: first!.owner, begunAt: now() })), true)
    })

    it('go when they are a day old, many owners at a time, and each after the rows that it has ended', async (t) => {
      const clock = stopClock(t)
      const { store, table, marks } = await setUp(t)
      const [ended, kept] = makeRecords(randomOwner(), 2, { keepUntil: now() + 30 * day })
      await store.removeAll(ended!.owner, kept!.id)
      await store.create(kept!)
      // As if it had been under way: written after the mark by a process that had looked before it.
      const { rowOf } = await import('../../lib/sql/rows.ts')
      await db.insertInto(table).values(rowOf(ended!)).execute()
      const others = Array.from({ length: 1200 }, () => ({ owner: rowOf(makeRecord()).id, ended_at: now(), except_id: '', strictly_at: 0 }))
      for (let from = 0; from < others.length; from += 400) await db.insertInto(`${table}_ended`).values(others.slice(from, from + 400)).execute()
      clock.advance(day / 2)
      await store.removeAll(makeRecord().owner)
      assert.equal(await store.removeExpired(), 0)
      assert.equal((await marks()).length, 1202)
      clock.advance(day / 2)
      assert.equal(await store.removeExpired(), 1)
      assert.equal((await marks()).length, 1)
      assert.deepEqual(await store.list(kept!.owner), [kept])
    })

    it('stay where logins are ended again while old marks are removed', async (t) => {
      const clock = stopClock(t)
      const { store, table, marks } = await setUp(t)
      const record = makeRecord()
      await store.removeAll(record.owner)
      await store.removeAll(null)
      clock.advance(day)
      const underWay = makeRecord({ owner: record.owner })
      let asked = 0
      const watched = new SqlStore({
        table,
        db: telling(db, async () => {
          // When the old marks were read, and before they are deleted.
          if (++asked === 2) await store.removeAll(null)
          if (asked === 5) await store.removeAll(record.owner)
        })
      })
      await watched.removeExpired()
      assert.equal((await marks()).length, 2)
      assert.equal(await store.create(underWay), false)
    })
  })
}

describe('the marks of a SqlStore on MariaDB, with a client that does not count rows that stay the same,', { skip: skipMariadb }, () => {
  const atEnd = closesAfter()

  it('are written all the same', async (t) => {
    stopClock(t)
    const server = await startMariadb()
    atEnd(() => server.stop())
    const db = new Kysely<unknown>({ dialect: new MysqlDialect({ pool: createPool({ uri: server.url, flags: ['-FOUND_ROWS'] }) }) })
    atEnd(() => db.destroy())
    const { store } = await freshTable(db)
    const record = makeRecord()
    for (let press = 0; press < 3; press++) await store.removeAll(record.owner)
    for (let press = 0; press < 3; press++) await store.removeAll(null)
    assert.equal(await store.create(record), false)
  })
})
