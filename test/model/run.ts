/**
 * Runs sequences: so many, from a seed, and in the end all that was ever issued is tried once more.
 *
 * @module
 */
import fc from 'fast-check'
import type { SessionPlugin } from '../support/sessions.ts'
import { terms } from './arbitraries.ts'
import { sequences } from './command.ts'
import type { Move, Terms } from './move.ts'
import { isPossible, make } from './play.ts'
import { sweep } from './sweep.ts'
import { Tally } from './tally.ts'
import { World } from './world.ts'
import type { OpenedWay } from './ways.ts'

export interface Runs {
  readonly seed: number
  readonly numRuns: number
  /** Whether the first sequence that fails is told as it is. */
  readonly endOnFailure?: boolean
}

/** Throws at the first sequence that breaks a promise, with the shortest one of its kind. */
export async function explore (way: OpenedWay, session: SessionPlugin, runs: Runs, tally = new Tally()): Promise<void> {
  await fc.assert(fc.asyncProperty(terms, sequences, async (terms, commands) => {
    const world = await new World(way, session, terms, tally).open()
    try {
      await fc.asyncModelRun(() => ({ model: world, real: world }), commands)
      await sweep(world)
    } finally {
      await world.close().catch(() => {})
    }
  }), runs)
}

/** Makes these moves, as a sequence that was found. */
export async function replay (way: OpenedWay, session: SessionPlugin, terms: Terms, moves: readonly Move[]): Promise<void> {
  const world = await new World(way, session, terms).open()
  try {
    for (const move of moves) if (isPossible(world, move)) await make(world, move)
    await sweep(world)
  } finally {
    await world.close().catch(() => {})
  }
}
