/**
 * What was issued and what ended, as the design has it: kept by the test, never asked from the plugin.
 *
 * @module
 */

/** When in a request, of so many seconds at the most, an expiry was reckoned is not known to the model. */
export const longestRequest = 20

/** A login with all that was restored from its remember cookie: what one logout ends. */
export interface Line {
  readonly id: string
  readonly user: string
  /** When it ended, in the order of things; null: it has not. */
  endedTick: number | null
  /** Whether a thief, or a cookie that may or may not have been good, had a hand in it: it may end at any time. */
  contested: boolean
  /** When it began, in the order of things. */
  readonly begunTick: number
  /** The newest remember cookie. */
  newest: Issued | null
  /** The password it was proven with last. */
  stamp: string | null
  /** The line of another user that took its place in the same browser. */
  successor: Line | null
}

/** A cookie that an answer set. */
export interface Issued {
  readonly purpose: 'login' | 'remember'
  readonly value: string
  readonly line: Line
  readonly login: string
  readonly agent: string
  readonly stamp: string | null
  /** When the identity was proven that it speaks of; null: it is not fresh. */
  readonly provenAt: number | null
  readonly tick: number
  /** Until when it is good, and from when on it is not. */
  goodUntil: number
  expiresAt: number
  /** When another took its place: not before, and at the latest, by the clock; and in the order of things. */
  replacedFrom: number | null
  replacedAt: number | null
  replacedTick: number | null
  successor: Issued | null
  /** When a request brought it back. */
  cameTick: number | null
  /** Whether it may have been past its end once, by whichever clock: then it may be gone, also where the clock was set back. */
  hasLapsed: boolean
}

/** An id begins with the name of its family; the rest is its own. */
export function lineIdOf (loginId: string): string {
  return loginId.slice(0, 22)
}

export class Ledger {
  tick = 0
  readonly lines = new Map<string, Line>()
  readonly issued = new Map<string, Issued>()
  /** When a login was last used, by the clock, and when it was used in another browser, in the order of things. */
  readonly lastUses = new Map<string, number>()
  readonly staleTicks = new Map<string, number>()

  /** What comes next. */
  next (): number {
    return ++this.tick
  }

  lineOf (loginId: string | null): Line | undefined {
    return loginId === null ? undefined : this.lines.get(lineIdOf(loginId))
  }

  cookie (purpose: Issued['purpose'], carried: ReadonlyMap<string, string>): Issued | undefined {
    const found = this.issued.get(carried.get(purpose === 'login' ? 'login' : 'remember_token') ?? '')
    return found?.purpose === purpose ? found : undefined
  }

  end (line: Line | undefined): void {
    if (line !== undefined && line.endedTick === null) line.endedTick = this.next()
  }

  /** The lines of a user, or of everybody, but for one. */
  othersOf (userId: string | null, except: Line | undefined): Line[] {
    return [...this.lines.values()].filter((line) => line !== except && (userId === null || line.user === userId))
  }

  /** What began while the call was under way may have ended with the others, or not. */
  endAll (userId: string | null, except: Line | undefined, calledTick: number): void {
    for (const line of this.othersOf(userId, except)) {
      if (line.begunTick < calledTick) this.end(line)
      else line.contested = true
    }
  }

  begin (loginId: string, user: string, ended: boolean): Line {
    const line: Line = { id: lineIdOf(loginId), user, begunTick: this.next(), endedTick: ended ? this.next() : null, contested: false, newest: null, stamp: null, successor: null }
    this.lines.set(line.id, line)
    return line
  }

  /** It is this late now, by the clock that is ahead of all. */
  passes (now: number): void {
    for (const cookie of this.issued.values()) if (now >= cookie.goodUntil - longestRequest) cookie.hasLapsed = true
  }

  loginsOf (loginId: string): Issued[] {
    return [...this.issued.values()].filter(({ purpose, login }) => purpose === 'login' && login === loginId)
  }
}
