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
}

export interface Trend {
  /** Bytes alive after warm-up, and at the end. */
  readonly from: number
  readonly to: number
  readonly resident: number
  readonly flat: boolean
}

/** Until the memories that are bounded are as full as this load makes them, and everything has been compiled. */
const warmUp = 10_000
const allowedGrowth = 8 * 1024 * 1024

/** The trend of one process; null where it did not live long enough to have one. */
export function trendOf (samples: readonly Sample[]): Trend | null {
  const begin = samples[0]?.at ?? 0
  const warm = samples.filter(({ at }) => at - begin >= warmUp)
  if (warm.length < 4) return null
  const half = Math.floor(warm.length / 2)
  const [from, to] = [median(warm.slice(0, half)), median(warm.slice(-half))]
  return { from, to, resident: warm.at(-1)!.resident, flat: to - from <= allowedGrowth }
}

function median (samples: readonly Sample[]): number {
  const heaps = samples.map(({ heap }) => heap).sort((one, other) => one - other)
  return heaps[Math.floor(heaps.length / 2)]!
}
