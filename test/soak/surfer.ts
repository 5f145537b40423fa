/**
 * One user's browser in the soak: asks until it is answered, and says where an answer is wrong.
 *
 * @module
 */
import { setTimeout } from 'node:timers/promises'
import type { Fleet } from './fleet.ts'
import { Jar } from './jar.ts'
import { judgePage, judgeStep, refused, type Answer, type Standing } from './judge.ts'
import type { Outage } from './outage.ts'
import type { Tally } from './tally.ts'

export interface World {
  readonly fleet: Fleet
  readonly tally: Tally
  readonly outage: Outage
}

/** Tries and the pause between them, in milliseconds: longer than any outage. */
const tries = 400
const pause = 100

/** How many of its last answers a wrong one is told with. */
const remembered = 8

export class Surfer {
  readonly user: string
  readonly jar: Jar
  readonly #world: World
  readonly #trail: string[] = []
  /** Whether an answer was lost: what was asked for may have happened without its browser being told. */
  #unsettled = false

  constructor (user: string, world: World, jar = new Jar()) {
    this.user = user
    this.jar = jar
    this.#world = world
  }

  /** Another browser of the same user, or somebody with a copy of the cookies. */
  other (jar = new Jar()): Surfer {
    return new Surfer(this.user, this.#world, jar)
  }

  /** Asks for a page, at any server. */
  async see (path: '/members' | '/vault', standing: Standing): Promise<void> {
    const answer = await this.#ask('GET', path)
    this.#note(`page, ${standing}`, answer && judgePage(this.user, standing, answer))
  }

  /** Asks for a page several times at once. */
  async seeTogether (times: number, standing: Standing): Promise<void> {
    await Promise.all(Array.from({ length: times }, () => this.see('/members', standing)))
  }

  /** Changes something; false where the server says that nothing was changed. */
  async step (name: string, path: string, body: object = {}): Promise<boolean> {
    const answer = await this.#ask('POST', path, body)
    this.#note(name, answer && judgeStep(this.user, name, this.#unsettled, answer))
    return answer?.body !== refused
  }

  #note (what: string, complaint: string | null): void {
    this.#world.tally.count(what)
    if (complaint !== null) this.#world.tally.wrong(`${complaint}; before: ${this.#trail.join(', ')}`)
  }

  async #ask (method: string, path: string, body?: object): Promise<Answer | null> {
    for (let tried = 0; tried < tries; tried++) {
      const answer = await this.jar.send(method, this.#world.fleet.anyOrigin() + path, body).catch((error: NodeJS.ErrnoException) => error)
      this.#trail.push(`${path} ${answer instanceof Error ? answer.code ?? answer.message : `${answer.status} ${answer.body}`}`)
      if (this.#trail.length > remembered) this.#trail.shift()
      if (!(answer instanceof Error) && answer.status !== 503) {
        this.#world.tally.answer()
        return answer
      }
      this.#unsettled ||= !(answer instanceof Error) || answer.code !== 'ECONNREFUSED'
      this.#excuse(answer instanceof Error ? `no answer (${answer.code ?? answer.message})` : 'answered 503')
      await setTimeout(pause)
    }
    this.#world.tally.wrong(`${this.user} was never answered at ${path}`)
    return null
  }

  #excuse (failure: string): void {
    const { tally, outage } = this.#world
    tally.count(failure)
    if (!outage.excuses) tally.wrong(`${failure}, and nothing was taken away`)
  }
}
