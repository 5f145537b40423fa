/**
 * A store behind a door: whatever it rejects with becomes one error, 503, so that a request that needs it fails.
 *
 * @module
 */
import { InvalidOptionError, StoreUnavailableError } from '../errors.ts'
import type { LoginStore } from './store.ts'

const methods = ['create', 'find', 'update', 'remove', 'removeAll', 'list'] as const

/** Refuses at boot what is no store. */
export function checkStore (store: object): asserts store is LoginStore {
  const candidate = store as Record<string, unknown>
  const missing = methods.filter((name) => typeof candidate[name] !== 'function')
  if (missing.length > 0) {
    throw new InvalidOptionError(`The option store of fastify-login may be a LoginStore, such as new MemoryStore(): this one has no ${missing.join(', no ')}`)
  }
}

/** The same store, whose failures answer 503 (`FST_LOGIN_STORE_UNAVAILABLE`) and carry the store's error as cause. */
export function checkedStore (store: LoginStore): LoginStore {
  return {
    create: (login) => asked(() => store.create(login)),
    find: (id) => asked(() => store.find(id)),
    update: (login, expectedVersion) => asked(() => store.update(login, expectedVersion)),
    remove: (id) => asked(() => store.remove(id)),
    removeAll: (owner, exceptId) => asked(() => store.removeAll(owner, exceptId)),
    list: (owner) => asked(() => store.list(owner))
  }
}

async function asked<Answer> (ask: () => Promise<Answer>): Promise<Answer> {
  try {
    return await ask()
  } catch (cause) {
    throw Object.assign(new StoreUnavailableError(), { cause })
  }
}
