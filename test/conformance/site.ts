/**
 * The application of a trace with its two browsers, as far as the story has come.
 *
 * A forged request that carries a genuine cookie beside the forged one is played on a twin: a new site that was told
 * the story so far. Flask-Login keeps nothing of a login, so to it an answer whose cookies the browser never takes
 * might as well not have been given. Here such a request lawfully ends, rotates or makes stale the login that its
 * genuine cookie stands for, and the browser that still holds that cookie would notice: more is promised, as where
 * two browsers hold one cookie, which is where the recordings end.
 */
import type { LightMyRequestResponse } from 'fastify'
import { buildApplication } from './application.ts'
import type { Application } from './application.ts'
import { Browser } from './browser.ts'
import type { Step, Trace } from './trace.ts'
import type { Way } from './ways.ts'

export interface Answer { response: LightMyRequestResponse, events: string[] }

export class Site {
  readonly #trace: Trace
  readonly #way: Way
  readonly #application: Application
  readonly #browsers = { a: new Browser(), b: new Browser() }
  readonly #told: Step[] = []

  private constructor (trace: Trace, way: Way, application: Application) {
    this.#trace = trace
    this.#way = way
    this.#application = application
  }

  static async open (trace: Trace, way: Way): Promise<Site> {
    return new Site(trace, way, await buildApplication(trace.config, way.options()))
  }

  async close (): Promise<void> {
    await this.#application.app.close()
  }

  /** Plays the next step of the story. */
  async play (step: Step): Promise<Answer> {
    if (!this.#prepare(step).forgesBesideGenuine(step.request)) return await this.#tell(step)
    const answer = await this.#playOnTwin(step)
    await this.#tell(step)
    return answer
  }

  async #playOnTwin (step: Step): Promise<Answer> {
    const twin = await Site.open(this.#trace, this.#way)
    try {
      for (const told of this.#told) await twin.#tell(told)
      return await twin.#send(twin.#prepare(step), step)
    } finally {
      await twin.close()
    }
  }

  async #tell (step: Step): Promise<Answer> {
    this.#told.push(step)
    const browser = this.#prepare(step)
    // What a request on the twin does beside logins, such as deleting a user, happens here too.
    return await this.#send(browser.forgesBesideGenuine(step.request) ? new Browser() : browser, step)
  }

  #prepare ({ request: { client, drop, steal } }: Step): Browser {
    const browser = this.#browsers[client]
    if (steal) browser.steal(this.#browsers[steal.from], steal.cookies)
    if (drop) browser.drop(drop)
    return browser
  }

  async #send (browser: Browser, { request }: Step): Promise<Answer> {
    const { app, takeEvents } = this.#application
    const response = await browser.send(app, request)
    return { response, events: takeEvents() }
  }
}
