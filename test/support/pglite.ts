/**
 * Kysely on PGlite, PostgreSQL inside this process. Its one connection is lent to one at a time, as a pool of one.
 *
 * @module
 */
import { PGlite } from '@electric-sql/pglite'
import { Kysely, PostgresDialect, type PostgresPoolClient } from 'kysely'

export function createPGlite (pglite = new PGlite()): Kysely<unknown> {
  let last: Promise<void> = Promise.resolve()
  const connect = async (): Promise<PostgresPoolClient> => {
    let release = () => {}
    const before = last
    last = new Promise((resolve) => { release = resolve })
    await before
    return { query: query as PostgresPoolClient['query'], release }
  }
  const query = async (sql: string, parameters: readonly unknown[]) => {
    const { rows, affectedRows = 0 } = await pglite.query(sql, [...parameters])
    return { rows, rowCount: affectedRows, command: 'UPDATE' }
  }
  return new Kysely({ dialect: new PostgresDialect({ pool: { connect, end: () => pglite.close() } }) })
}
