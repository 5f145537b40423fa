/**
 * Sessions of the application that can go wrong: one where each call may, and @fastify/session on a store that may.
 *
 * @module
 */
import fastifyCookie from '@fastify/cookie'
import fastifySession from '@fastify/session'
import type { FastifyInstance, Session } from 'fastify'
import type { Faults } from './fault.ts'

/** An application's session, as far as the plugin asks it; what is in it is of no matter here. */
class FragileSession {
  readonly #faults: Faults
  #values = new Map<string, unknown>([['cart', 'full']])

  constructor (faults: Faults) {
    this.#faults = faults
  }

  get (key: string): unknown { return this.#faults.call('session.get', () => this.#values.get(key)) }
  set (key: string, value: unknown): void { this.#faults.call('session.set', () => { this.#values.set(key, value) }) }
  data (): Record<string, unknown> { return this.#faults.call('session.data', () => Object.fromEntries(this.#values)) }

  regenerate (keep: string[]): unknown {
    return this.#faults.call('session.regenerate', () => { this.#values = new Map([...this.#values].filter(([key]) => keep.includes(key))) })
  }
}

/** Flashes a message as `@fastify/flash` does: in the session. */
function flashOf (session: FragileSession): (category: string, message: string) => void {
  return (category, message) => { session.set('flash', { [category]: [message] }) }
}

export function useFragileSession (app: FastifyInstance, faults: Faults): void {
  app.decorateRequest('session', null as never)
  app.addHook('onRequest', async (request) => {
    const session = new FragileSession(faults)
    Object.assign(request, { session, flash: flashOf(session) })
  })
}

type Callback = (error: unknown, session?: Session | null) => void

class FragileSessionStore {
  readonly #faults: Faults
  readonly #kept = new Map<string, string>()

  constructor (faults: Faults) {
    this.#faults = faults
  }

  get (id: string, callback: Callback): void {
    this.#answer('session.load', () => JSON.parse(this.#kept.get(id) ?? 'null') as Session | null, callback)
  }

  set (id: string, session: Session, callback: Callback): void {
    this.#answer('session.save', () => { this.#kept.set(id, JSON.stringify(session)) }, callback)
  }

  destroy (id: string, callback: Callback): void {
    this.#answer('session.destroy', () => { this.#kept.delete(id) }, callback)
  }

  #answer (what: string, effect: () => Session | null | void, callback: Callback): void {
    const answering = (async () => await this.#faults.call<unknown>(what, effect))()
    answering.then((session) => { callback(null, session as Session | null) }, callback)
  }
}

export async function useFragileSessionStore (app: FastifyInstance, faults: Faults): Promise<void> {
  await app.register(fastifyCookie)
  await app.register(fastifySession, {
    secret: 's'.repeat(32),
    cookieName: 'session',
    cookie: { secure: false },
    saveUninitialized: false,
    rolling: false,
    store: new FragileSessionStore(faults)
  })
}
