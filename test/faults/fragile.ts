/**
 * An application where everything that the plugin asks can go wrong: loader, store, session and listeners.
 *
 * @module
 */
import { MemoryStore, type LoginOptions, type LoginStore } from 'fastify-login'
import { createApp, eventNames, Users, type TestApp } from '../support/app.ts'
import type { User } from '../support/user.ts'
import { Faults } from './fault.ts'

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

function fragileStore (store: LoginStore, faults: Faults): LoginStore {
  return {
    create: (login) => faults.call('store.create', () => store.create(login)),
    find: (id) => faults.call('store.find', () => store.find(id)),
    update: (login, expected) => faults.call('store.update', () => store.update(login, expected)),
    remove: (id) => faults.call('store.remove', () => store.remove(id)),
    removeAll: (owner, except) => faults.call('store.removeAll', () => store.removeAll(owner, except)),
    list: (owner) => faults.call('store.list', () => store.list(owner))
  }
}

export interface FragileApp extends TestApp { readonly faults: Faults }

export async function createFragileApp (stored: boolean, loading: 'at once' | 'later'): Promise<FragileApp> {
  const faults = new Faults()
  const users = new Users()
  const test = await createApp({
    before: (app) => {
      app.decorateRequest('session', null as never)
      app.addHook('onRequest', async (request) => { Object.assign(request, { session: new FragileSession(faults) }) })
    },
    options: {
      loadUser: (id: string) => faults.call('loadUser', () => loading === 'later' ? Promise.resolve(users.get(id)) : users.get(id)),
      authHash: (user: User) => user.passwordHash ?? null,
      ...stored ? { store: fragileStore(new MemoryStore(), faults), maxLogins: 5 } : {}
    } as unknown as Partial<LoginOptions>,
    after: (app) => {
      for (const name of eventNames) app.login.on(name, () => faults.call(`listener of ${name}`, () => {}))
      app.post('/end/this', async (request) => await app.login.endLogin(request.currentLogin?.id ?? ''))
      app.post('/end/others', async (request) => {
        await app.login.endLogins('1', { except: request.currentLogin?.id ?? null })
        return true
      })
    }
  })
  return { ...test, faults }
}
