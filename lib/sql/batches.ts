/**
 * Reads and deletes many rows a few at a time: no statement locks more than a batch, and others are served between two.
 *
 * @module
 */
import { setImmediate } from 'node:timers/promises'
import { retried } from './retry.ts'

/** How many rows one statement reads or deletes at the most; SQLite took no more than 999 parameters for long. */
export const batchSize = 500

/**
 * Calls `query` with the last row of the batch before, until a batch is not full. A driver that answers at once, as
 * those of SQLite do, would let nobody else run between two of them.
 */
export async function * batches<Row> (query: (last: Row | undefined) => Promise<Row[]>): AsyncGenerator<Row[], void> {
  let last: Row | undefined
  for (;;) {
    const rows = await retried(() => query(last))
    if (rows.length > 0) yield rows
    if (rows.length < batchSize) return
    last = rows[rows.length - 1]
    await setImmediate()
  }
}

/** A DELETE of Kysely, as far as it is asked for here. */
interface Deletion { executeTakeFirstOrThrow: () => Promise<{ readonly numDeletedRows: bigint }> }

/**
 * Deletes the rows that a query finds; resolves to how many. Their ids are sent: MySQL takes no LIMIT in the subquery
 * of a DELETE, and reads the whole table where the subquery stands in another one.
 */
export async function deleteInBatches<Row extends { readonly id: string }> (
  find: (last: Row | undefined) => Promise<Row[]>, remove: (ids: string[]) => Deletion
): Promise<number> {
  let deleted = 0
  for await (const rows of batches(find)) {
    const { numDeletedRows } = await retried(() => remove(rows.map(({ id }) => id)).executeTakeFirstOrThrow())
    deleted += Number(numDeletedRows)
  }
  return deleted
}
