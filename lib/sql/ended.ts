/**
 * The marks of "all logins ended", and what they end. A login that began no later than a mark of its owner is dead as
 * soon as the mark is there, row or no row: so it does not matter what else happens at the same moment, nor under
 * which isolation.
 *
 * @module
 */
import { randomUUID } from 'node:crypto'
import type { Expression, ExpressionBuilder, Kysely } from 'kysely'
import type { EndedRow, LoginRow, TableNames, Tables } from './tables.ts'

/** The owner of the marks that end everybody's logins: what no digest is. */
export const everyone = 'everyone'

/** A login as a query names it: by values, or by columns. */
interface Named {
  readonly id: string | Expression<string>
  readonly owner: string | Expression<string>
  readonly begun_at: number | Expression<number>
}

/** A new mark: it ends the logins of an owner but for one. */
export function mark (owner: string, exceptId: string | null, now: number): EndedRow {
  return { id: randomUUID(), owner, ended_at: now, except_id: exceptId }
}

/** The marks that end a login. An exception holds against its own mark only. */
export function marksOn (db: Kysely<Tables>, { ended }: TableNames, login: Named) {
  return db.selectFrom(`${ended} as mark`).select('mark.id')
    .where((build) => build('mark.owner', 'in', [login.owner, build.val(everyone)]))
    .where('mark.ended_at', '>=', login.begun_at)
    .where((build) => build.or([build('mark.except_id', 'is', null), build('mark.except_id', '<>', login.id)]))
}

/** The live logins. */
export function alive (db: Kysely<Tables>, names: TableNames, now: number) {
  const columns = (build: ExpressionBuilder<Tables & { login: LoginRow }, 'login'>): Named => {
    return { id: build.ref('login.id'), owner: build.ref('login.owner'), begun_at: build.ref('login.begun_at') }
  }
  return db.selectFrom(`${names.logins} as login`).select('login.record')
    .where('login.keep_until', '>', now)
    .where((build) => build.not(build.exists(marksOn(db, names, columns(build)))))
}

/** Deletes a login that is alive. */
export function deleteAlive (db: Kysely<Tables>, names: TableNames, id: string, now: number) {
  const { logins } = names
  return db.deleteFrom(logins).where('id', '=', id).where('keep_until', '>', now)
    .where((build) => build.not(build.exists(marksOn(db, names, {
      id: build.ref(`${logins}.id`), owner: build.ref(`${logins}.owner`), begun_at: build.ref(`${logins}.begun_at`)
    }))))
}
