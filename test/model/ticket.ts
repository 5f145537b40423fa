/**
 * A request of the model: what it carries, where it is held, what its handler saw and did, and its answer.
 *
 * @module
 */
import { AsyncLocalStorage } from 'node:async_hooks'
import type { LightMyRequestResponse } from 'fastify'
import { Barrier } from '../support/barrier.ts'
import type { Point, Sending } from './move.ts'

/** Who a request said was logged in, at one moment. */
export interface Seen {
  readonly user: string | null
  readonly login: string | null
  readonly fresh: boolean
  readonly remembered: boolean
}

export class Ticket {
  /** The request that runs, wherever it is asked. */
  static readonly current = new AsyncLocalStorage<Ticket>()

  readonly sending: Sending
  readonly carried: ReadonlyMap<string, string>
  readonly agent: string
  /** By how many seconds the clock of the process that answers it is ahead. */
  readonly ahead: number
  /** The clock of that process, and the order of things, at its arrival. */
  arrivedAt: number
  sentTick: number
  readonly #barrier = new Barrier()
  readonly #passed = new Map<Point, number>()
  /** When it was let go on. */
  releasedTick: number | null = null
  waits = false
  before: Seen | null = null
  after: Seen | null = null
  ok = false
  /** By user, what the password was when they were loaded first; null: they were gone. */
  readonly loaded = new Map<string, string | null>()
  /** Whether it was the login cookie that let it in. */
  byLogin = false
  actedPassword: string | null = null
  actedAt = 0
  /** When its act was done. */
  actedTick: number | null = null
  /** When it was about to end all logins of a user. */
  endingTick: number | null = null
  /** All logins of these users have ended since it arrived; or it arrived while they were ended. */
  readonly beaten = new Set<string>()
  readonly perhapsBeaten = new Set<string>()
  /** What `rememberTokenStolen` said of it. */
  alarm = false
  /** When the store kept what it changed. */
  committedTick: number | null = null
  answer: LightMyRequestResponse | null = null
  /** Order of its answer, and of the answer's arrival in the browser. */
  doneTick: number | null = null
  deliveredTick: number | null = null
  lost = false
  done: Promise<void> = Promise.resolve()

  constructor (sending: Sending, carried: ReadonlyMap<string, string>, agent: string, ahead: number, arrivedAt: number, tick: number) {
    this.sending = sending
    this.carried = carried
    this.agent = agent
    this.ahead = ahead
    this.arrivedAt = arrivedAt
    this.sentTick = tick
  }

  /** It comes to the server later than it was sent. */
  arrives (arrivedAt: number, tick: number): void {
    this.arrivedAt = arrivedAt
    this.sentTick = tick
  }

  /** Waits where it is to be held. */
  async pass (point: Point): Promise<void> {
    const times = this.#passed.get(point) ?? 0
    this.#passed.set(point, times + 1)
    const { hold } = this.sending
    if (hold?.point !== point || hold.nth !== times) return
    this.waits = true
    await this.#barrier.pass()
    this.waits = false
  }

  /** Its act was done, and its response takes that back: it is as if it had only come by. */
  isRefused (): void {
    this.ok = false
    this.after = this.before
  }

  /** Resolves when it is held, or done. */
  async settled (): Promise<void> {
    await Promise.race([this.#barrier.reached, this.done])
  }

  release (tick: number): void {
    this.releasedTick = tick
    this.#barrier.open()
  }

  /** From when on an end must be seen by what it resolved to. */
  get resolvedAfter (): number {
    const { hold } = this.sending
    const loads = hold?.nth === 0 && (hold.point === 'loading' || hold.point === 'loaded')
    return loads ? this.releasedTick ?? this.sentTick : this.sentTick
  }

  /** Whether it was held until its act was over, and before anything was committed. */
  get wasHeldBeforeCommit (): boolean {
    const point = this.sending.hold?.point
    return this.releasedTick !== null && point !== 'asking' && point !== 'asked'
  }
}
