/**
 * Writes the mark that all logins of an owner, or everybody's, are ended: one row for each owner, whatever the dialect.
 *
 * @module
 */
import { retried } from './retry.ts'
import type { Database, EndedRow } from './tables.ts'

/** What a mark says where no login is excepted: the id of none. */
export const exceptNone = ''

/** What one call ends. */
type Mark = Omit<EndedRow, 'strictly_at'>

/** More than once, because the row may be inserted and deleted by others between two statements. */
const tries = 5

/**
 * Writes a mark, or makes the one that is there say more. The dialects spell "insert or update" in three ways, and
 * Kysely does not say which of them a driver speaks. So the row is updated; where there is none, it is inserted; and
 * where somebody else inserts it at that moment, it is updated after all. Each statement happens whole or not at all,
 * and each leaves a mark that ends no less than before: no order of them can lose an end.
 */
export async function leaveMark (database: Database, mark: Mark): Promise<void> {
  for (let tried = 1; ; tried++) {
    if (await update(database, mark)) return
    try {
      await retried(() => database.db.insertInto(database.ended).values({ ...mark, strictly_at: 0 }).execute())
      return
    } catch (error) {
      // Drivers differ in how they name the error of a key that is there already, so the table is asked instead.
      if (await isSaid(database, mark)) return
      if (tried === tries) throw error
    }
  }
}

async function update ({ db, ended }: Database, { owner, ended_at: now, except_id: exceptId }: Mark): Promise<boolean> {
  const { numUpdatedRows } = await retried(() => db.updateTable(ended)
    // In this order, because MySQL reads in an assignment what the assignments before it have written.
    .set((build) => ({
      strictly_at: build.case()
        .when('except_id', '=', exceptId).then(build.ref('strictly_at'))
        .else(build.ref('ended_at')).end(),
      ended_at: build.case()
        .when('ended_at', '>', now).then(build.ref('ended_at'))
        .else(build.val(now)).end(),
      except_id: exceptId
    }))
    .where('owner', '=', owner).executeTakeFirstOrThrow())
  return numUpdatedRows > 0n
}

/** Whether the owner's mark says all of this already: then some clients of MySQL count the row as not updated. */
async function isSaid ({ db, ended }: Database, mark: Mark): Promise<boolean> {
  const present = await retried(() => db.selectFrom(ended).select('owner')
    .where('owner', '=', mark.owner)
    .where('ended_at', '>=', mark.ended_at)
    .where('except_id', '=', mark.except_id)
    .executeTakeFirst())
  return present !== undefined
}
