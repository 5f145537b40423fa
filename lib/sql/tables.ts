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

/** That the logins of an owner, or everybody's, were ended at a time, but for one. */
export interface EndedRow {
  id: string
  owner: string
  ended_at: number
  except_id: string | null
}

/** The tables under the names that queries are written with; `tableNames` gives the real ones. */
export interface Tables { logins: LoginRow, ended: EndedRow }

export interface TableNames { readonly logins: 'logins', readonly ended: 'ended' }

export function tableNames (table: string): TableNames {
  return { logins: table as 'logins', ended: `${table}_ended` as 'ended' }
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
        .addUniqueConstraint(`${constraint}_by_owner`, ['owner', 'id'])
        .addUniqueConstraint(`${constraint}_by_end`, ['keep_until', 'id'])
        .execute()
      await db.schema.createTable(names.ended).ifNotExists()
        .addColumn('id', 'varchar(64)', (column) => column.primaryKey())
        .addColumn('owner', 'varchar(64)', (column) => column.notNull())
        .addColumn('ended_at', 'double precision', (column) => column.notNull())
        .addColumn('except_id', 'varchar(64)')
        .addUniqueConstraint(`${constraint}_ended_by_owner`, ['owner', 'ended_at', 'id'])
        .execute()
    },
    async down (db) {
      await db.schema.dropTable(names.ended).ifExists().execute()
      await db.schema.dropTable(names.logins).ifExists().execute()
    }
  }
}
