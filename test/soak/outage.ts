/**
 * Knows when something was taken away on purpose: only then may an answer be 503, or none.
 *
 * @module
 */

/** How long after its end an outage may still be felt, in milliseconds: connections come back by themselves. */
const aftermath = 5000

export class Outage {
  #excusedUntil = 0

  /** Does what takes something away and brings it back. */
  async during (disturb: () => Promise<void>): Promise<void> {
    this.#excusedUntil = Infinity
    try {
      await disturb()
    } finally {
      this.#excusedUntil = performance.now() + aftermath
    }
  }

  /** Whether a failure at this moment is an outage's. */
  get excuses (): boolean {
    return performance.now() < this.#excusedUntil
  }
}
