/** The provider's accounts, in memory: a stand-in for Okta, Auth0 or Keycloak, which believes every name. */
import { randomUUID } from 'node:crypto'
import type { User } from '../users.ts'

export class Accounts {
  readonly #accounts = new Map<string, User>()

  find (id: string): User | undefined {
    return this.#accounts.get(id)
  }

  findByName (firstName: string): User | undefined {
    return [...this.#accounts.values()].find(({ profile }) => profile.firstName === firstName)
  }

  add (firstName: string): User {
    const account = { id: randomUUID(), profile: { firstName, email: `${firstName.toLowerCase()}@example.org` } }
    this.#accounts.set(account.id, account)
    return account
  }
}
