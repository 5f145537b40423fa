/**
 * Keeps logins in a SQL database, through Kysely: `fastify-login/sql`.
 *
 * @module fastify-login/sql
 */
import type { Kysely } from 'kysely'
import type { LoginRecord, LoginStore } from './index.ts'
import { alive, deleteAlive, everyone, isEnded, latestBeginning, notEnded } from './sql/ended.ts'
import { exceptNone, leaveMark } from './sql/leave-mark.ts'
import { deleteOwned, listOwned } from './sql/owned.ts'
import { removeExpired } from './sql/remove-expired.ts'
import { retried } from './sql/retry.ts'
import { keyOf, recordOf, rowOf } from './sql/rows.ts'
import { databaseOf, loginMigration, type Database } from './sql/tables.ts'

export { loginMigration, type LoginMigration } from './sql/tables.ts'

/** The options of a `SqlStore`. */
export interface SqlStoreOptions {
  /** The database, whatever its tables are. The store neither opens nor closes it. */
  db: Kysely<any>
  /** The name of the table of logins; that of their ends is the same with `_ended`. Default `'logins'`. */
  table?: string
}

/**
 * Keeps logins in PostgreSQL, MySQL, SQLite or PGlite. Rows that are past their end stay until `removeExpired()`.
 *
 * @example
 * import Fastify from 'fastify'
 * import { Kysely, PostgresDialect } from 'kysely'
 * import login from 'fastify-login'
 * import { SqlStore } from 'fastify-login/sql'
 * import { Pool } from 'pg'
 *
 * const store = new SqlStore({ db: new Kysely({ dialect: new PostgresDialect({ pool: new Pool() }) }) })
 * await store.createTable()
 * const app = Fastify()
 * await app.register(login, { key: 'a secret of at least thirty-two bytes', loadUser: (id) => ({ id }), store })
 */
export class SqlStore implements LoginStore {
  readonly #database: Database
  readonly #table: string

  constructor ({ db, table = 'logins' }: SqlStoreOptions) {
    this.#database = databaseOf(db, table)
    this.#table = table
  }

  /** Makes the tables where they are not there yet. Rejects where tables of these names have other columns. */
  async createTable (): Promise<void> {
    const { up } = loginMigration(this.#table)
    // PostgreSQL lets one of two processes fail that make the same table at once. There are two tables.
    const again = () => up(this.#database.db)
    await again().catch(again).catch(again)
  }

  /** Drops the tables, and every login with them. */
  async dropTable (): Promise<void> {
    await loginMigration(this.#table).down(this.#database.db)
  }

  /**
   * Deletes the rows of logins that are past their end, or were ended with everybody's, some hundred with each
   * statement. Resolves to how many it deleted. Call it every hour or day.
   */
  async removeExpired (): Promise<number> {
    return await removeExpired(this.#database, nowInSeconds())
  }

  async create (login: LoginRecord): Promise<boolean> {
    const { db, logins } = this.#database
    const row = rowOf(login)
    return await retried(async () => {
      if (await isEnded(this.#database, row)) return false
      await db.insertInto(logins).values(row).execute()
      return true
    })
  }

  async find (id: string): Promise<LoginRecord | null> {
    const found = alive(this.#database, nowInSeconds()).select('login.record').where('login.id', '=', keyOf(id))
    const row = await retried(() => found.executeTakeFirst())
    return row === undefined ? null : recordOf(row)
  }

  async update (login: LoginRecord, expectedVersion: number): Promise<boolean> {
    const { db, logins } = this.#database
    const { id, ...row } = rowOf(login)
    const { numUpdatedRows } = await retried(() => db.updateTable(logins).set(row)
      .where('id', '=', id)
      .where('version', '=', expectedVersion)
      .where('keep_until', '>', nowInSeconds())
      .where(notEnded(this.#database, { id, ...row }))
      .executeTakeFirstOrThrow())
    return numUpdatedRows > 0n
  }

  async remove (id: string): Promise<boolean> {
    const deletion = deleteAlive(this.#database, keyOf(id), nowInSeconds())
    const { numDeletedRows } = await retried(() => deletion.executeTakeFirstOrThrow())
    return numDeletedRows > 0n
  }

  /** The mark is the one step that ends them all, and the rows that are dead by it are then deleted. */
  async removeAll (owner: string | null, exceptId?: string): Promise<number> {
    const now = nowInSeconds()
    const key = owner === null ? everyone : keyOf(owner)
    const except = owner === null || exceptId === undefined ? exceptNone : keyOf(exceptId)
    const endedAt = owner === null ? Math.max(now, await latestBeginning(this.#database)) : now
    await leaveMark(this.#database, { owner: key, ended_at: endedAt, except_id: except })
    return owner === null ? 0 : await deleteOwned(this.#database, key, except, now)
  }

  async list (owner: string): Promise<LoginRecord[]> {
    return await listOwned(this.#database, keyOf(owner), nowInSeconds())
  }
}

function nowInSeconds (): number {
  return Date.now() / 1000
}
