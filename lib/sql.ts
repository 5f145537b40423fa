/**
 * Keeps logins in a SQL database, through Kysely: `fastify-login/sql`.
 *
 * @module fastify-login/sql
 */
import type { Kysely } from 'kysely'
import type { LoginRecord, LoginStore } from './index.ts'
import { alive, deleteAlive, everyone, isEnded, notEnded } from './sql/ended.ts'
import { exceptNone, leaveMark } from './sql/leave-mark.ts'
import { deleteOwned, listOwned } from './sql/owned.ts'
import { removeExpired } from './sql/remove-expired.ts'
import { retried } from './sql/retry.ts'
import { keyOf, recordOf, rowOf } from './sql/rows.ts'
import { loginMigration, tableNames, type TableNames, type Tables } from './sql/tables.ts'

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
  readonly #db: Kysely<Tables>
  readonly #table: string
  readonly #names: TableNames

  constructor ({ db, table = 'logins' }: SqlStoreOptions) {
    this.#db = db
    this.#table = table
    this.#names = tableNames(table)
  }

  /** Makes the tables where they are not there yet. */
  async createTable (): Promise<void> {
    const { up } = loginMigration(this.#table)
    // PostgreSQL lets one of two processes fail that make the same table at once; then it is there. There are two tables.
    const again = () => up(this.#db)
    await again().catch(again).catch(again)
  }

  /** Drops the tables, and every login with them. */
  async dropTable (): Promise<void> {
    await loginMigration(this.#table).down(this.#db)
  }

  /**
   * Deletes the rows of logins that are past their end, or were ended with everybody's, some hundred with each
   * statement. Resolves to how many it deleted. Call it every hour or day.
   */
  async removeExpired (): Promise<number> {
    return await removeExpired(this.#db, this.#names, Date.now() / 1000)
  }

  async create (login: LoginRecord): Promise<boolean> {
    const row = rowOf(login)
    return await retried(async () => {
      if (await isEnded(this.#db, this.#names, row)) return false
      await this.#db.insertInto(this.#names.logins).values(row).execute()
      return true
    })
  }

  async find (id: string): Promise<LoginRecord | null> {
    const row = await retried(() => alive(this.#db, this.#names, Date.now() / 1000)
      .select('login.record').where('login.id', '=', keyOf(id)).executeTakeFirst())
    return row === undefined ? null : recordOf(row)
  }

  async update (login: LoginRecord, expectedVersion: number): Promise<boolean> {
    const { id, ...row } = rowOf(login)
    const { numUpdatedRows } = await retried(() => this.#db.updateTable(this.#names.logins).set(row)
      .where('id', '=', id)
      .where('version', '=', expectedVersion)
      .where('keep_until', '>', Date.now() / 1000)
      .where(notEnded(this.#db, this.#names, { id, ...row }))
      .executeTakeFirstOrThrow())
    return numUpdatedRows > 0n
  }

  async remove (id: string): Promise<boolean> {
    const { numDeletedRows } = await retried(() => deleteAlive(this.#db, this.#names, keyOf(id), Date.now() / 1000).executeTakeFirstOrThrow())
    return numDeletedRows > 0n
  }

  /** The mark is the one step that ends them all, and the rows that are dead by it are then deleted. */
  async removeAll (owner: string | null, exceptId?: string): Promise<number> {
    const now = Date.now() / 1000
    const key = owner === null ? everyone : keyOf(owner)
    const except = owner === null || exceptId === undefined ? exceptNone : keyOf(exceptId)
    await leaveMark(this.#db, this.#names, key, except, now)
    return owner === null ? 0 : await deleteOwned(this.#db, this.#names, key, except, now)
  }

  async list (owner: string): Promise<LoginRecord[]> {
    return await listOwned(this.#db, this.#names, keyOf(owner), Date.now() / 1000)
  }
}
