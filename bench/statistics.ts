/** Medians with their spread, of single contenders and of pairs measured side by side. */

export interface Summary { median: number, min: number, max: number }

/** The figures of one contender: for each round, that of each window. */
export type Rounds = ReadonlyArray<readonly number[]>

export function median (values: readonly number[]): number {
  const sorted = values.toSorted((left, right) => left - right)
  const upper = sorted[Math.floor(sorted.length / 2)]
  const lower = sorted[Math.ceil(sorted.length / 2) - 1]
  if (upper === undefined || lower === undefined) throw new RangeError('There is no median of nothing')
  return (lower + upper) / 2
}

/** A round counts with the median of its windows. */
export function summarise (rounds: Rounds): Summary {
  const medians = rounds.map((windows) => median(windows))
  return { median: median(medians), min: Math.min(...medians), max: Math.max(...medians) }
}

export function ratioOf (contender: Rounds, against: Rounds): Summary {
  return summarise(pair(contender, against, (left, right) => left / right))
}

/** What one run says of a promise: the ratio of the medians, and the lowest and highest that a round gives. */
export function ratioOfMedians (contender: Rounds, against: Rounds): Summary {
  const { min, max } = ratioOf(contender, against)
  return { median: summarise(contender).median / summarise(against).median, min, max }
}

/** Compares window with window, because those were taken within the same second of the same machine. */
function pair (contender: Rounds, against: Rounds, compare: (left: number, right: number) => number): Rounds {
  return contender.map((windows, round) => windows.map((figure, window) => {
    const other = against[round]?.[window]
    if (other === undefined) throw new RangeError('Only contenders of the same run can be compared')
    return compare(figure, other)
  }))
}
