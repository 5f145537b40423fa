/**
 * What is known of the logins of one user that their cookies do not say: ended, stale, or of an older generation.
 *
 * @module
 */

/** What is known of one login or family. */
export interface Mark {
  /** When the mark was last changed; whatever it ended had begun by then. */
  readonly at: number
  /** When whatever it speaks of will have expired, so that it can be forgotten. */
  readonly until: number
  readonly ended: boolean
  readonly stale: boolean
  readonly generation: number
  /** The stamp of the newest generation. */
  readonly stamp: string | null
  /** When each of the older generations that may still be on its way was superseded. */
  readonly superseded: ReadonlyMap<number, number>
}

/** The marks that one user may hold before the oldest is folded. */
const most = 32

const unmarked: Mark = { at: 0, until: 0, ended: false, stale: false, generation: 0, stamp: null, superseded: new Map() }

/**
 * The marks of one user, by login id or family. Bounded by folding: the oldest mark becomes `notBefore`, which ends
 * every login begun by then. Forgetting can log somebody out; it never lets somebody in.
 */
export class UserMarks {
  readonly #marks = new Map<string, Mark>()
  /** Ends whatever began by then, without exception. */
  #strictlyNotBefore = 0
  /** Ends whatever began by then, but for one family. */
  #notBefore = 0
  #except: string | null = null

  get (key: string): Mark | undefined {
    return this.#marks.get(key)
  }

  /**
   * Changes the mark of a login or family; it is never made to be forgotten earlier.
   *
   * @param current - The family that goes on, if one does: it survives where marks must be folded.
   * @returns What takes the change back, where nobody has changed the mark since.
   */
  change (key: string, now: number, until: number, change: Partial<Mark>, current: string | null): () => void {
    const before = this.#marks.get(key)
    const mark = { ...before ?? unmarked, ...change, at: now, until: Math.max(before?.until ?? 0, until) }
    this.#marks.delete(key)
    this.#marks.set(key, mark)
    if (this.#marks.size > most) this.#fold(now, current ?? this.#except)
    return () => {
      if (this.#marks.get(key) !== mark) return
      if (before === undefined) this.#marks.delete(key)
      else this.#marks.set(key, before)
    }
  }

  /** Ends every login begun by now, but for one family; one that ended before does not come back by the exception. */
  endAll (now: number, except: string | null): void {
    this.#raise(now, except)
    for (const key of this.#marks.keys()) if (!belongs(key, except)) this.#marks.delete(key)
  }

  /** Whether a login of this family, begun then, ended together with others. */
  endedTogether (family: string, begunAt: number): boolean {
    return begunAt <= this.#strictlyNotBefore || (begunAt <= this.#notBefore && family !== this.#except)
  }

  /** The time by which every login had begun that these marks end: what a mark for everybody must say. */
  latest (now: number): number {
    let latest = Math.max(this.#notBefore, this.#strictlyNotBefore)
    for (const mark of this.#marks.values()) if (mark.until > now) latest = Math.max(latest, mark.at)
    return latest
  }

  #raise (to: number, except: string | null): void {
    if (except !== this.#except) this.#strictlyNotBefore = Math.max(this.#strictlyNotBefore, this.#notBefore)
    this.#notBefore = Math.max(this.#notBefore, to)
    this.#except = except
  }

  #fold (now: number, current: string | null): void {
    this.#marks.forEach((mark, key) => { if (mark.until <= now) this.#marks.delete(key) })
    if (this.#marks.size <= most) return
    for (const key of this.#marks.keys()) if (!belongs(key, current)) return this.#foldOne(key, current)
    this.#foldOne(this.#marks.keys().next().value as string, null)
  }

  #foldOne (key: string, except: string | null): void {
    this.#raise((this.#marks.get(key) as Mark).at, except)
    this.#marks.delete(key)
  }
}

function belongs (key: string, family: string | null): boolean {
  return family !== null && key.startsWith(family)
}
