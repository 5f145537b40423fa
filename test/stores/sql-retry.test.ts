import { Kysely, PostgresDialect, type PostgresPoolClient } from 'kysely'
import assert from 'node:assert/strict'
import { describe, it } from 'node:test'
import { SqlStore } from 'fastify-login/sql'

/** A store on a database that fails so many times before it answers, and how often it was asked. */
function failing (times: number, code: unknown): { store: SqlStore, asked: () => number } {
  let asked = 0
  const query = async () => {
    if (++asked <= times) throw Object.assign(new Error('as told'), { code })
    return { command: 'DELETE', rowCount: 1, rows: [] }
  }
  const client: PostgresPoolClient = { query: query as never, release () {} }
  const db = new Kysely({ dialect: new PostgresDialect({ pool: { connect: async () => client, end: async () => {} } }) })
  return { store: new SqlStore({ db }), asked: () => asked }
}

describe('a SqlStore whose database', () => {
  for (const code of ['40001', '40P01', 'ER_LOCK_DEADLOCK', 'ER_CHECKREAD', 'SQLITE_BUSY']) {
    it(`gave a change up for the sake of another (${code}) makes it again`, async () => {
      const { store, asked } = failing(3, code)
      assert.equal(await store.remove('id'), true)
      assert.equal(asked(), 4)
    })
  }

  it('gives up again and again says so in the end', async () => {
    const { store, asked } = failing(Infinity, '40001')
    await assert.rejects(store.remove('id'), { code: '40001' })
    assert.equal(asked(), 10)
  })

  it('fails for another reason says so at once: it may have happened', async () => {
    for (const code of ['ECONNRESET', '23505', 40001, undefined]) {
      const { store, asked } = failing(1, code)
      await assert.rejects(store.remove('id'), { message: 'as told' })
      assert.equal(asked(), 1)
    }
  })

  it('never takes the mark of an end says so in the end, with the error of the database', async () => {
    const asked: string[] = []
    const client: PostgresPoolClient = {
      release () {},
      query: (async (sql: string) => {
        asked.push(sql.slice(0, 6))
        if (sql.startsWith('insert')) throw Object.assign(new Error('disk full'), { code: '53100' })
        return { command: 'UPDATE', rowCount: 0, rows: [] }
      }) as never
    }
    const db = new Kysely({ dialect: new PostgresDialect({ pool: { connect: async () => client, end: async () => {} } }) })
    await assert.rejects(new SqlStore({ db }).removeAll('owner'), { message: 'disk full' })
    assert.deepEqual(asked, Array.from({ length: 5 }, () => ['update', 'insert', 'select']).flat())
  })
})
