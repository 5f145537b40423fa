import type { Kysely } from 'kysely'
import assert from 'node:assert/strict'
import { before, describe, it, type TestContext } from 'node:test'
import { SqlStore } from 'fastify-login/sql'
import type { LoginRecord } from 'fastify-login'
import { idsOf, makeRecord, makeRecords, now, randomOwner, stopClock } from '../../lib/testing/login-store/setting.ts'
import { closesAfter } from '../support/closing.ts'
import { freshTable, sqlDatabases, telling, type Statement } from '../support/sql.ts'
import { rowOf } from '../../lib/sql/rows.ts'

const many = 2100
const mostAtOnce = 500

for (const { name, skip, open } of sqlDatabases) {
  describe(`a SqlStore on ${name} with ${many} logins of one user`, { skip }, () => {
    const atEnd = closesAfter()
    let db: Kysely<any>
    before(async () => {
      const opened = await open()
      atEnd(() => opened.close())
      db = opened.db
    })

    interface Watched { store: SqlStore, table: string, seen: Statement[], afterFirstDelete: (act: () => Promise<unknown>) => void }

    /** A store that tells what statements it sends, and another on the same tables, which does not. */
    async function setUp (context: TestContext): Promise<Watched & { other: SqlStore, insert: (records: LoginRecord[]) => Promise<void> }> {
      const { store: other, table, close } = await freshTable(db)
      context.after(() => close())
      const seen: Statement[] = []
      let next: (() => Promise<unknown>) | null = null
      const store = new SqlStore({
        table,
        db: telling(db, async (statement) => {
          seen.push(statement)
          if (statement.kind !== 'DeleteQueryNode' || next === null) return
          const act = next
          next = null
          await act()
        })
      })
      return {
        store,
        other,
        table,
        seen,
        afterFirstDelete: (act) => { next = act },
        async insert (records) {
          for (let from = 0; from < records.length; from += 300) await db.insertInto(table).values(records.slice(from, from + 300).map(rowOf)).execute()
        }
      }
    }

    function isBounded (seen: Statement[]): void {
      const most = Math.max(...seen.map(({ rows }) => rows))
      assert.ok(most > 0 && most <= mostAtOnce, `a statement met ${most} rows`)
    }

    it('lists each of them once, some hundred with each statement, although many began at the same moment', async (t) => {
      const { store, seen, insert } = await setUp(t)
      const records = makeRecords(randomOwner(), many)
      const simultaneous = records.map((record, index) => ({ ...record, begunAt: record.begunAt - Math.floor(index / 700) }))
      await insert([...simultaneous, makeRecord()])
      assert.deepEqual(idsOf(await store.list(records[0]!.owner)), idsOf(records))
      isBounded(seen)
    })

    it('ends all but one of them at once, and deletes them some hundred with each statement', async (t) => {
      const { store, other, seen, insert, afterFirstDelete } = await setUp(t)
      const records = makeRecords(randomOwner(), many)
      const stranger = makeRecord()
      await insert([...records, stranger])
      let meanwhile: LoginRecord[] = []
      afterFirstDelete(async () => { meanwhile = await other.list(records[0]!.owner) })
      assert.equal(await store.removeAll(records[0]!.owner, records[0]!.id), many - 1)
      assert.deepEqual(meanwhile, [records[0]])
      assert.deepEqual(await store.list(records[0]!.owner), [records[0]])
      assert.deepEqual(await store.find(stranger.id), stranger)
      isBounded(seen)
    })

    it('ends those, too, that began before the clock was set back', async (t) => {
      const clock = stopClock(t)
      const { store, insert } = await setUp(t)
      const records = makeRecords(randomOwner(), many)
      await insert(records)
      clock.advance(-1800)
      assert.equal(await store.removeAll(records[0]!.owner, records[0]!.id), many - 1)
      assert.deepEqual(await store.list(records[0]!.owner), [records[0]])
    })

    it('ends none that begins while the rows of those before are being deleted', async (t) => {
      const { store, other, insert, afterFirstDelete } = await setUp(t)
      const records = makeRecords(randomOwner(), many)
      await insert(records)
      const later = makeRecord({ owner: records[0]!.owner, begunAt: now() + 1 })
      afterFirstDelete(async () => { assert.equal(await other.create(later), true) })
      await store.removeAll(later.owner)
      assert.deepEqual(await store.list(later.owner), [later])
    })

    it('ends all of them where two end all but their own side by side', async (t) => {
      const { store, other, insert } = await setUp(t)
      const records = makeRecords(randomOwner(), many)
      const { owner } = records[0]!
      await insert(records)
      const ended = await Promise.all([store.removeAll(owner, records[0]!.id), other.removeAll(owner, records[1]!.id)])
      assert.equal(ended[0] + ended[1], many)
      assert.deepEqual(await store.list(owner), [])
    })

    it("removes what is past its end, and everybody's after they were ended, some hundred with each statement", async (t) => {
      const clock = stopClock(t)
      const { store, seen, insert } = await setUp(t)
      await insert([...makeRecords(randomOwner(), many, { keepUntil: now() }), ...makeRecords(randomOwner(), many)])
      assert.equal(await store.removeExpired(), many)
      await store.removeAll(null)
      clock.advance(1)
      const later = makeRecord()
      await store.create(later)
      assert.equal(await store.removeExpired(), many)
      assert.equal(await store.removeExpired(), 0)
      assert.deepEqual(await store.find(later.id), later)
      isBounded(seen)
    })

    it('leaves a login that is prolonged while those past their end are removed', async (t) => {
      const { store, other, table, insert } = await setUp(t)
      const record = makeRecord({ keepUntil: now() - 1 })
      await insert([record])
      const watched = new SqlStore({
        table,
        db: telling(db, async ({ kind }) => {
          // By a process whose clock is behind.
          if (kind === 'SelectQueryNode') await db.updateTable(table).set({ keep_until: now() + 3600 }).execute()
        })
      })
      assert.equal(await watched.removeExpired(), 0)
      assert.equal((await other.find(record.id))?.id, record.id)
      assert.equal((await store.find(record.id))?.id, record.id)
    })

    it('lets others run between two batches', async (t) => {
      const { store, insert } = await setUp(t)
      const records = makeRecords(randomOwner(), many)
      await insert(records)
      let turns = 0
      let counting = true
      const count = () => {
        turns++
        if (counting) setImmediate(count)
      }
      const turnsOf = async (call: () => Promise<unknown>) => {
        turns = 0
        await call()
        return turns
      }
      setImmediate(count)
      t.after(() => { counting = false })
      const batches = Math.floor(many / mostAtOnce)
      assert.ok(await turnsOf(() => store.list(records[0]!.owner)) >= batches)
      assert.ok(await turnsOf(() => store.removeAll(records[0]!.owner)) >= batches)
      await insert(makeRecords(randomOwner(), many, { keepUntil: 1 }))
      assert.ok(await turnsOf(() => store.removeExpired()) >= batches)
    })
  })
}
