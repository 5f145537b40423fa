/**
 * What finds the users of a fragile application: each can go wrong, and answers at once or later.
 *
 * @module
 */
import type { FastifyRequest } from 'fastify'
import type { User } from '../support/user.ts'
import type { Faults } from './fault.ts'

export type Loading = 'at once' | 'later'

export class Loaders {
  readonly #faults: Faults
  readonly #users: ReadonlyMap<string, User>
  readonly #loading: Loading

  constructor (faults: Faults, users: ReadonlyMap<string, User>, loading: Loading) {
    this.#faults = faults
    this.#users = users
    this.#loading = loading
  }

  /** A request says of itself that its user is gone, so that the others go on finding the user. */
  readonly loadUser = (id: string, { headers }: FastifyRequest) => this.#load('loadUser', headers['x-gone'] === undefined ? id : 'gone')

  readonly loadUserFromRequest = ({ headers: { authorization } }: FastifyRequest) =>
    authorization === undefined ? null : this.#load('loadUserFromRequest', authorization)

  readonly remember = {
    getToken: ({ id }: User) => this.#faults.call('getToken', () => `token-${id}`),
    loadUserByToken: (token: string) => this.#load('loadUserByToken', token.slice('token-'.length))
  }

  #load (what: string, id: string): User | undefined | Promise<User | undefined> {
    const user = this.#users.get(id)
    return this.#faults.call<User | undefined | Promise<User | undefined>>(what, () => this.#loading === 'later' ? Promise.resolve(user) : user)
  }
}
