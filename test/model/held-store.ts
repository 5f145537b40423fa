/**
 * A store each of whose calls can be held, before it happens and while its answer is on the way.
 *
 * @module
 */
import type { LoginRecord, LoginStore } from 'fastify-login'
import { Ticket } from './ticket.ts'

export class HeldStore implements LoginStore {
  readonly #store: LoginStore
  readonly #next: () => number

  /** `next` tells the order of things. */
  constructor (store: LoginStore, next: () => number) {
    this.#store = store
    this.#next = next
  }

  create (login: LoginRecord) { return this.#change(() => this.#store.create(login)) }
  find (id: string) { return this.#call(() => this.#store.find(id)) }
  update (login: LoginRecord, expected: number) { return this.#change(() => this.#store.update(login, expected)) }
  remove (id: string) { return this.#call(() => this.#store.remove(id)) }
  removeAll (owner: string | null, except?: string) { return this.#call(() => this.#store.removeAll(owner, except)) }
  list (owner: string) { return this.#call(() => this.#store.list(owner)) }

  async #change (ask: () => Promise<boolean>): Promise<boolean> {
    return await this.#call(async () => {
      const changed = await ask()
      const ticket = Ticket.current.getStore()
      if (changed && ticket !== undefined) ticket.committedTick = this.#next()
      return changed
    })
  }

  async #call<Answer> (ask: () => Promise<Answer>): Promise<Answer> {
    const ticket = Ticket.current.getStore()
    await ticket?.pass('asking')
    const answer = await ask()
    await ticket?.pass('asked')
    return answer
  }
}
