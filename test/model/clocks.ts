/**
 * The clocks of the processes: one stands still until it is moved, and the second process may be ahead of it.
 *
 * @module
 */
import { mock } from 'node:test'
import { Ticket } from './ticket.ts'

/** Beyond whatever a sequence has left in a store that the next one shares, in seconds. */
const beyond = 1000
let latest = 0
const installed = new WeakSet<object>()

export class Clocks {
  /** Whether it was set back so far. */
  wereSetBack = false

  /** Begins with a time that comes after all those of other sequences. */
  start (): void {
    install()
    mock.timers.setTime(Math.max(Date.now(), latest + beyond * 1000))
  }

  /** The time of the first process. */
  get now (): number { return Date.now() / 1000 }

  advance (seconds: number): void {
    mock.timers.setTime(Date.now() + seconds * 1000)
    latest = Math.max(latest, Date.now())
  }

  setBack (seconds: number): void {
    this.wereSetBack = true
    mock.timers.setTime(Date.now() - seconds * 1000)
  }
}

/** What a request asks for the time has the clock of the process that answers it. */
function install (): void {
  if (installed.has(Date)) return
  installed.add(Date)
  const { now } = Date
  Date.now = () => now() + (Ticket.current.getStore()?.ahead ?? 0) * 1000
}
