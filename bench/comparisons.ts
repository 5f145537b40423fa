/** The promises about speed: which contender is held against which, and what it may cost at most. */

import type { Contender } from './contenders.ts'
import type { Measurements } from './rounds.ts'
import { median, ratioOf, ratioOfMedians } from './statistics.ts'
import type { Summary } from './statistics.ts'
import type { Work, WorkName } from './works.ts'

export interface Comparison {
  work: WorkName
  title: string
  against: string
  /** What the ratio may be at most, or must be at least. */
  limit: { atMost: number } | { atLeast: number }
  of: 'costs' | 'speeds'
}

const subject = 'login'

export const comparisons: readonly Comparison[] = [
  { work: 'guarded', title: 'a guarded page, to @fastify/secure-session alone', against: 'secure-session', limit: { atMost: 0.85 }, of: 'costs' },
  { work: 'guarded', title: 'a guarded page, to @fastify/passport on it', against: 'passport', limit: { atMost: 0.8 }, of: 'costs' },
  { work: 'guarded', title: 'a guarded page, to bare Fastify', against: 'bare', limit: { atMost: 1.35 }, of: 'costs' },
  { work: 'guarded', title: 'a guarded page, to Express + express-session + Passport', against: 'express', limit: { atMost: 1 / 10 }, of: 'costs' },
  { work: 'guarded', title: 'a guarded page, to better-auth', against: 'better-auth', limit: { atMost: 1 / 12 }, of: 'costs' },
  { work: 'guarded', title: 'a guarded page, requests per second to Flask-Login', against: 'flask', limit: { atLeast: 12 }, of: 'speeds' },
  { work: 'anonymous', title: 'an anonymous page, to @fastify/cookie alone', against: 'cookie', limit: { atMost: 1.05 }, of: 'costs' },
  { work: 'redis', title: 'logins in Redis, to @fastify/passport on @fastify/session in Redis', against: 'passport-redis', limit: { atMost: 1 }, of: 'costs' }
]

export interface Verdict { title: string, ratio: Summary, limit: string, held: boolean }

export function entrantName (contender: string, work: WorkName): string {
  return `${contender} ${work}`
}

export function judge (measurements: Measurements): Verdict[] {
  return comparisons.flatMap(({ work, title, against, limit, of }) => {
    const own = measurements[entrantName(subject, work)]
    const other = measurements[entrantName(against, work)]
    if (own === undefined || other === undefined) return []
    const ratio = ratioOfMedians(own[of], other[of])
    return 'atMost' in limit
      ? [{ title, ratio, limit: `at most ${round(limit.atMost)}`, held: ratio.median <= limit.atMost }]
      : [{ title, ratio, limit: `at least ${round(limit.atLeast)}`, held: ratio.median >= limit.atLeast }]
  })
}

/** On every row, the peer that comes closest; those without a login of their own and our own second entry are none. */
export function closestPeers (works: readonly Work[], contenders: readonly Contender[], measurements: Measurements): Verdict[] {
  return works.flatMap((work) => {
    const own = measurements[entrantName(subject, work.name)]
    const peers = contenders.filter(({ open, name }) => open === undefined && !name.startsWith(subject))
      .flatMap((contender) => ({ contender, measured: measurements[entrantName(contender.name, work.name)] }))
    const costs = peers.flatMap(({ contender, measured }) => measured === undefined ? [] : [{ contender, measured, cost: median(measured.costs.flat()) }])
    const [closest] = costs.toSorted((left, right) => left.cost - right.cost)
    if (own === undefined || closest === undefined) return []
    const ratio = ratioOf(own.costs, closest.measured.costs)
    return [{ title: `${work.title}, to ${closest.contender.title}, the next`, ratio, limit: 'below 1', held: ratio.median < 1 }]
  })
}

function round (limit: number): string {
  return String(Number(limit.toFixed(3)))
}
