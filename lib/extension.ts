/**
 * What extensions of the plugin build on: seals under keys of their own, and data that lives and dies with a login.
 *
 * @module
 */
import type { FastifyInstance } from 'fastify'
import { isThenable } from './chain.ts'
import { InvalidArgumentError, StoreRequiredError, StoreUnavailableError } from './errors.ts'
import { checkedStore } from './logins/checked-store.ts'
import { realmRecords } from './logins/realm-records.ts'
import { isSuspended } from './logins/record-facts.ts'
import { isLoginId } from './logins/record.ts'
import type { LoginRecord, LoginStore } from './logins/store.ts'
import { createSeal, sealedFacts, type SealedFact } from './seal.ts'
import type { Settings } from './settings.ts'

/** Seals plain data for one purpose, and opens what was sealed for it; null is anything else. */
export interface CookieSeal {
  /** A value that a cookie or a store takes as it is. It lasts as long as the key: put an end inside. */
  seal (facts: readonly unknown[]): string
  /** What was sealed, or null: of another purpose, realm or key, altered, or nothing sealed at all. */
  open (cookie: string): unknown[] | null
}

/** A seal under a key of its own: a value of the plugin, another purpose or another realm does not open here. */
export async function sealFor (
  app: FastifyInstance, { keys, realm }: Settings, purpose: string, shape: readonly SealedFact[] | null
): Promise<CookieSeal> {
  if (!/^[\w-]{1,64}$/.test(purpose)) {
    throw new InvalidArgumentError('The purpose of a seal may be a name of letters, digits, - and _')
  }
  if (shape !== null && !(Array.isArray(shape) && shape.every((fact) => sealedFacts.includes(fact)))) {
    throw new InvalidArgumentError(`fastify-login: the shape of a seal must be null or an array of ${sealedFacts.map((fact) => `'${fact}'`).join(', ')}`)
  }
  // No purpose of the plugin itself has a dot in its name.
  const own = `seal.${purpose}`
  const seal = await createSeal(app, keys, realm.id, { [own]: shape })
  return { seal: (facts) => seal.seal(own, facts), open: (cookie) => seal.open(own, cookie) }
}

/** The store with its failures told as `FST_LOGIN_STORE_UNAVAILABLE`; null without one. */
export function storeOf ({ store }: Settings): LoginStore | null {
  return store === null ? null : checkedStore(store)
}

/** The data kept with a login; null where there is none, or no such login. */
export async function dataOfLogin (settings: Settings, id: string): Promise<unknown> {
  const record = await recordOf(neededRecords(settings, 'app.login.loginData'), id)
  return record === null ? null : record.data
}

/** How often a change is tried again where another request changed the record. */
const tries = 10

/** Replaces the data of a login by what the function makes of it; undefined: as it is. Resolves to the data after. */
export async function changeDataOfLogin (settings: Settings, id: string, change: (data: unknown) => unknown): Promise<unknown> {
  const records = neededRecords(settings, 'app.login.changeLoginData')
  for (let tried = 0; tried < tries; tried++) {
    const record = await recordOf(records, id)
    if (record === null) return null
    const data = change(record.data)
    if (data === undefined) return record.data
    if (isThenable(data)) throw new InvalidArgumentError('fastify-login: the function given to changeLoginData must return the data at once, and returned a promise')
    if (await records.update({ ...record, version: record.version + 1, data }, record.version)) return data
  }
  throw new StoreUnavailableError()
}

function neededRecords (settings: Settings, what: string): LoginStore {
  const store = storeOf(settings)
  if (store === null) throw new StoreRequiredError(what)
  return realmRecords(store, settings.realm.id)
}

/** A record that is there for everybody: an id of any bytes may come from outside. */
async function recordOf (records: LoginStore, id: string): Promise<LoginRecord | null> {
  const record = isLoginId(id) ? await records.find(id) : null
  return record === null || isSuspended(record) ? null : record
}
