/**
 * Side-by-side requests: a slow one that a test holds before or after its action, and quick ones meanwhile.
 *
 * @module
 */
import type { FastifyInstance, FastifyRequest } from 'fastify'
import type { TestSetup, TestApp } from './app.ts'
import { Barrier } from './barrier.ts'
import { Browser } from './browser.ts'
import { sessionOf, type SessionPlugin } from './sessions.ts'
import type { User } from './user.ts'
import type { Way } from './ways.ts'

export const actions = {
  visit: async () => true,
  logInAgain: async (request: FastifyRequest, users: Map<string, User>) => await request.loginUser(users.get('1') as User),
  logInAsAnother: async (request: FastifyRequest, users: Map<string, User>) => await request.loginUser(users.get('2') as User),
  confirm: async (request: FastifyRequest) => await request.confirmLogin(),
  logOut: async (request: FastifyRequest) => await request.logoutUser()
}

export type Action = keyof typeof actions
export type HoldPoint = 'before' | 'after'

/** An application whose routes can be held, and which writes its session in each of them. */
export async function createRacingApp (way: Way, plugin: SessionPlugin, setup: TestSetup = {}): Promise<RacingApp> {
  const held: Record<HoldPoint, Barrier | null> = { before: null, after: null }
  const test = await way.createApp({
    ...setup,
    before: (app) => plugin.register(app),
    after: async (app, users) => {
      app.post<{ Params: { action: Action }, Querystring: { hold?: HoldPoint } }>('/act/:action', async (request) => {
        const { params, query } = request
        sessionOf(request).set('first', params.action)
        if (query.hold === 'before') await held.before?.pass()
        const ok = await actions[params.action](request, users)
        if (query.hold === 'after') await held.after?.pass()
        sessionOf(request).set('last', params.action)
        return { ok }
      })
      await setup.after?.(app, users)
    }
  })
  return new RacingApp(test, held)
}

export class RacingApp {
  readonly app: FastifyInstance
  readonly users: TestApp['users']
  readonly events: TestApp['events']
  readonly #held: Record<HoldPoint, Barrier | null>

  constructor ({ app, users, events }: TestApp, held: Record<HoldPoint, Barrier | null>) {
    this.app = app
    this.users = users
    this.events = events
    this.#held = held
  }

  /** Acts while a slow request waits; its answer is the last that the browser receives. */
  async race (browser: Browser, slow: Action, point: HoldPoint, meanwhile: () => Promise<unknown>): Promise<void> {
    const barrier = this.#held[point] = new Barrier()
    const late = browser.send({ method: 'POST', url: `/act/${slow}?hold=${point}` })
    await barrier.reached
    await meanwhile()
    barrier.open()
    browser.receive(await late)
  }
}
