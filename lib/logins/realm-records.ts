/**
 * The records of one realm, in a store that other realms, registrations and applications may share.
 *
 * @module
 */
import { ownerOf } from './record-changes.ts'
import type { LoginStore } from './store.ts'

/** The same store, in which no record of another realm is found, whatever cookie or id names that record. */
export function realmRecords (store: LoginStore, realmId: string): LoginStore {
  return {
    ...store,
    async find (id) {
      const record = await store.find(id)
      return record !== null && record.owner === ownerOf(realmId, record.userId) ? record : null
    }
  }
}
