/**
 * A Redis client that counts what it sends.
 *
 * @module
 */
import { Redis } from 'ioredis'

export class CountedRedis extends Redis {
  #sent: string[] = []

  override sendCommand (...[command, stream]: Parameters<Redis['sendCommand']>): unknown {
    this.#sent?.push(command.name)
    return super.sendCommand(command, stream)
  }

  /** The names of the commands sent since the last time they were asked for. */
  sent (): string[] {
    const sent = this.#sent
    this.#sent = []
    return sent
  }
}
