/**
 * A loader of users whose next call a test can hold.
 *
 * @module
 */
import { Barrier } from './barrier.ts'
import type { User } from './user.ts'

export class HeldLoader {
  readonly #load: (id: string) => User | undefined
  #held: Barrier | null = null

  constructor (load: (id: string) => User | undefined = (id) => ({ id, name: 'Ada' })) {
    this.#load = load
  }

  /** For the option of the same name. */
  readonly loadUser = async (id: string): Promise<User | undefined> => {
    const held = this.#held
    this.#held = null
    await held?.pass()
    return this.#load(id)
  }

  /** Holds the next call, until the test opens the barrier. */
  hold (): Barrier {
    this.#held = new Barrier()
    return this.#held
  }
}
