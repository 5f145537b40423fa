/** Opens the database: PostgreSQL where DATABASE_URL names one, else PGlite, which is PostgreSQL inside this process. */
import { PGlite } from '@electric-sql/pglite'
import { Kysely, PostgresDialect } from 'kysely'
import type { PostgresPool, PostgresPoolClient } from 'kysely'
import { Pool } from 'pg'

/** A server's address, or the folder of an embedded database; without either it lives in memory. */
export interface Place {
  url?: string | undefined
  folder?: string | undefined
}

export function openDatabase<Tables> ({ url, folder }: Place): Kysely<Tables> {
  return new Kysely({ dialect: new PostgresDialect({ pool: url ? connectTo(url) : embedded(folder) }) })
}

function connectTo (url: string): Pool {
  // Five seconds: a request would rather fail than wait for minutes.
  const pool = new Pool({ connectionString: url, connectionTimeoutMillis: 5000 })
  // A connection that breaks while nobody uses it is replaced; unheard, its error would end the process.
  return pool.on('error', () => {})
}

/** PGlite has one connection: who asks for it waits for who has it, so that transactions do not mix. */
function embedded (folder = 'memory://'): PostgresPool {
  const database = new PGlite(folder)
  let last = Promise.resolve()
  const query = async (sql: string, parameters: readonly unknown[]) => {
    const { rows, affectedRows = 0 } = await database.query(sql, [...parameters])
    return { rows, rowCount: affectedRows, command: 'UPDATE' }
  }
  return {
    async connect () {
      const before = last
      let release = () => {}
      last = new Promise((resolve) => { release = resolve })
      await before
      return { query: query as PostgresPoolClient['query'], release }
    },
    end: () => database.close()
  }
}
