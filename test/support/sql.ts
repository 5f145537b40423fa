/**
 * SQL stores for tests: each with tables of its own.
 *
 * @module
 */
import type { Kysely } from 'kysely'
import type { MadeStore } from 'fastify-login/testing'
import { SqlStore } from 'fastify-login/sql'

let tables = 0

export async function freshTable (db: Kysely<unknown>): Promise<MadeStore & { store: SqlStore }> {
  const store = new SqlStore({ db, table: `logins_${++tables}` })
  await store.createTable()
  return { store, close: () => store.dropTable() }
}
