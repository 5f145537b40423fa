/** The promises about speed: which contender is held against which, and what it may cost at most. */

import { ratioOf, differenceOf } from './statistics.ts'
import type { Rounds, Summary } from './statistics.ts'

export interface Comparison {
  title: string
  contender: string
  against: string
  unit: '×' | 'µs'
  limit?: number
  compare: (contender: Rounds, against: Rounds) => Summary
}

export const comparisons: readonly Comparison[] = [
  {
    title: 'a guarded page costs at most 0.9 × the same page on @fastify/secure-session',
    contender: 'login-guarded',
    against: 'secure-session',
    unit: '×',
    limit: 0.9,
    compare: ratioOf
  },
  {
    title: 'an anonymous page costs at most 0.5 µs more than on @fastify/cookie',
    contender: 'login-anonymous',
    against: 'cookie',
    unit: 'µs',
    limit: 0.5,
    compare: differenceOf
  },
  {
    title: 'a guarded page beside a session of the application\'s own, to the page on that session alone',
    contender: 'login-beside-session',
    against: 'secure-session',
    unit: '×',
    compare: ratioOf
  },
  {
    title: '@fastify/cookie to no plugin at all, which shows how far such small differences can be told',
    contender: 'cookie',
    against: 'bare',
    unit: 'µs',
    compare: differenceOf
  }
]
