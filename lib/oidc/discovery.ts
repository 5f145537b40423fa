/**
 * Keeps a document that is fetched: asked for when it is needed, once at a time, and served stale meanwhile.
 *
 * @module
 */

/** How long a document counts as up to date, and a failure is believed, in milliseconds. */
const freshFor = 3600_000
const failedFor = 1000

/** In milliseconds. What lies in the future is as old as it is far ahead: the clock was set back since. */
function ageOf ({ at }: { readonly at: number }): number {
  return Math.abs(Date.now() - at)
}

/** What `fetch` gives, kept for an hour; after that the old one is good until a new one is there. */
export class Discovery<Fetched> {
  readonly #fetch: () => Promise<Fetched>
  readonly #failedBehind: (error: unknown) => void
  #kept: { readonly document: Fetched, readonly at: number } | null = null
  #failed: { readonly error: unknown, readonly at: number } | null = null
  #flight: Promise<Fetched> | null = null

  /** `failedBehind` is told of a failure that nobody waits for. */
  constructor (fetch: () => Promise<Fetched>, failedBehind: (error: unknown) => void) {
    this.#fetch = fetch
    this.#failedBehind = failedBehind
  }

  /** The document; rejects as the fetch did where there is none yet. */
  async get (): Promise<Fetched> {
    if (this.#kept === null) return await this.#renewUnlessFailed()
    if (ageOf(this.#kept) >= freshFor) this.#renewUnlessFailed().catch(this.#failedBehind)
    return this.#kept.document
  }

  /** Fetches the document anew; where that fails, the old one stays. */
  async renew (): Promise<Fetched> {
    this.#flight ??= this.#fly().finally(() => { this.#flight = null })
    return await this.#flight
  }

  /** A provider that is down is asked once a second, not once for every visitor. */
  async #renewUnlessFailed (): Promise<Fetched> {
    if (this.#failed !== null && ageOf(this.#failed) < failedFor) throw this.#failed.error
    return await this.renew()
  }

  async #fly (): Promise<Fetched> {
    try {
      const document = await this.#fetch()
      this.#kept = { document, at: Date.now() }
      this.#failed = null
      return document
    } catch (error) {
      this.#failed = { error, at: Date.now() }
      throw error
    }
  }
}
