/**
 * What is known of the logins of one user that their cookies do not say: ended, stale, or of an older generation.
 *
 * @module
 */

/** What is known of one login or family. */
export interface Mark {
  /** The moment at which the mark was last changed; whatever it ended had begun by then. */
  readonly at: number
  /** When whatever it speaks of will have expired, by the clock, so that it can be forgotten. */
  readonly until: number
  readonly ended: boolean
  readonly stale: boolean
  readonly generation: number
  /** The stamp of the newest generation. */
  readonly stamp: string | null
  /**
   * The moments at which older generations were superseded that may still be on their way, the latest last. Those that
   * were superseded soon after another one have no entry: they count as superseded together with it. `leaps` tells how
   * often the clock had been set back by then.
   */
  readonly superseded: ReadonlyArray<{ readonly generation: number, readonly at: number, readonly leaps: number }>
}

/** The marks that one user may hold before the oldest is folded. */
const most = 32

const unmarked: Mark = { at: 0, until: 0, ended: false, stale: false, generation: 0, stamp: null, superseded: [] }

/**
 * The marks of one user, by login id or family. Bounded by folding: the oldest mark becomes `notBefore`, which ends
 * every login begun by then. Forgetting can log somebody out; it never lets somebody in.
 */
export class UserMarks {
  readonly #marks = new Map<string, Mark>()
  readonly #forgets: (at: number, now: number) => void
  /** Ends whatever began by then, without exception. */
  #strictlyNotBefore = 0
  /** Ends whatever began by then, but for one family. */
  #notBefore = 0
  #except: string | null = null

  /** `forgets` is told of each mark that is forgotten because what it speaks of has expired. */
  constructor (forgets: (at: number, now: number) => void = () => {}) {
    this.#forgets = forgets
  }

  get (key: string): Mark | undefined {
    return this.#marks.get(key)
  }

  /**
   * Changes the mark of a login or family; it is never made to be forgotten earlier.
   *
   * @param at - The moment of the change.
   * @param current - The family that goes on, if one does: it survives where marks must be folded.
   * @param now - The time of the change, by the clock.
   * @returns What takes the change back, where nobody has changed the mark since.
   */
  change (key: string, at: number, until: number, change: Partial<Mark>, current: string | null, now = at): () => void {
    const before = this.#marks.get(key)
    const mark = { ...before ?? unmarked, ...change, at, until: Math.max(before?.until ?? 0, until) }
    this.#marks.delete(key)
    this.#marks.set(key, mark)
    if (this.#marks.size > most) this.#fold(now, current ?? this.#except)
    return () => {
      if (this.#marks.get(key) !== mark) return
      if (before === undefined) this.#marks.delete(key)
      else this.#marks.set(key, before)
    }
  }

  /** Ends every login begun by a moment, but for one family; one that ended before does not come back by the exception. */
  endAll (at: number, except: string | null): void {
    this.#raise(at, except)
    for (const key of this.#marks.keys()) if (!belongs(key, except)) this.#marks.delete(key)
  }

  /** Whether a login of this family, begun then, ended together with others. */
  endedTogether (family: string, begunAt: number): boolean {
    return begunAt <= this.#strictlyNotBefore || (begunAt <= this.#notBefore && family !== this.#except)
  }

  /** The moment by which every login had begun that these marks end: what a mark for everybody must say once they are gone. */
  latest (now: number): number {
    let latest = Math.max(this.#notBefore, this.#strictlyNotBefore)
    for (const { at, until } of this.#marks.values()) {
      if (until > now) latest = Math.max(latest, at)
      else this.#forgets(at, now)
    }
    return latest
  }

  #raise (to: number, except: string | null): void {
    if (except !== this.#except) this.#strictlyNotBefore = Math.max(this.#strictlyNotBefore, this.#notBefore)
    this.#notBefore = Math.max(this.#notBefore, to)
    this.#except = except
  }

  #fold (now: number, current: string | null): void {
    this.#forgetExpired(now)
    if (this.#marks.size <= most) return
    for (const key of this.#marks.keys()) if (!belongs(key, current)) return this.#foldOne(key, current)
    this.#foldOne(this.#marks.keys().next().value as string, null)
  }

  #forgetExpired (now: number): void {
    for (const [key, { at, until }] of this.#marks) {
      if (until > now) continue
      this.#marks.delete(key)
      this.#forgets(at, now)
    }
  }

  #foldOne (key: string, except: string | null): void {
    this.#raise((this.#marks.get(key) as Mark).at, except)
    this.#marks.delete(key)
  }
}

function belongs (key: string, family: string | null): boolean {
  return family !== null && key.startsWith(family)
}
