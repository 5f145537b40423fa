/**
 * SQL databases for tests, and stores in them: each with tables of its own.
 *
 * @module
 */
import { Kysely, MysqlDialect, SqliteDialect } from 'kysely'
import Database from 'libsql'
import { createPool } from 'mysql2'
import { SqlStore } from 'fastify-login/sql'
import { skipMariadb, startMariadb } from './mariadb.ts'
import { createPGlite } from './pglite.ts'

let tables = 0

export async function freshTable (db: Kysely<unknown>): Promise<{ store: SqlStore, table: string, close: () => Promise<void> }> {
  const table = `logins_${++tables}`
  const store = new SqlStore({ db, table })
  await store.createTable()
  return { store, table, close: () => store.dropTable() }
}

export interface SqlDatabase {
  readonly name: string
  /** Why it cannot be tried here; false where it can. */
  readonly skip: string | false
  open (): Promise<{ db: Kysely<unknown>, close: () => Promise<void> }>
}

/** One for each dialect. */
export const sqlDatabases: readonly SqlDatabase[] = [
  {
    name: 'PGlite',
    skip: false,
    async open () {
      const db = createPGlite()
      return { db, close: () => db.destroy() }
    }
  },
  {
    name: 'SQLite',
    skip: false,
    async open () {
      const db = new Kysely<unknown>({ dialect: new SqliteDialect({ database: new Database(':memory:') }) })
      return { db, close: () => db.destroy() }
    }
  },
  {
    name: 'MariaDB',
    skip: skipMariadb,
    async open () {
      const server = await startMariadb()
      const db = new Kysely<unknown>({ dialect: new MysqlDialect({ pool: createPool({ uri: server.url, connectionLimit: 10 }) }) })
      return {
        db,
        async close () {
          await db.destroy()
          await server.stop()
        }
      }
    }
  }
]

/** A statement that was carried out: what it is, and how many rows it read or changed. */
export interface Statement { readonly kind: string, readonly rows: number }

/** The same database, which tells of each statement once it was carried out, before whoever sent it hears of it. */
export function telling<Tables> (db: Kysely<Tables>, tell: (statement: Statement) => unknown): Kysely<Tables> {
  const told = db.getExecutor()
  // A plugin's `transformResult` would keep the connection, which `tell` may need for statements of its own.
  const executeQuery: typeof told.executeQuery = async (query) => {
    const result = await told.executeQuery<never>(query)
    await tell({ kind: query.query.kind, rows: result.rows.length + Number(result.numAffectedRows ?? 0) })
    return result
  }
  const executor = new Proxy(told, {
    get (target, name) {
      if (name === 'executeQuery') return executeQuery
      const value: unknown = Reflect.get(target, name, target)
      return typeof value === 'function' ? value.bind(target) : value
    }
  })
  return new Kysely<Tables>({ config: {}, driver: {}, dialect: {}, executor } as never)
}
