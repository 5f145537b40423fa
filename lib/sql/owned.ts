/**
 * The logins of one owner, a batch at a time: somebody may have made thousands.
 *
 * @module
 */
import type { LoginRecord } from '../index.ts'
import { batches, batchSize, deleteInBatches } from './batches.ts'
import { alive } from './ended.ts'
import { recordOf } from './rows.ts'
import type { Database, LoginRow } from './tables.ts'

/** Every login that is alive from the first batch to the last is in the list once. */
export async function listOwned (database: Database, owner: string, now: number): Promise<LoginRecord[]> {
  const records: LoginRecord[] = []
  const found = batches<Pick<LoginRow, 'id' | 'begun_at' | 'record'>>((last) => {
    let rows = alive(database, now).where('login.owner', '=', owner)
      .select(['login.id', 'login.begun_at', 'login.record'])
    // Said twice, so that the index is entered where the batch before has ended.
    if (last !== undefined) {
      rows = rows.where('login.begun_at', '>=', last.begun_at)
        .where((build) => build.or([build('login.begun_at', '>', last.begun_at), build('login.id', '>', last.id)]))
    }
    return rows.orderBy('login.begun_at').orderBy('login.id').limit(batchSize).execute()
  })
  for await (const rows of found) records.push(...rows.map(recordOf))
  return records
}

/**
 * Deletes the rows of an owner that are there, except one; resolves to how many. The latest go first, and after the
 * first batch those that began later are left alone: they began after all were ended. That the first batch knows no
 * such bound is for a clock that was set back: logins from before it lie in the future, where no mark reaches them.
 */
export async function deleteOwned (
  { db, logins }: Database, owner: string, exceptId: string, now: number
): Promise<number> {
  return await deleteInBatches<Pick<LoginRow, 'id' | 'begun_at'>>((last) => {
    const rows = db.selectFrom(logins).select(['id', 'begun_at'])
      .where('owner', '=', owner).where('keep_until', '>', now).where('id', '<>', exceptId)
    const bounded = last === undefined ? rows : rows.where('begun_at', '<=', last.begun_at)
    return bounded.orderBy('begun_at', 'desc').limit(batchSize).execute()
  }, (ids) => db.deleteFrom(logins).where('id', 'in', ids))
}
