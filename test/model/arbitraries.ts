/**
 * Draws moves and terms.
 *
 * @module
 */
import fc from 'fast-check'
import type { Act, Hold, Moment, Move, Name, Sending, Terms, Who } from './move.ts'

const visitor = fc.constantFrom<Who>('first', 'first', 'first', 'second')
const index = fc.nat({ max: 30 })
const delivery = fc.constantFrom('at once', 'at once', 'later', 'lost' as const)

/** A handler acts once; users are loaded and stores asked more often. */
const hold = fc.oneof(
  fc.record<Hold>({ point: fc.constantFrom('acting', 'acted'), nth: fc.constant(0) }),
  fc.record<Hold>({ point: fc.constantFrom('loading', 'loaded'), nth: fc.constantFrom(0, 0, 0, 1) }),
  fc.record<Hold>({ point: fc.constantFrom('asking', 'asked'), nth: fc.nat({ max: 4 }) })
)

const acts: readonly Act[] = [
  'visit', 'visit', 'visit', 'visit', 'logIn 1', 'logIn 1', 'logIn 1', 'logIn 2', 'logIn 3', 'confirm', 'confirm', 'logOut', 'endThis', 'endOthers', 'newPassword'
]

/** One in so many has it. */
const oneIn = <Value>(count: number, some: fc.Arbitrary<Value>): fc.Arbitrary<Value | undefined> =>
  fc.oneof({ weight: count - 1, arbitrary: fc.constant(undefined) }, { weight: 1, arbitrary: some })
const yes = fc.constant(true as const)

const moments: readonly Moment[] = ['preHandler', 'early', 'late', 'onSend', 'afterwards']
const writes = oneIn(2, fc.subarray([...moments]))

/** Without the members that say nothing, so that what is printed is short. */
const terse = <Value extends object>(value: Value) => Object.fromEntries(Object.entries(value).filter(([, one]) => one !== undefined)) as Value

const honest = fc.record({
  move: fc.constant('send' as const),
  who: visitor,
  act: fc.constantFrom(...acts),
  remember: oneIn(2, yes),
  fresh: oneIn(6, fc.constant(false)),
  fails: oneIn(9, yes),
  refuses: oneIn(7, yes),
  late: oneIn(3, yes),
  responds: oneIn(4, yes),
  hold: oneIn(2, hold),
  delivery,
  process: fc.constantFrom(0, 1),
  writes
}).map((one) => terse(one) as Sending)

const alone = fc.record({
  move: fc.constant('send' as const),
  who: visitor,
  act: fc.constantFrom(...acts),
  remember: oneIn(2, yes),
  refuses: oneIn(9, yes),
  late: oneIn(3, yes),
  responds: oneIn(4, yes),
  process: fc.constantFrom(0, 1),
  writes
}).map((one) => terse(one) as Sending)

/** Where it matters most what happens meanwhile. */
const race = fc.record({
  move: fc.constant('race' as const),
  slow: fc.tuple(honest, hold).map(([one, hold]): Sending => ({ ...one, hold, delivery: 'at once' })),
  quick: fc.array(alone, { minLength: 1, maxLength: 2 }),
  delivery,
  restart: oneIn(3, yes),
  // Also beyond the grace in which an older login cookie is accepted.
  pause: fc.constantFrom(undefined, undefined, undefined, 2, 12)
}).map(({ quick, ...race }): Move => terse({ ...race, quick: quick.map((one) => ({ ...one, who: race.slow.who })) }) as Move)

const anyUser = fc.constantFrom<Act>('logIn 1', 'logIn 2', 'logIn 2', 'logIn 3')
const switching = fc.record({
  move: fc.constant('send' as const),
  who: fc.constant<Who>('first'),
  act: anyUser,
  remember: oneIn(2, yes),
  fails: oneIn(12, yes),
  late: oneIn(3, yes),
  responds: oneIn(4, yes),
  process: fc.constantFrom(0, 1)
}).map((one) => terse(one) as Sending)

/** Logins as other users, side by side, from whatever the browser holds then. */
const switches = fc.record({
  move: fc.constant('race' as const),
  slow: fc.tuple(switching, hold).map(([one, hold]): Sending => ({ ...one, hold })),
  quick: fc.array(switching, { minLength: 1, maxLength: 2 }),
  delivery,
  restart: oneIn(2, yes)
}).map((race): Move => terse(race) as Move)

