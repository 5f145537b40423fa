import { Kysely, SqliteDialect } from 'kysely'
import Database from 'libsql'
import { after, describe } from 'node:test'
import { testLoginStore } from 'fastify-login/testing'
import { freshTable } from '../support/sql.ts'

describe('on SQLite', () => {
  const db = new Kysely<unknown>({ dialect: new SqliteDialect({ database: new Database(':memory:') }) })
  after(() => db.destroy())

  testLoginStore('SqlStore', () => freshTable(db))
})
