/**
 * A move as fast-check's commands have it, and the sequences of them.
 *
 * @module
 */
import fc from 'fast-check'
import { anyMove, honestMove } from './arbitraries.ts'
import type { Move } from './move.ts'
import { isPossible, make } from './play.ts'
import type { World } from './world.ts'

export class Command implements fc.AsyncCommand<World, World> {
  readonly #move: Move

  constructor (move: Move) {
    this.#move = move
  }

  check (world: World): boolean { return isPossible(world, this.#move) }

  async run (world: World): Promise<void> { await make(world, this.#move) }

  toString (): string { return JSON.stringify(this.#move) }
}

const maxCommands = 45

/** Half of the sequences are without a thief. */
export const sequences = fc.oneof(
  fc.commands([honestMove.map((move) => new Command(move))], { maxCommands, size: 'max' }),
  fc.commands([anyMove.map((move) => new Command(move))], { maxCommands, size: 'max' })
)
