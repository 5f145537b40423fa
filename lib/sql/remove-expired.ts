/**
 * Deletes the rows that are of no use any more.
 *
 * @module
 */
import type { Kysely } from 'kysely'
import { everyone } from './ended.ts'
import type { EndedRow, TableNames, Tables } from './tables.ts'

/** How old a mark becomes, in seconds: it is for logins under way, and no request takes that long. */
const markLife = 24 * 3600

/** Resolves to how many logins it deleted. */
export async function removeExpired (db: Kysely<Tables>, names: TableNames, now: number): Promise<number> {
  const expired = await db.deleteFrom(names.logins).where('keep_until', '<=', now).executeTakeFirstOrThrow()
  let removed = Number(expired.numDeletedRows)
  const marks = await db.selectFrom(names.ended).selectAll()
    .where((mark) => mark.or([mark('owner', '=', everyone), mark('ended_at', '<=', now - markLife)])).execute()
  for (const mark of marks) {
    // No row may outlive the mark that ended it.
    removed += await removeEnded(db, names, mark)
    if (mark.ended_at <= now - markLife) await db.deleteFrom(names.ended).where('id', '=', mark.id).execute()
  }
  return removed
}

async function removeEnded (db: Kysely<Tables>, { logins }: TableNames, mark: EndedRow): Promise<number> {
  let ended = db.deleteFrom(logins).where('begun_at', '<=', mark.ended_at)
  if (mark.owner !== everyone) ended = ended.where('owner', '=', mark.owner)
  if (mark.except_id !== null) ended = ended.where('id', '<>', mark.except_id)
  return Number((await ended.executeTakeFirstOrThrow()).numDeletedRows)
}
