/**
 * The marks of "all logins ended", and what they end. A login that began no later than a mark of its owner is dead as
 * soon as the mark is there, row or no row: so it does not matter what else happens at the same moment, nor under
 * which isolation.
 *
 * @module
 */
import type { Expression, ExpressionBuilder } from 'kysely'
import { retried } from './retry.ts'
import type { Database } from './tables.ts'

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
function markOn ({ db, ended }: Database, owner: Named['owner'], login: Named) {
  return db.selectFrom(`${ended} as mark`).select('mark.owner')
    .where('mark.owner', '=', owner)
    .where((build) => endedBy(build, 'mark', login))
}

/**
 * Whether a mark ends a login of its owner. An exception does not hold against the ends before it that did not make
 * it: `strictly_at` is the time of the latest of them.
 */
function endedBy (build: ExpressionBuilder<any, any>, mark: string, { id, begun_at: begunAt }: Omit<Named, 'owner'>) {
  return build.and([
    build(`${mark}.ended_at`, '>=', begunAt),
    build.or([build(`${mark}.except_id`, '<>', id), build(`${mark}.strictly_at`, '>=', begunAt)])
  ])
}

/** That neither its owner's mark nor everybody's ends a login: two look-ups by primary key. */
export function notEnded (database: Database, login: Named) {
  return (build: ExpressionBuilder<any, any>) => build.and([
    build.not(build.exists(markOn(database, login.owner, login))),
    build.not(build.exists(markOn(database, everyone, login)))
  ])
}

/** Whether a login that is to be kept has ended before. */
export async function isEnded (database: Database, login: Named): Promise<boolean> {
  const marks = markOn(database, login.owner, login).unionAll(markOn(database, everyone, login))
  return await marks.executeTakeFirst() !== undefined
}

/** The live logins. */
export function alive (database: Database, now: number) {
  return database.db.selectFrom(`${database.logins} as login`)
    .where('login.keep_until', '>', now)
    .where((build) => notEnded(database, columnsOf(build, 'login'))(build))
}

/** When the login began that began last. After a clock was set back this lies in the future, and no mark of now ends that login. */
export async function latestBeginning ({ db, logins }: Database): Promise<number> {
  const latest = () => db.selectFrom(logins).select('begun_at').orderBy('begun_at', 'desc').limit(1).executeTakeFirst()
  return (await retried(latest))?.begun_at ?? 0
}

/** Deletes a login that is alive. */
export function deleteAlive (database: Database, id: string, now: number) {
  const { db, logins } = database
  return db.deleteFrom(logins).where('id', '=', id).where('keep_until', '>', now)
    .where((build) => notEnded(database, columnsOf(build, logins))(build))
}

function columnsOf (build: ExpressionBuilder<any, any>, table: string): Named {
  return { id: build.ref(`${table}.id`), owner: build.ref(`${table}.owner`), begun_at: build.ref(`${table}.begun_at`) }
}

/** The rows that the marks of these owners have ended. */
export function endedOf ({ db, logins, ended }: Database, owners: readonly string[]) {
  return db.selectFrom(`${ended} as mark`)
    .innerJoin(`${logins} as login`, 'login.owner', 'mark.owner')
    .where('mark.owner', 'in', owners)
    .where((build) => endedBy(build, 'mark', columnsOf(build, 'login')))
}
