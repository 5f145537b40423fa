/**
 * Times that never go back, whatever is done to the clock: they tell in which order logins begin and end in a process.
 *
 * Only that order goes by moments. Lifetimes go by the clock: a clock that was wrong and is set right must be
 * followed, or this process would disagree with all others, and with itself after a restart.
 *
 * @module
 */

/** By how many milliseconds a clock is set back at the least, that it counts as a leap. */
const leap = 1000

/** A moment is the time of the clock, and what the clock has been set back by so far. */
export class Moments {
  /** The latest reading of the clock, in milliseconds. */
  #latest = 0
  /** By how many milliseconds moments are ahead of the clock. */
  #ahead = 0
  /** How often the clock was set back by a second or more: how much time has passed meanwhile nobody knows. */
  leaps = 0

  /** The moment of a reading of the clock, both in milliseconds: later than all before it, or at the same millisecond. */
  at (milliseconds: number): number {
    const behind = this.#latest - milliseconds
    if (behind > 0) this.#ahead += behind + 1
    if (behind >= leap) this.leaps++
    this.#latest = milliseconds
    return milliseconds + this.#ahead
  }

  /** The moment of something that happens now, in seconds: no earlier than any before it. `now` may be a moment ago. */
  next (now: number): number {
    this.#latest = Math.max(this.#latest, Math.round(now * 1000))
    return (this.#latest + this.#ahead) / 1000
  }

  /** The moment of a time, in seconds, by the clock as it is now. */
  of (time: number): number {
    return time + this.#ahead / 1000
  }

  /** The time of a moment, in seconds, by the clock as it is now. */
  timeOf (moment: number): number {
    return moment - this.#ahead / 1000
  }

  /** Whether the clock has been set back. */
  get wereSetBack (): boolean {
    return this.#ahead > 0
  }

  /** Goes on from a moment of another process, or of this one before it was started again: its clock was ahead of this one. */
  follow (moment: number): void {
    this.#ahead = Math.max(this.#ahead, Math.ceil(moment * 1000) - this.#latest)
  }
}
