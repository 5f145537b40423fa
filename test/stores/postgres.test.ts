import { Kysely, PostgresDialect } from 'kysely'
import { before, describe } from 'node:test'
import { testLoginStore } from 'fastify-login/testing'
import { Pool } from 'pg'
import { closesAfter } from '../support/closing.ts'
import { skipPostgres, startPostgres } from '../support/postgres.ts'
import type { ThrowAwayServer } from '../support/servers.ts'
import { freshTable } from '../support/sql.ts'

/** In each of them a store does the same. */
const isolations = ['read committed', 'repeatable read', 'serializable']

describe('on PostgreSQL', { skip: skipPostgres }, () => {
  const atEnd = closesAfter()
  let server: ThrowAwayServer
  before(async () => {
    server = await startPostgres()
    atEnd(() => server.stop())
  })

  for (const isolation of isolations) {
    describe(`at ${isolation}`, () => {
      let db: Kysely<unknown>
      before(() => {
        const options = `-c default_transaction_isolation=${isolation.replace(' ', '\\ ')}`
        db = new Kysely({ dialect: new PostgresDialect({ pool: new Pool({ connectionString: server.url, max: 20, options, connectionTimeoutMillis: 30_000 }) }) })
        atEnd(() => db.destroy())
      })
      testLoginStore('SqlStore', () => freshTable(db))
    })
  }
})
