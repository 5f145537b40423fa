/**
 * The marks of "all logins ended", and what they end. A login that began no later than a mark of its owner is dead as
 * soon as the mark is there, row or no row: so it does not matter what else happens at the same moment, nor under
 * which isolation.
 *
 * @module
 */
import type { Expression, ExpressionBuilder, Kysely } from 'kysely'
import type { TableNames, Tables } from './tables.ts'

/** The owner of the mark that ends everybody's logins: what no digest is. */
export const everyone = 'everyone'

/** A login as a query names it: by values, or by columns. */
interface Named {
  readonly id: string | Expression<string>
  readonly owner: string | Expression<string>
  readonly begun_at: number | Expression<number>
}

/**
 * The mark of an owner, if it ends a login. One owner at a time is asked for, because MySQL uses no index for "one of
 * two" where one of them depends on another table.
 */
function markOn (db: Kysely<Tables>, { ended }: TableNames, owner: Named['owner'], login: Named) {
  return db.selectFrom(`${ended} as mark`).select('mark.owner')
    .where('mark.owner', '=', owner)
    .where((build) => endedBy(build, 'mark', login))
}

/** Whether a mark ends a login of its owner. An exception holds only against the marks that made it, which are later than `strictly_at`. */
function endedBy (build: ExpressionBuilder<any, any>, mark: string, { id, begun_at: begunAt }: Omit<Named, 'owner'>) {
  return build.and([
    build(`${mark}.ended_at`, '>=', begunAt),
    build.or([build(`${mark}.except_id`, '<>', id), build(`${mark}.strictly_at`, '>=', begunAt)])
  ])
}

/** That neither its owner's mark nor everybody's ends a login: two look-ups by primary key. */
export function notEnded (db: Kysely<Tables>, names: TableNames, login: Named) {
  return (build: ExpressionBuilder<any, any>) => build.and([
    build.not(build.exists(markOn(db, names, login.owner, login))),
    build.not(build.exists(markOn(db, names, everyone, login)))
  ])
}

/** Whether a login that is to be kept has ended before. */
export async function isEnded (db: Kysely<Tables>, names: TableNames, login: Named): Promise<boolean> {
  const marks = markOn(db, names, login.owner, login).unionAll(markOn(db, names, everyone, login))
  return await marks.executeTakeFirst() !== undefined
}

/** The live logins. */
export function alive (db: Kysely<Tables>, names: TableNames, now: number) {
  return db.selectFrom(`${names.logins} as login`)
    .where('login.keep_until', '>', now)
    .where((build) => notEnded(db, names, columnsOf(build, 'login'))(build))
}

/** Deletes a login that is alive. */
export function deleteAlive (db: Kysely<Tables>, names: TableNames, id: string, now: number) {
  const { logins } = names
  return db.deleteFrom(logins).where('id', '=', id).where('keep_until', '>', now)
    .where((build) => notEnded(db, names, columnsOf(build, logins))(build))
}

function columnsOf (build: ExpressionBuilder<any, any>, table: string): Named {
  return { id: build.ref(`${table}.id`), owner: build.ref(`${table}.owner`), begun_at: build.ref(`${table}.begun_at`) }
}

/** The rows that the marks of these owners have ended. */
export function endedOf (db: Kysely<Tables>, { logins, ended }: TableNames, owners: readonly string[]) {
  return db.selectFrom(`${ended} as mark`)
    .innerJoin(`${logins} as login`, 'login.owner', 'mark.owner')
    .where('mark.owner', 'in', owners)
    .where((build) => endedBy(build, 'mark', columnsOf(build, 'login')))
}

/** Deletes those marks of these owners that are old, and outlive every row that they have ended. */
export function deleteMarks (db: Kysely<Tables>, { logins, ended }: TableNames, owners: readonly string[], oldest: number) {
  return db.deleteFrom(ended).where('owner', 'in', owners).where('ended_at', '<=', oldest)
    .where((build) => build.not(build.exists(
      db.selectFrom(`${logins} as login`).select('login.id')
        .where('login.owner', '=', build.ref(`${ended}.owner`))
        .where((inner) => endedBy(inner, ended, columnsOf(inner, 'login')))
    )))
}
