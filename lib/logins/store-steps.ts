/**
 * The steps of one change in a store, which can be taken back.
 *
 * @module
 */
import type { Committed, EndedLogin } from './keeper.ts'
import { changeRecord } from './record-update.ts'
import type { LoginRecord, LoginStore } from './store.ts'

/** A store has no transactions over several records; what a change has done is undone by what reverses it. */
export class StoreSteps implements Committed {
  readonly ended: EndedLogin[] = []
  readonly #store: LoginStore
  readonly #reverse: Array<() => Promise<unknown>> = []

  constructor (store: LoginStore) {
    this.#store = store
  }

  async create (record: LoginRecord): Promise<boolean> {
    // Also where the store failed after it was kept: nobody holds its secret.
    this.#reverse.push(() => this.#store.remove(record.id))
    return await this.#store.create(record)
  }

  async replace (found: LoginRecord, change: (record: LoginRecord) => LoginRecord | null): Promise<boolean> {
    const changed = await changeRecord(this.#store, found, change)
    if (changed === null) return false
    const { before, after } = changed
    this.#reverse.push(() => this.#store.update({ ...before, version: after.version + 1 }, after.version))
    return true
  }

  async end (record: LoginRecord, reason: EndedLogin['reason']): Promise<void> {
    const { id, userId } = record
    await this.#store.remove(id)
    this.ended.push({ id, userId, reason })
    this.#reverse.push(() => this.#store.create(record))
  }

  /** Undoes what can be undone: a store that is down now keeps what nobody can use. */
  async undo (): Promise<void> {
    for (const reverse of this.#reverse.splice(0).reverse()) await reverse().catch(() => {})
    this.ended.length = 0
  }
}
