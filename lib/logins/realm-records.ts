/**
 * The records of one realm, in a store that other realms, registrations and applications may share.
 *
 * @module
 */
import type { LoginRecord, LoginStore } from './store.ts'

/** The same store, in which no record of another realm is found: its cookie is not read here, and no id names it. */
export function realmRecords (store: LoginStore, realmId: string): LoginStore {
  const isOwn = ({ realm }: LoginRecord) => realm === realmId
  return {
    ...store,
    async find (id) {
      const record = await store.find(id)
      return record !== null && isOwn(record) ? record : null
    },
    list: async (owner) => (await store.list(owner)).filter(isOwn)
  }
}
