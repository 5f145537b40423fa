import { CamelCasePlugin, type Kysely, Migrator } from 'kysely'
import assert from 'node:assert/strict'
import { before, describe, it, type TestContext } from 'node:test'
import { loginMigration, SqlStore } from 'fastify-login/sql'
import { makeRecord, makeRecords, next, now, randomOwner, stopClock } from '../../lib/testing/login-store/setting.ts'
import { closesAfter } from '../support/closing.ts'
import { sqlDatabases } from '../support/sql.ts'

const day = 24 * 3600

interface Row { id: string, owner: string }
type Rows = Record<'logins' | 'logins_ended', Row>

for (const { name, skip, open } of sqlDatabases) {
  describe(`the tables of a SqlStore on ${name}`, { skip }, () => {
    const atEnd = closesAfter()
    let db: Kysely<Rows>
    before(async () => {
      const opened = await open()
      atEnd(() => opened.close())
      db = opened.db.withTables<Rows>()
    })

    async function setUp (context: TestContext): Promise<{ store: SqlStore, count: (table: keyof Rows) => Promise<number> }> {
      const store = new SqlStore({ db })
      await store.createTable()
      context.after(() => store.dropTable())
      return { store, count: async (table) => (await db.selectFrom(table).selectAll().execute()).length }
    }

    it('can be made again where they are, and dropped again where they are not', async (t) => {
      const { store } = await setUp(t)
      const record = makeRecord()
      await store.create(record)
      await Promise.all([store.createTable(), store.createTable()])
      assert.deepEqual(await store.find(record.id), record)
      await store.dropTable()
      await store.dropTable()
      await assert.rejects(store.find(record.id))
      const tables = await db.introspection.getTables()
      assert.deepEqual(tables.filter(({ name }) => name.startsWith('logins')), [])
    })

    it('can be made by a migration', async () => {
      const migrator = new Migrator({ db, provider: { getMigrations: async () => ({ logins: loginMigration('app_logins') }) } })
      assert.equal((await migrator.migrateToLatest()).error, undefined)
      const store = new SqlStore({ db, table: 'app_logins' })
      const record = makeRecord()
      assert.equal(await store.create(record), true)
      assert.deepEqual(await store.find(record.id), record)
      assert.equal((await migrator.migrateDown()).error, undefined)
      await assert.rejects(store.find(record.id))
    })

    it('work under plugins that rename columns', async (t) => {
      const store = new SqlStore({ db: db.withPlugin(new CamelCasePlugin()) })
      await store.createTable()
      t.after(() => store.dropTable())
      const record = makeRecord()
      await store.create(record)
      assert.equal(await store.update(next(record), 0), true)
      assert.deepEqual(await store.list(record.owner), [next(record)])
      assert.equal(await store.removeAll(record.owner), 1)
      await store.removeAll(null)
      assert.equal(await store.removeExpired(), 0)
    })

    it('keep neither an id nor an owner that could be used elsewhere', async (t) => {
      const { store } = await setUp(t)
      await store.create(makeRecord({ id: "'; DROP TABLE logins; --", owner: 'ünïcödé' }))
      const [row] = await db.selectFrom('logins').select(['id', 'owner']).execute()
      assert.match(row!.id, /^[0-9a-f]{64}$/)
      assert.match(row!.owner, /^[0-9a-f]{64}$/)
    })

    it('are rid of logins past their end by removeExpired, and of no others', async (t) => {
      const clock = stopClock(t)
      const { store, count } = await setUp(t)
      const short = makeRecords(randomOwner(), 3, { keepUntil: now() + 60 })
      const long = makeRecord({ keepUntil: now() + 3600 })
      for (const record of [...short, long]) await store.create(record)
      clock.advance(59)
      assert.equal(await store.removeExpired(), 0)
      clock.advance(1)
      assert.equal(await count('logins'), 4)
      assert.equal(await store.removeExpired(), 3)
      assert.equal(await count('logins'), 1)
      assert.deepEqual(await store.find(long.id), long)
    })

    it("are rid of everybody's logins by removeExpired after they were ended, and of no later ones", async (t) => {
      const clock = stopClock(t)
      const { store, count } = await setUp(t)
      for (const record of makeRecords(randomOwner(), 3)) await store.create(record)
      await store.removeAll(null)
      clock.advance(1)
      const later = makeRecord()
      await store.create(later)
      assert.equal(await store.removeExpired(), 3)
      assert.equal(await count('logins'), 1)
      assert.deepEqual(await store.find(later.id), later)
    })

    it('keep a mark for a day, and never a login that it has ended for longer', async (t) => {
      const clock = stopClock(t)
      const { store, count } = await setUp(t)
      const [kept, ended] = makeRecords(randomOwner(), 2, { keepUntil: now() + 30 * day })
      await store.create(ended!)
      const row = await db.selectFrom('logins').selectAll().executeTakeFirstOrThrow()
      await store.removeAll(kept!.owner, kept!.id)
      await store.create(kept!)
      // As if it had been under way: written after the mark by a process that had looked before it.
      await db.insertInto('logins').values(row).execute()
      assert.equal(await store.find(ended!.id), null)
      assert.equal(await store.update(next(ended!), 0), false)
      assert.equal(await store.removeExpired(), 0)
      assert.equal(await count('logins_ended'), 1)
      clock.advance(day)
      assert.equal(await store.removeExpired(), 1)
      assert.equal(await count('logins_ended'), 0)
      assert.equal(await store.find(ended!.id), null)
      assert.deepEqual(await store.list(kept!.owner), [kept])
    })

    it('are refused where they are there already and are not what this version needs', async (t) => {
      // As an earlier version made the table of ends: with a row for each, and without the time that is strict.
      await db.schema.createTable('old_ended').addColumn('id', 'varchar(64)', (column) => column.primaryKey())
        .addColumn('owner', 'varchar(64)').addColumn('ended_at', 'double precision').addColumn('except_id', 'varchar(64)').execute()
      const store = new SqlStore({ db, table: 'old' })
      t.after(() => store.dropTable())
      await assert.rejects(store.createTable(), (error: Error) => {
        assert.match(error.message, /^fastify-login: the tables old and old_ended must have the columns of this version/)
        assert.match(String((error.cause as Error).message), /strictly_at/)
        return true
      })
      await store.dropTable()
      await store.createTable()
      const record = makeRecord()
      assert.equal(await store.create(record), true)
      assert.deepEqual(await store.find(record.id), record)
    })

    it('let a failure of the database be known', async () => {
      const store = new SqlStore({ db, table: 'never_made' })
      const record = makeRecord()
      const { id, owner } = record
      await assert.rejects(store.create(record))
      await assert.rejects(store.find(id))
      await assert.rejects(store.update(record, 0))
      await assert.rejects(store.remove(id))
      await assert.rejects(store.removeAll(owner))
      await assert.rejects(store.removeAll(null))
      await assert.rejects(store.list(owner))
      await assert.rejects(store.removeExpired())
    })
  })
}