/** More of them than a store keeps older tokens is rare, because it takes long to draw. */
const rotate = fc.record({
  move: fc.constant('rotate' as const),
  who: fc.constantFrom<Who>('first', 'first', 'thief'),
  by: fc.constantFrom('proofs', 'restores' as const),
  times: fc.constantFrom(9, 9, 9, 12, 12, 36),
  process: fc.constantFrom(0, 1)
})

const stolen = fc.record({
  move: fc.constant('send' as const),
  who: fc.constant<Who>('thief'),
  act: fc.constantFrom<Act>('visit', 'visit', 'visit', 'logIn 2', 'logIn 3', 'logOut', 'endThis'),
  disguised: oneIn(2, yes),
  hold: oneIn(2, hold),
  delivery,
  process: fc.constantFrom(0, 1),
  writes
}).map((one) => terse(one) as Sending)

const others: ReadonlyArray<fc.WeightedArbitrary<Move>> = [
  { weight: 6, arbitrary: fc.record({ move: fc.constant('release' as const), index, delivery }) },
  { weight: 5, arbitrary: fc.record({ move: fc.constant('deliver' as const), index }) },
  { weight: 4, arbitrary: fc.record({ move: fc.constant('wait' as const), seconds: fc.constantFrom(1, 3, 11, 61, 160, 400, 1100) }) },
  { weight: 2, arbitrary: fc.record({ move: fc.constant('setBack' as const), seconds: fc.constantFrom(2, 40, 3600, 3 * 24 * 3600) }) },
  { weight: 2, arbitrary: fc.record({ move: fc.constant('hand' as const), cookie: fc.constantFrom('login', 'remember_token' as const), from: visitor, to: visitor }) },
  { weight: 5, arbitrary: fc.record({ move: fc.constant('restart' as const), who: visitor }) },
  { weight: 1, arbitrary: fc.record({ move: fc.constant('change' as const), user: fc.constantFrom<Name>('1', '2'), what: fc.constantFrom('password', 'delete', 'recreate' as const) }) },
  { weight: 1, arbitrary: fc.record({ move: fc.constant('end' as const), what: fc.constantFrom('login', 'others', 'all', 'every' as const), index }) }
]

const theft: ReadonlyArray<fc.WeightedArbitrary<Move>> = [
  { weight: 3, arbitrary: fc.record({ move: fc.constant('steal' as const), from: visitor }) },
  { weight: 3, arbitrary: fc.record({ move: fc.constant('dig' as const), login: index, remember: index }) },
  { weight: 6, arbitrary: stolen },
  { weight: 1, arbitrary: fc.record({ move: fc.constant('alter' as const), who: fc.constantFrom<Who>('first', 'thief'), cookie: fc.constantFrom('login', 'remember_token' as const), at: fc.nat({ max: 200 }) }) }
]

const visits: ReadonlyArray<fc.WeightedArbitrary<Move>> = [{ weight: 6, arbitrary: honest }, { weight: 10, arbitrary: alone }, { weight: 11, arbitrary: race }, { weight: 3, arbitrary: switches }]

/** It takes as long as many other moves. */
const seldom: ReadonlyArray<fc.WeightedArbitrary<Move>> = [{ weight: 1, arbitrary: rotate }]
const often = <Value>(moves: ReadonlyArray<fc.WeightedArbitrary<Value>>) => moves.map(({ weight, arbitrary }) => ({ weight: weight * 4, arbitrary }))

/** Sequences without a thief show what a login must survive; those with one, what it must not give. */
export const honestMove = fc.oneof(...seldom, ...often([...visits, ...others]))
export const anyMove = fc.oneof(...seldom, ...often([...visits, ...others, ...theft]))

export const terms: fc.Arbitrary<Terms> = fc.record({
  idleTimeout: fc.constantFrom(null, null, 200),
  freshFor: fc.constantFrom(null, null, 100),
  sessionProtection: fc.constantFrom<Terms['sessionProtection']>('basic', 'basic', 'strong', false),
  permanentSession: fc.constantFrom(false, false, true),
  refreshEachRequest: fc.constantFrom(false, true),
  slowLoader: fc.boolean(),
  twoProcesses: fc.boolean(),
  apart: fc.constantFrom(undefined, undefined, undefined, 5, -5, 40, -40),
  endedLogins: oneIn(8, fc.constantFrom(1, 2))
}).map((one) => terse(one) as Terms)
