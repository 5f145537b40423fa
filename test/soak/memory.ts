/**
 * Whether the memory of a server process stays flat, from samples of what is alive after a collection.
 *
 * @module
 */

export interface Sample {
  /** In milliseconds, on any clock that is the same for all samples. */
  readonly at: number
  readonly heap: number
  readonly resident: number
  /** How many logins the process has begun so far. */
  readonly logins: number
}

export interface Trend {
  /** Bytes alive after warm-up, and at the end. */
  readonly from: number
  readonly to: number
  readonly resident: number
  /** How many logins began in between. */
  readonly logins: number
  /** By how many bytes it may have grown. */
  readonly allowed: number
  readonly flat: boolean
}

/** Until the connections are open, and most has been compiled. */
const warmUp = 10_000
const fewestWarm = 4

/** What is alive at one moment and not at another, whatever was served: requests under way, and what was compiled late. */
const noise = 3 * 1024 * 1024

/** Memories that are bounded fill with what a process serves first: by so many bytes with each login, up to so many logins. */
const filling = 256
const full = 10_000

/** The trend of one process; null where it did not live long enough to have one, or began no login in that time. */
export function trendOf (samples: readonly Sample[]): Trend | null {
  const begin = samples[0]?.at ?? 0
  const warm = samples.filter(({ at }) => at - begin >= warmUp)
  if (warm.length < fewestWarm) return null
  const half = Math.floor(warm.length / 2)
  const [first, second] = [warm.slice(0, half), warm.slice(-half)]
  const [from, to] = [median(first, 'heap'), median(second, 'heap')]
  const [before, after] = [median(first, 'logins'), median(second, 'logins')]
  if (after === before) return null
  const allowed = noise + filling * (Math.min(after, full) - Math.min(before, full))
  return { from, to, resident: warm.at(-1)!.resident, logins: after - before, allowed, flat: to - from <= allowed }
}

function median (samples: readonly Sample[], what: 'heap' | 'logins'): number {
  const values = samples.map((sample) => sample[what]).sort((one, other) => one - other)
  return values[Math.floor(values.length / 2)]!
}
