/**
 * A store for tests: a MemoryStore that counts its calls, and whose calls can be held, made to fail, or be slow.
 *
 * @module
 */
import { MemoryStore, type LoginOptions, type LoginRecord, type LoginStore } from 'fastify-login'
import { createApp, type TestApp, type TestSetup } from './app.ts'
import { Barrier } from './barrier.ts'

export type Method = keyof LoginStore

export const methods: readonly Method[] = ['create', 'find', 'update', 'remove', 'removeAll', 'list']

/** A call as the store saw it. */
export interface StoreCall { readonly method: Method, readonly args: readonly unknown[], readonly answer?: unknown }

/** Where a call waits: before it happens, or after, with its answer on the way. */
type HoldPoint = 'before' | 'after'

interface Held { readonly method: Method, readonly point: HoldPoint, readonly pass: () => Promise<void> }

export class TestedStore implements LoginStore {
  readonly memory = new MemoryStore()
  /** Every call that came, in order; those that failed have no answer. */
  readonly calls: StoreCall[] = []
  /** How many turns of the event loop each call takes. */
  turns = 0
  readonly #held: Held[] = []
  readonly #failing = new Set<Method>()
  readonly #failingOnce: Method[] = []
  readonly #owners = new Map<string, string>()

  create (login: LoginRecord) {
    this.#owners.set(login.owner, login.userId)
    return this.#call('create', [login], () => this.memory.create(login))
  }

  find (id: string) { return this.#call('find', [id], () => this.memory.find(id)) }
  update (login: LoginRecord, expected: number) { return this.#call('update', [login, expected], () => this.memory.update(login, expected)) }
  remove (id: string) { return this.#call('remove', [id], () => this.memory.remove(id)) }
  removeAll (owner: string | null, except?: string) { return this.#call('removeAll', [owner, except], () => this.memory.removeAll(owner, except)) }
  list (owner: string) { return this.#call('list', [owner], () => this.memory.list(owner)) }

  /** Holds the next call of a method, until the test opens the barrier. */
  hold (method: Method, point: HoldPoint = 'before'): Barrier {
    const barrier = new Barrier()
    this.#held.push({ method, point, pass: () => barrier.pass() })
    return barrier
  }

  /** Holds the next calls of a method until so many have come: then all go on, side by side. */
  gather (method: Method, count: number, point: HoldPoint = 'before'): void {
    const barrier = new Barrier()
    let missing = count
    const pass = () => {
      if (--missing === 0) barrier.open()
      return barrier.pass()
    }
    for (let call = 0; call < count; call++) this.#held.push({ method, point, pass })
  }

  /** Makes the next call of a method fail; the record stays as it was. */
  failOnce (method: Method): void {
    this.#failingOnce.push(method)
  }

  /** Makes calls fail until the store is healed: of these methods, or of all. */
  fail (...failing: Method[]): void {
    for (const method of failing.length === 0 ? methods : failing) this.#failing.add(method)
  }

  heal (): void {
    this.#failing.clear()
  }

  /** Loses a record, as a store does that was restored from a backup. */
  async lose (id: string): Promise<void> {
    await this.memory.remove(id)
  }

  /** The records of a user, without a call that counts. */
  async recordsOf (userId: string): Promise<LoginRecord[]> {
    const owners = [...this.#owners].filter(([, owning]) => owning === userId)
    return (await Promise.all(owners.map(([owner]) => this.memory.list(owner)))).flat()
  }

  /** Forgets the calls so far. */
  reset (): void {
    this.calls.length = 0
  }

  /** The methods called, in order. */
  get called (): Method[] {
    return this.calls.map(({ method }) => method)
  }

  /** The calls that changed the store: those that failed, or came second, changed nothing. */
  get writes (): Method[] {
    return this.calls.filter(({ method, answer }) => {
      if (method === 'removeAll') return answer !== undefined
      return (method === 'create' || method === 'update' || method === 'remove') && answer === true
    }).map(({ method }) => method)
  }

  async #call<Answer> (method: Method, args: readonly unknown[], ask: () => Promise<Answer>): Promise<Answer> {
    const call: { -readonly [Name in keyof StoreCall]: StoreCall[Name] } = { method, args }
    this.calls.push(call)
    await this.#wait(method, 'before')
    for (let turn = 0; turn < this.turns; turn++) await new Promise((resolve) => setImmediate(resolve))
    const once = this.#failingOnce.indexOf(method)
    if (once >= 0) this.#failingOnce.splice(once, 1)
    if (once >= 0 || this.#failing.has(method)) throw new Error('connection lost')
    const answer = await ask()
    call.answer = answer ?? null
    await this.#wait(method, 'after')
    return answer
  }

  async #wait (method: Method, point: HoldPoint): Promise<void> {
    const next = this.#held.findIndex((held) => held.method === method && held.point === point)
    if (next >= 0) await this.#held.splice(next, 1)[0]?.pass()
  }
}

export interface StoredApp extends TestApp {
  readonly store: TestedStore
  /** The names of the events told since the last time they were asked for. */
  readonly told: () => string[]
  /** The records of a user. */
  readonly records: (userId?: string) => Promise<LoginRecord[]>
}

/** The application of the tests on a store of this kind, or on one that another application keeps logins in. */
export async function createStoredApp ({ store = new TestedStore(), ...setup }: TestSetup & { store?: TestedStore } = {}): Promise<StoredApp> {
  const test = await createApp({ ...setup, options: { store, ...setup.options } as Partial<LoginOptions> })
  const { events } = test
  let heard = 0
  return {
    ...test,
    store,
    told () {
      const names = events.slice(heard).map(({ name }) => name)
      heard = events.length
      return names
    },
    records: (userId = '1') => store.recordsOf(userId)
  }
}

/** The record of a user who has one login. */
export async function onlyRecord (test: StoredApp, userId = '1'): Promise<LoginRecord> {
  const records = await test.records(userId)
  if (records.length !== 1) throw new Error(`user ${userId} has ${records.length} logins, not one`)
  return records[0] as LoginRecord
}
