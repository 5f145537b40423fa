/**
 * The two tables of a SQL store, and the migration that makes them.
 *
 * @module
 */
import type { Kysely } from 'kysely'

/**
 * A login. Ids and owners are kept as digests of one length and one case: no text of a visitor reaches the database,
 * and a collation that takes "a" for "A" makes no difference.
 */
export interface LoginRow {
  id: string
  owner: string
  version: number
  begun_at: number
  keep_until: number
  /** The record as JSON in ASCII. */
  record: string
}

/**
 * The mark that all logins of an owner, or everybody's, were ended: one row for each owner, however often they were.
 * The logins that began by `ended_at` are ended, except one; that one is ended, too, if it began by `strictly_at`,
 * which is the time of the latest such end that did not except it.
 */
export interface EndedRow {
  owner: string
  ended_at: number
  /** The id of the login that is excepted; empty where there is none. */
  except_id: string
  strictly_at: number
}

/** The tables under the names that queries are written with; a `Database` has the real ones. */
export interface Tables { logins: LoginRow, ended: EndedRow }

interface TableNames { readonly logins: 'logins', readonly ended: 'ended' }

function tableNames (table: string): TableNames {
  return { logins: table as 'logins', ended: `${table}_ended` as 'ended' }
}

/** A database, and the names of the two tables in it. */
export interface Database extends TableNames { readonly db: Kysely<Tables> }

export function databaseOf (db: Kysely<Tables>, table: string): Database {
  return { db, ...tableNames(table) }
}

/** What Kysely calls a `Migration`, under an address that changed with Kysely 0.29. */
export interface LoginMigration {
  /** Makes the tables where they are not there yet. */
  up (db: Kysely<any>): Promise<void>
  /** Drops them, and every login with them. */
  down (db: Kysely<any>): Promise<void>
}

/**
 * The migration that makes the tables of a `SqlStore`, for Kysely's `Migrator`.
 *
 * Its indexes are unique constraints, because every database can make those together with the table.
 *
 * @example
 * import { loginMigration } from 'fastify-login/sql'
 *
 * // migrations/2026-01-01-logins.ts
 * export const { up, down } = loginMigration()
 */
export function loginMigration (table = 'logins'): LoginMigration {
  const names = tableNames(table)
  const constraint = table.replaceAll('.', '_')
  return {
    async up (db) {
      await db.schema.createTable(names.logins).ifNotExists()
        .addColumn('id', 'varchar(64)', (column) => column.primaryKey())
        .addColumn('owner', 'varchar(64)', (column) => column.notNull())
        .addColumn('version', 'integer', (column) => column.notNull())
        .addColumn('begun_at', 'double precision', (column) => column.notNull())
        .addColumn('keep_until', 'double precision', (column) => column.notNull())
        .addColumn('record', 'text', (column) => column.notNull())
        .addUniqueConstraint(`${constraint}_by_owner`, ['owner', 'begun_at', 'id'])
        .addUniqueConstraint(`${constraint}_by_start`, ['begun_at', 'id'])
        .addUniqueConstraint(`${constraint}_by_end`, ['keep_until', 'id'])
        .execute()
      // No index has the times: PostgreSQL then writes a mark again in its place, and look-ups by owner stay short.
      await db.schema.createTable(names.ended).ifNotExists()
        .addColumn('owner', 'varchar(64)', (column) => column.primaryKey())
        .addColumn('ended_at', 'double precision', (column) => column.notNull())
        .addColumn('except_id', 'varchar(64)', (column) => column.notNull())
        .addColumn('strictly_at', 'double precision', (column) => column.notNull())
        .execute()
      await checkColumns(db, table)
    },
    async down (db) {
      await db.schema.dropTable(names.ended).ifExists().execute()
      await db.schema.dropTable(names.logins).ifExists().execute()
    }
  }
}

/**
 * A table that is there already is left as it is: refuses one that this version cannot work with, before a request
 * meets it. Names without their table would not show it, because SQLite takes a quoted name of no column for a text.
 */
async function checkColumns (db: Kysely<Tables>, table: string): Promise<void> {
  const { logins, ended } = tableNames(table)
  try {
    await db.selectFrom(`${logins} as login`)
      .select(['login.id', 'login.owner', 'login.version', 'login.begun_at', 'login.keep_until', 'login.record'])
      .limit(1).execute()
    await db.selectFrom(`${ended} as mark`)
      .select(['mark.owner', 'mark.ended_at', 'mark.except_id', 'mark.strictly_at'])
      .limit(1).execute()
  } catch (cause) {
    throw new Error(`fastify-login: the tables ${logins} and ${ended} must have the columns of this version, but ` +
      'could not be read. Were they made by an earlier version, or for something else? Drop both, or use another ' +
      'name for the option `table`. Every user then logs in once more.', { cause })
  }
}
