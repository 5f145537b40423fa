/**
 * Keeps logins in Redis or Valkey: `fastify-login/redis`.
 *
 * @module fastify-login/redis
 */
import type { LoginRecord, LoginStore } from './index.ts'
import * as scripts from './redis/scripts.ts'

/** What is asked of a client: that of `ioredis`, of `iovalkey`, and of `app.redis` of `@fastify/redis`. */
export interface RedisClient {
  mget (...keys: string[]): Promise<Array<string | null>>
  eval (script: string, numberOfKeys: number, ...keysAndArguments: string[]): Promise<unknown>
  evalsha (sha: string, numberOfKeys: number, ...keysAndArguments: string[]): Promise<unknown>
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

/**
 * Keeps logins in Redis 7 or Valkey: every change is one script, records expire by themselves.
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
  readonly #owned: string
  readonly #marks: string
  readonly #everyone: string

  constructor ({ client, prefix = '{login}:' }: RedisStoreOptions) {
    this.#client = client
    this.#records = `${prefix}record:`
    this.#owned = `${prefix}owned:`
    this.#marks = `${prefix}ended:`
    this.#everyone = `${prefix}everyone-ended`
  }

  async create (login: LoginRecord): Promise<boolean> {
    const keys = [this.#record(login.id), ownKey(this.#owned, login.owner), ownKey(this.#marks, login.owner)]
    return await this.#run(scripts.create, keys, [...written(login), String(login.begunAt)]) === 1
  }

  async find (id: string): Promise<LoginRecord | null> {
    const [kept, everyoneEndedAt] = await this.#client.mget(this.#record(id), this.#everyone)
    if (kept === null || kept === undefined) return null
    const login = read(kept)
    const ended = login.begunAt <= Number(everyoneEndedAt ?? 0) || login.keepUntil <= Date.now() / 1000
    return ended || login.id !== id ? null : login
  }

  async update (login: LoginRecord, expectedVersion: number): Promise<boolean> {
    const keys = [this.#record(login.id), ownKey(this.#owned, login.owner)]
    return await this.#run(scripts.update, keys, [...written(login), String(expectedVersion)]) === 1
  }

  async remove (id: string): Promise<boolean> {
    return await this.#run(scripts.remove, [this.#record(id), this.#owned], [id]) === 1
  }

  async removeAll (owner: string | null, exceptId = ''): Promise<number> {
    if (owner === null) return await this.#run(scripts.removeEverybodys, [], []) as number
    const keys = [ownKey(this.#owned, owner), ownKey(this.#marks, owner), this.#records]
    return await this.#run(scripts.removeAll, keys, [exceptId, markLife]) as number
  }

  async list (owner: string): Promise<LoginRecord[]> {
    const kept = await this.#run(scripts.list, [ownKey(this.#owned, owner), this.#records], []) as string[]
    return kept.map(read)
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

/** An owner is written so that it can stand in the first line of a record. */
function ownKey (start: string, owner: string): string {
  return start + encodeURIComponent(owner.toWellFormed())
}

function written (login: LoginRecord): [id: string, keepUntil: string, record: string] {
  const { id, version, begunAt, keepUntil, owner } = login
  return [id, String(keepUntil), `${version} ${begunAt} ${keepUntil} ${ownKey('', owner)}\n${JSON.stringify(login)}`]
}

function read (kept: string): LoginRecord {
  return JSON.parse(kept.slice(kept.indexOf('\n') + 1)) as LoginRecord
}
