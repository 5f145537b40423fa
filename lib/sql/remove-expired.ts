/**
 * Deletes the rows that are of no use any more, a batch at a time.
 *
 * @module
 */
import type { Kysely } from 'kysely'
import { batches, batchSize, deleteInBatches } from './batches.ts'
import { deleteMarks, endedOf, everyone } from './ended.ts'
import { retried } from './retry.ts'
import type { TableNames, Tables } from './tables.ts'

/** How old a mark becomes, in seconds: it is for logins under way, and no request takes that long. */
const markLife = 24 * 3600

/** Resolves to how many logins it deleted. */
export async function removeExpired (db: Kysely<Tables>, names: TableNames, now: number): Promise<number> {
  const oldest = now - markLife
  return await removePastEnd(db, names, now) + await removeEverybodys(db, names, oldest) + await removeOwned(db, names, oldest)
}

async function removePastEnd (db: Kysely<Tables>, { logins }: TableNames, now: number): Promise<number> {
  return await deleteInBatches<{ id: string, keep_until: number }>((last) => {
    const rows = db.selectFrom(logins).select(['id', 'keep_until']).where('keep_until', '<=', now)
    // PostgreSQL leaves what was deleted in the index for a while: whoever began at its start would read all that again.
    const rest = last === undefined ? rows : rows.where('keep_until', '>=', last.keep_until)
    return rest.orderBy('keep_until').limit(batchSize).execute()
    // Asked again, because an update may have prolonged one meanwhile.
  }, (ids) => db.deleteFrom(logins).where('id', 'in', ids).where('keep_until', '<=', now).executeTakeFirstOrThrow())
}

/** What everybody's mark has ended. No row may outlive the mark that ended it, so the mark goes last. */
async function removeEverybodys (db: Kysely<Tables>, { logins, ended }: TableNames, oldest: number): Promise<number> {
  const mark = await retried(() => db.selectFrom(ended).select('ended_at').where('owner', '=', everyone).executeTakeFirst())
  if (mark === undefined) return 0
  const removed = await deleteInBatches<{ id: string, begun_at: number }>((last) => {
    const rows = db.selectFrom(logins).select(['id', 'begun_at']).where('begun_at', '<=', mark.ended_at)
    const rest = last === undefined ? rows : rows.where('begun_at', '>=', last.begun_at)
    return rest.orderBy('begun_at').limit(batchSize).execute()
  }, (ids) => db.deleteFrom(logins).where('id', 'in', ids).executeTakeFirstOrThrow())
  await retried(() => db.deleteFrom(ended).where('owner', '=', everyone).where('ended_at', '<=', oldest)
    .where((build) => build.not(build.exists(
      db.selectFrom(`${logins} as login`).select('login.id').where('login.begun_at', '<=', build.ref(`${ended}.ended_at`))
    ))).execute())
  return removed
}

/**
 * The marks of owners that are old, and before them the rows that they have ended: most went when their owner's logins
 * were ended, but a login that was under way may have been written after that.
 */
async function removeOwned (db: Kysely<Tables>, names: TableNames, oldest: number): Promise<number> {
  const { logins, ended } = names
  let removed = 0
  const found = batches<{ owner: string, ended_at: number }>((last) => {
    const marks = db.selectFrom(ended).select(['owner', 'ended_at'])
    return (last === undefined ? marks : marks.where('owner', '>', last.owner)).orderBy('owner').limit(batchSize).execute()
  })
  for await (const marks of found) {
    const owners = marks.filter(({ owner, ended_at: at }) => owner !== everyone && at <= oldest).map(({ owner }) => owner)
    if (owners.length === 0) continue
    removed += await deleteInBatches(
      () => endedOf(db, names, owners).select('login.id').limit(batchSize).execute(),
      (ids) => db.deleteFrom(logins).where('id', 'in', ids).executeTakeFirstOrThrow())
    await retried(() => deleteMarks(db, names, owners, oldest).execute())
  }
  return removed
}
