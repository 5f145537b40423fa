/**
 * One fault, at one call of one thing that the plugin asks.
 *
 * @module
 */
import { Barrier } from '../support/barrier.ts'
import { foreignThenable, wrongAnswers, type ForeignHow, type WrongAnswer } from './wrong-answers.ts'

/** `rejectsAfter`: what was asked has happened, and its answer is an error. `late`: it has happened, and the answer waits. */
type OwnHow = 'throws' | 'rejects' | 'rejectsAfter' | 'hangs' | 'late'

/** How a call goes wrong: as a promise does, as a foreign thenable does, or with an answer that it may not give. */
export type How = OwnHow | `a thenable that ${ForeignHow}` | `answers ${WrongAnswer}`

/** Whether a call waits, for as long as the test wants it to. */
export const waits = (how: How): boolean => ['hangs', 'late', 'a thenable that hangs'].includes(how)

/** Which call of what: `loadUser`, `store.find`, `session.regenerate`, `listener`. */
export interface CallPoint { readonly what: string, readonly nth: number }

const broken = () => new Error('broken on purpose')

export class Faults {
  /** The calls since they were last counted, in order. */
  calls: string[] = []
  /** Those of them that were carried out, whatever they answered. */
  done: string[] = []
  #armed: CallPoint & { how: How } | null = null
  barrier = new Barrier()
  #counting = false

  count (): void {
    this.#counting = true
    this.calls = []
    this.done = []
  }

  /** From now on the call that the point names goes wrong, once. */
  arm (point: CallPoint, how: How): void {
    this.count()
    this.barrier = new Barrier()
    this.#armed = { ...point, how }
  }

  /** Whether the call came that was to go wrong. */
  get fired (): boolean {
    return this.#armed === null
  }

  get points (): CallPoint[] {
    const seen = new Map<string, number>()
    return this.calls.map((what) => {
      const nth = seen.get(what) ?? 0
      seen.set(what, nth + 1)
      return { what, nth }
    })
  }

  call<Answer> (what: string, effect: () => Answer): Answer {
    if (!this.#counting) return effect()
    const nth = this.calls.filter((call) => call === what).length
    this.calls.push(what)
    const carryOut = () => {
      this.done.push(what)
      return effect()
    }
    const armed = this.#armed
    if (armed?.what !== what || armed.nth !== nth) return carryOut()
    this.#armed = null
    const { how } = armed
    if (how === 'throws') throw broken()
    if (how.startsWith('answers ')) return wrongAnswers[how.slice('answers '.length) as WrongAnswer]() as Answer
    if (how.startsWith('a thenable')) {
      return foreignThenable(how.slice('a thenable that '.length) as ForeignHow, carryOut, this.barrier, broken) as Answer
    }
    return this.#goWrong(how as OwnHow, carryOut) as Answer
  }

  async #goWrong<Answer> (how: OwnHow, effect: () => Answer): Promise<Awaited<Answer>> {
    if (how === 'rejects') throw broken()
    if (how === 'hangs') await this.barrier.pass()
    const answer = await effect()
    if (how === 'rejectsAfter') throw broken()
    if (how === 'late') await this.barrier.pass()
    return answer
  }
}
