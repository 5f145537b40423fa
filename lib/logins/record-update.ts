/**
 * Changes one record by compare-and-swap.
 *
 * @module
 */
import type { LoginRecord, LoginStore } from './store.ts'

/** Each try is lost to a write that succeeded, of which there are few: a login is touched once a minute. */
const tries = 50

/**
 * Changes a record as it is now; null: not any more. Another request's change of something else is no hindrance.
 * Resolves to the record before and after, or null where nothing was changed.
 */
export async function changeRecord (
  store: LoginStore, found: LoginRecord, change: (record: LoginRecord) => LoginRecord | null
): Promise<{ before: LoginRecord, after: LoginRecord } | null> {
  let before: LoginRecord | null = found
  for (let tried = 0; tried < tries && before !== null; tried++) {
    const after = change(before)
    if (after === null) return null
    if (await store.update(after, before.version)) return { before, after }
    before = await store.find(found.id)
  }
  return null
}
