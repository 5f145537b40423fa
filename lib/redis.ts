/**
 * Keeps logins in Redis or Valkey: `fastify-login/redis`.
 *
 * @module fastify-login/redis
 */
import { randomBytes } from 'node:crypto'
import type { LoginRecord, LoginStore } from './index.ts'
import * as scripts from './redis/scripts.ts'

/** What is asked of a client: that of `ioredis`, of `iovalkey`, and of `app.redis` of `@fastify/redis`. */
export interface RedisClient {
  eval (script: string, numberOfKeys: number, ...keysAndArguments: string[]): Promise<unknown>
  evalsha (sha: string, numberOfKeys: number, ...keysAndArguments: string[]): Promise<unknown>
  /** Asked once, at boot: whether Redis deletes keys when its memory is full. */
  info? (section: string): Promise<string>
}

/** The options of a `RedisStore`. */
export interface RedisStoreOptions {
  /** The connection. The store neither opens nor closes it. */
  client: RedisClient
  /** What every key begins with. The braces keep all of them on one node of a cluster. Default `'{login}:'`. */
  prefix?: string
}

/** How long the mark of "all logins ended" is kept, in milliseconds: longer than any request takes. */
const markLife = String(24 * 3600 * 1000)

/** How many logins one call deletes or lists, a millisecond or two of Redis' time: it serves others in between. */
const batch = 200

/**
 * Keeps logins in Redis 7 or Valkey. Every change is one script, and records expire by themselves. A key that Redis
 * loses can log users out, but it cannot make an ended login valid again.
 *
 * @example
 * import Fastify from 'fastify'
 * import { Redis } from 'ioredis'
 * import login from 'fastify-login'
 * import { RedisStore } from 'fastify-login/redis'
 *
 * const app = Fastify()
 * await app.register(login, {
 *   key: 'a secret of at least thirty-two bytes',
 *   loadUser: (id) => ({ id }),
 *   store: new RedisStore({ client: new Redis('redis://127.0.0.1:6379') })
 * })
 */
export class RedisStore implements LoginStore {
  readonly #client: RedisClient
  readonly #records: string
  readonly #indexes: string
  readonly #aside: string
  readonly #marks: string
  readonly #everyone: string
  readonly #everyonesMark: string

  constructor ({ client, prefix = '{login}:' }: RedisStoreOptions) {
    this.#client = client
    this.#records = `${prefix}record:`
    this.#indexes = `${prefix}owned:`
    this.#aside = `${prefix}deleting:`
    this.#marks = `${prefix}ended:`
    this.#everyone = `${prefix}everyone`
    this.#everyonesMark = `${prefix}everyone-ended`
  }

  async create (login: LoginRecord): Promise<boolean> {
    const { id, owner, begunAt } = login
    const keys = [this.#record(id), ownKey(this.#indexes, owner), ownKey(this.#marks, owner), this.#everyonesMark]
    return await this.#run(scripts.create, keys, [...written(login), String(begunAt), random()]) === 1
  }

  async find (id: string): Promise<LoginRecord | null> {
    const kept = await this.#run(scripts.find, [this.#record(id), this.#indexes], [id])
    return typeof kept === 'string' ? read(kept) : null
  }

  async update (login: LoginRecord, expectedVersion: number): Promise<boolean> {
    const keys = [this.#record(login.id), this.#indexes]
    return await this.#run(scripts.update, keys, [...written(login), String(expectedVersion)]) === 1
  }

  async remove (id: string): Promise<boolean> {
    return await this.#run(scripts.remove, [this.#record(id), this.#indexes], [id]) === 1
  }

  /** The first call ends all of an owner's logins at once. The calls after it delete their records, a batch each. */
  async removeAll (owner: string | null, exceptId = ''): Promise<number> {
    if (owner === null) {
      return await this.#run(scripts.removeEverybodys, [this.#everyonesMark], [random(), markLife]) as number
    }
    const [index, mark, aside] = [ownKey(this.#indexes, owner), ownKey(this.#marks, owner), this.#aside + random()]
    let goesOn = await this.#run(scripts.removeAll, [index, mark, aside], [exceptId, markLife]) === 1
    let ended = 0
    while (goesOn) {
      const deleted = await this.#run(scripts.deleteSome, [index, aside, this.#records], [String(batch)])
      const [lived, taken] = deleted as [number, number]
      ended += lived
      goesOn = taken === batch
    }
    return ended
  }

  async list (owner: string): Promise<LoginRecord[]> {
    // By id: an index that changes meanwhile may give one twice.
    const records = new Map<string, LoginRecord>()
    let cursor = '0'
    do {
      const page = await this.#run(scripts.list, [ownKey(this.#indexes, owner), this.#records], [cursor, String(batch)])
      const [next, kept] = page as [string, string[]]
      for (const record of kept.map(read)) records.set(record.id, record)
      cursor = next
    } while (cursor !== '0')
    return [...records.values()]
  }

  /** What the boot should warn of: that Redis may delete logins when its memory is full. */
  async warnings (): Promise<string[]> {
    const memory = await this.#client.info?.('memory')
    const policy = /^maxmemory_policy:(\S+)/m.exec(memory ?? '')?.[1] ?? 'noeviction'
    return policy === 'noeviction'
      ? []
      : [
      `Redis has the maxmemory-policy ${policy}, so it deletes keys when its memory is full, and users are logged ` +
      'out. Set maxmemory-policy to noeviction for logins, and keep caches in another Redis'
        ]
  }

  #record (id: string): string {
    return this.#records + id
  }

  /** A server that was restarted has forgotten the script, and learns it anew. */
  async #run ({ text, sha }: scripts.Script, keys: string[], values: string[]): Promise<unknown> {
    const all = [this.#everyone, ...keys, String(Date.now() / 1000), ...values]
    try {
      return await this.#client.evalsha(sha, keys.length + 1, ...all)
    } catch (error) {
      if (!(error instanceof Error && error.message.startsWith('NOSCRIPT'))) throw error
      return await this.#client.eval(text, keys.length + 1, ...all)
    }
  }
}

function random (): string {
  return randomBytes(12).toString('base64url')
}

/** An owner is written so that it can stand in the first line of a record. */
function ownKey (start: string, owner: string): string {
  return start + encodeURIComponent(owner.toWellFormed())
}

function written (login: LoginRecord): [id: string, keepUntil: string, record: string] {
  const { id, version, keepUntil, owner } = login
  return [id, String(keepUntil), `${version} ${keepUntil} ${ownKey('', owner)}\n${JSON.stringify(login)}`]
}

function read (kept: string): LoginRecord {
  return JSON.parse(kept.slice(kept.indexOf('\n') + 1)) as LoginRecord
}
