/**
 * An application where everything that the plugin asks can go wrong: loader, store, session and listeners.
 *
 * @module
 */
import { MemoryStore, type LoginOptions, type LoginStore } from 'fastify-login'
import { createApp, eventNames, Users, type TestApp } from '../support/app.ts'
import type { User } from '../support/user.ts'
import { Faults } from './fault.ts'
import { Loaders, type Loading } from './loaders.ts'
import type { Operation } from './operation.ts'
import { furtherRoutes } from './routes.ts'
import { useFragileSession, useFragileSessionStore } from './sessions.ts'

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

export interface Setup {
  readonly stored: boolean
  readonly loading: Loading
  /** Whether the session is one of @fastify/session, whose store may go wrong. */
  readonly keepsSessions?: true
}

export interface FragileApp extends TestApp { readonly faults: Faults }

export async function createFragileApp ({ stored, loading, keepsSessions }: Setup, options: Operation['options'] = () => ({})): Promise<FragileApp> {
  const faults = new Faults()
  const loaders = new Loaders(faults, new Users(), loading)
  const test = await createApp({
    before: (app) => keepsSessions === true ? useFragileSessionStore(app, faults) : useFragileSession(app, faults),
    options: {
      loadUser: loaders.loadUser,
      authHash: (user: User) => user.passwordHash ?? null,
      ...stored ? { store: fragileStore(new MemoryStore(), faults), maxLogins: 5 } : {},
      ...options(loaders)
    } as unknown as Partial<LoginOptions>,
    after: (app, users) => {
      for (const name of eventNames) app.login.on(name, () => faults.call(`listener of ${name}`, () => {}))
      furtherRoutes(app, users)
    }
  })
  return { ...test, faults }
}
