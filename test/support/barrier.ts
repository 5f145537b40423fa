/**
 * A point at which a request waits until the test lets it go on.
 *
 * @module
 */
export class Barrier {
  /** Resolves once a request waits here. */
  readonly reached: Promise<void>
  readonly #opened: Promise<void>
  #arrive = () => {}
  #open = () => {}

  constructor () {
    this.reached = new Promise((resolve) => { this.#arrive = resolve })
    this.#opened = new Promise((resolve) => { this.#open = resolve })
  }

  /** Waits here until the barrier is opened. */
  async pass (): Promise<void> {
    this.#arrive()
    await this.#opened
  }

  open (): void {
    this.#open()
  }
}
