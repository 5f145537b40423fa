import { Kysely, MysqlDialect } from 'kysely'
import { createPool } from 'mysql2'
import { before, describe } from 'node:test'
import { testLoginStore } from 'fastify-login/testing'
import { closesAfter } from '../support/closing.ts'
import { skipMariadb, startMariadb } from '../support/mariadb.ts'
import type { ThrowAwayServer } from '../support/servers.ts'
import { freshTable } from '../support/sql.ts'

/** In each of them a store does the same. */
const isolations = ['read committed', 'repeatable read', 'serializable']

describe('on MariaDB', { skip: skipMariadb }, () => {
  const atEnd = closesAfter()
  let server: ThrowAwayServer
  before(async () => {
    server = await startMariadb()
    atEnd(() => server.stop())
  })

  for (const isolation of isolations) {
    describe(`at ${isolation}`, () => {
      let db: Kysely<unknown>
      before(() => {
        const pool = createPool({ uri: server.url, connectionLimit: 20 })
        pool.on('connection', (connection) => { connection.query(`set session transaction isolation level ${isolation}`, () => {}) })
        db = new Kysely({ dialect: new MysqlDialect({ pool }) })
        atEnd(() => db.destroy())
      })
      testLoginStore('SqlStore', () => freshTable(db))
    })
  }
})
