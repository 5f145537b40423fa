/**
 * What a soak has to have seen, beside no wrong answer: steps of every kind, and servers whose memory stays flat.
 *
 * @module
 */
import { trendOf, type Sample } from './memory.ts'
import type { Tally } from './tally.ts'

/** A server as it was watched. */
export interface Watched {
  readonly name: string
  /** Whether it was killed on purpose. */
  readonly killed: boolean
  readonly samples: readonly Sample[]
}

/** What a soak says of something, and whether it may stand. */
interface Finding {
  readonly sentence: string
  readonly good: boolean
}

/** How often each kind of step is taken at the least, for each browser: some are left to chance. */
const leastForEach: Record<string, number> = {
  'page, out': 1,
  'page, in': 1,
  'page, stale': 0.1,
  login: 1,
  confirm: 0.1,
  'login of a phone': 0.1,
  'end of the others': 0.1,
  logout: 1
}

/** The kinds of steps that were taken too seldom to say anything. */
export function missingSteps (tally: Tally, browsers: number): Finding[] {
  const least = Object.entries(leastForEach).map(([step, share]) => [step, Math.ceil(browsers * share)] as const)
  const all = [...least, ['server killed and replaced', 1] as const, ['Redis killed and restarted', 1] as const]
  return all.filter(([step, count]) => tally.times(step) < count)
    .map(([step, count]) => ({ sentence: `"${step}" was counted ${tally.times(step)} times, and should be ${count} times at the least`, good: false }))
}

const megabytes = (bytes: number) => (bytes / 1024 / 1024).toFixed(1)

/** How the memory of a server went. One that was killed may have lived too short to tell, if only it answered. */
export function judgeMemory ({ name, killed, samples }: Watched): Finding {
  const trend = trendOf(samples)
  if (trend === null) {
    const excused = killed && samples.length > 0
    const told = `${name} told its memory ${samples.length} times, which is too little to judge it by`
    return { sentence: `${told}${excused ? ': it was killed on purpose' : ''}`, good: excused }
  }
  const { from, to, resident, logins, allowed, flat } = trend
  const growth = `${megabytes(from)} MB alive after warm-up, ${megabytes(to)} MB at the end, ${logins.toLocaleString('en')} logins later`
  const limit = `${Math.round(allowed / logins).toLocaleString('en')} bytes for each are allowed`
  return { sentence: `${name}: ${growth}, where ${limit} (resident ${megabytes(resident)} MB)${flat ? '' : ': it grew'}`, good: flat }
}
