/**
 * Remembers that all logins of an owner were ended, for those that are under way.
 *
 * @module
 */
import type { LoginRecord } from '../store.ts'

/** All logins of an owner were ended at a time, but for one; that one, too, if it had begun by an earlier such time. */
interface Mark { readonly at: number, readonly exceptId: string | undefined, readonly strictlyAt: number }

/** How long a mark is kept, in seconds: longer than any request takes. */
const markLife = 24 * 3600

/** How many old marks are forgotten whenever one is set: thousands at once would hold up everybody. */
const forgotten = 100

export class EndMarks {
  readonly #marks = new Map<string, Mark>()

  /** Whether a login was ended before it began to be kept. */
  ended ({ owner, begunAt, id }: LoginRecord): boolean {
    const mark = this.#marks.get(owner)
    return mark !== undefined && begunAt <= (id === mark.exceptId ? mark.strictlyAt : mark.at)
  }

  set (owner: string, at: number, exceptId: string | undefined): void {
    const before = this.#marks.get(owner)
    const strictlyAt = before === undefined || before.exceptId === exceptId ? before?.strictlyAt ?? 0 : before.at
    this.#marks.delete(owner)
    this.#marks.set(owner, { at: Math.max(at, before?.at ?? 0), exceptId, strictlyAt })
    this.#forget(at - markLife)
  }

  #forget (until: number): void {
    let left = forgotten
    for (const [owner, mark] of this.#marks) {
      if (mark.at > until || left-- === 0) return
      this.#marks.delete(owner)
    }
  }
}
