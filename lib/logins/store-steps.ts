/**
 * The steps of one change in a store, which can be taken back.
 *
 * @module
 */
import { isDeepStrictEqual } from 'node:util'
import type { Committed, EndedLogin } from './keeper.ts'
import { suspendedRecord } from './record-changes.ts'
import { isSuspended } from './record-facts.ts'
import { changeRecord } from './record-update.ts'
import { inSlices } from './slices.ts'
import type { LoginRecord, LoginStore } from './store.ts'

/**
 * A store has no transactions over several records; what a change has done is undone by what reverses it. Nothing that
 * somebody else has ended meanwhile comes back: what a change ends is only suspended until the answer is out.
 */
export class StoreSteps implements Committed {
  readonly ended: EndedLogin[] = []
  readonly #suspended: string[] = []
  readonly #store: LoginStore
  readonly #reverse: Array<() => Promise<unknown>> = []

  constructor (store: LoginStore) {
    this.#store = store
  }

  async create (record: LoginRecord): Promise<boolean> {
    // Also where the store failed after it was kept: nobody holds its secret. It goes last, once what it was to take the place of is back.
    this.#reverse.unshift(() => this.#store.remove(record.id))
    return await this.#store.create(record)
  }

  async replace (found: LoginRecord, change: (record: LoginRecord) => LoginRecord | null): Promise<boolean> {
    let step: { before: LoginRecord, after: LoginRecord } | null = null
    // Also where the store failed after it was kept.
    this.#reverse.push(async () => step && await this.#takeBack(step))
    const changed = await changeRecord(this.#store, found, (before) => {
      const after = change(before)
      step = after && { before, after }
      return after
    })
    if (changed === null) step = null
    return changed !== null
  }

  /** Ends a login: where it has changed meanwhile, only if it is still one to be ended. False where it was not ended by this. */
  async end (record: LoginRecord, reason: EndedLogin['reason'], now: number, isToEnd = (_current: LoginRecord) => true): Promise<boolean> {
    const { id, userId } = record
    let before = record
    const done = await this.replace(record, (current) => {
      before = current
      return isToEnd(current) ? suspendedRecord(current, now) : null
    })
    if (!done) return false
    this.#suspended.push(id)
    if (!isSuspended(before)) this.ended.push({ id, userId, reason })
    return true
  }

  /** Ends many logins, a slice at a time. */
  async endMany (
    records: readonly LoginRecord[],
    reason: EndedLogin['reason'],
    now: number,
    isToEnd?: (current: LoginRecord) => boolean
  ): Promise<void> {
    await inSlices(records, (record) => this.end(record, reason, now, isToEnd))
  }

  async #takeBack ({ before, after }: { before: LoginRecord, after: LoginRecord }): Promise<void> {
    const current = await this.#store.find(after.id)
    if (current !== null) await changeRecord(this.#store, current, (record) => takenBack(record, before, after))
  }

  /** Removes what the change ended. A store that is down now forgets it by itself. */
  async settle (): Promise<void> {
    await inSlices(this.#suspended, (id) => this.#store.remove(id).catch(() => {}))
  }

  /**
   * Undoes what can be undone: a store that is down now keeps what nobody can use. The first step, which made the new
   * login, is undone last: by then the logins that it ended are back.
   */
  async undo (): Promise<void> {
    const [first, ...later] = this.#reverse
    await inSlices(later.reverse(), (reverse) => reverse().catch(() => {}))
    await first?.().catch(() => {})
  }
}

/** The record before a change, with what others have changed since; null where they gave it another secret, or ended it. */
function takenBack (current: LoginRecord, before: LoginRecord, after: LoginRecord): LoginRecord | null {
  if (current.secret !== after.secret || isSuspended(current) !== isSuspended(after)) return null
  // Ended by another as well, or by that one alone: its answer decides.
  if (isSuspended(after) && (current.version !== after.version || current.keepUntil !== after.keepUntil)) return null
  const data = isDeepStrictEqual(current.data, after.data) ? before.data : current.data
  return { ...before, version: current.version + 1, stale: before.stale || current.stale, data }
}
