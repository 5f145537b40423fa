/**
 * Deletes the rows that are of no use any more, a batch at a time.
 *
 * @module
 */
import { batches, batchSize, deleteInBatches } from './batches.ts'
import { endedOf, everyone } from './ended.ts'
import { retried } from './retry.ts'
import type { Database, EndedRow, LoginRow } from './tables.ts'

/** How old a mark becomes, in seconds: it is for logins under way, and no request takes that long. */
const markLife = 24 * 3600

/** Resolves to how many logins it deleted. */
export async function removeExpired (database: Database, now: number): Promise<number> {
  const oldest = now - markLife
  const pastEnd = await removePastEnd(database, now)
  const everybodys = await removeEverybodys(database, oldest)
  return pastEnd + everybodys + await removeOwned(database, oldest)
}

async function removePastEnd ({ db, logins }: Database, now: number): Promise<number> {
  return await deleteInBatches<Pick<LoginRow, 'id' | 'keep_until'>>((last) => {
    const rows = db.selectFrom(logins).select(['id', 'keep_until']).where('keep_until', '<=', now)
    // PostgreSQL keeps what was deleted in the index for a while: a batch from its start would read all that again.
    const rest = last === undefined ? rows : rows.where('keep_until', '>=', last.keep_until)
    return rest.orderBy('keep_until').limit(batchSize).execute()
    // Asked again, because an update may have prolonged one meanwhile.
  }, (ids) => db.deleteFrom(logins).where('id', 'in', ids).where('keep_until', '<=', now))
}

/** What everybody's mark has ended. No row may outlive the mark that ended it, so an old mark goes last. */
async function removeEverybodys (database: Database, oldest: number): Promise<number> {
  const { db, logins, ended } = database
  const marks = db.selectFrom(ended).select('ended_at').where('owner', '=', everyone)
  const mark = await retried(() => marks.executeTakeFirst())
  if (mark === undefined) return 0
  const removed = await deleteInBatches<Pick<LoginRow, 'id' | 'begun_at'>>((last) => {
    const rows = db.selectFrom(logins).select(['id', 'begun_at']).where('begun_at', '<=', mark.ended_at)
    const rest = last === undefined ? rows : rows.where('begun_at', '>=', last.begun_at)
    return rest.orderBy('begun_at').limit(batchSize).execute()
  }, (ids) => db.deleteFrom(logins).where('id', 'in', ids))
  await removeMarks(database, [everyone], oldest)
  return removed
}

/**
 * The marks of owners that are old, and before them the rows that they have ended: most went when their owner's logins
 * were ended, but a login that was under way may have been written after that.
 */
async function removeOwned (database: Database, oldest: number): Promise<number> {
  const { db, logins, ended } = database
  let removed = 0
  const found = batches<Pick<EndedRow, 'owner' | 'ended_at'>>((last) => {
    const marks = db.selectFrom(ended).select(['owner', 'ended_at'])
    const rest = last === undefined ? marks : marks.where('owner', '>', last.owner)
    return rest.orderBy('owner').limit(batchSize).execute()
  })
  for await (const marks of found) {
    const old = marks.filter(({ owner, ended_at: endedAt }) => owner !== everyone && endedAt <= oldest)
    if (old.length === 0) continue
    const owners = old.map(({ owner }) => owner)
    removed += await deleteInBatches(
      () => endedOf(database, owners).select('login.id').limit(batchSize).execute(),
      (ids) => db.deleteFrom(logins).where('id', 'in', ids))
    await removeMarks(database, owners, oldest)
  }
  return removed
}

/** Their age is asked for again, because logins may have been ended by one of them meanwhile. */
async function removeMarks ({ db, ended }: Database, owners: readonly string[], oldest: number): Promise<void> {
  await retried(() => db.deleteFrom(ended).where('owner', 'in', owners).where('ended_at', '<=', oldest).execute())
}
