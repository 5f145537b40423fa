/**
 * The servers of a soak and the Redis that they share, and what is done to them while browsers go on.
 *
 * @module
 */
import { join } from 'node:path'
import { setTimeout } from 'node:timers/promises'
import { startRedis } from '../support/redis.ts'
import { startServerProcess, type ServerProcess } from '../support/server-process.ts'
import type { ThrowAwayServer } from '../support/servers.ts'
import type { Sample } from './memory.ts'
import type { Watched } from './verdict.ts'

/** How long what was taken away stays away, in milliseconds. */
const away = 2000

interface Server extends ServerProcess {
  readonly name: string
  readonly samples: Sample[]
}

export class Fleet {
  readonly #redis: ThrowAwayServer
  readonly #servers: Server[] = []
  readonly #gone: Server[] = []

  private constructor (redis: ThrowAwayServer) {
    this.#redis = redis
  }

  static async start (processes: number): Promise<Fleet> {
    const fleet = new Fleet(await startRedis())
    try {
      for (let number = 1; number <= processes; number++) fleet.#servers.push(await startServer(`server ${number}`, fleet.#redis.url))
      return fleet
    } catch (error) {
      await fleet.stop()
      throw error
    }
  }

  /** The origin of any server, also of one that is away. */
  anyOrigin (): string {
    return this.#servers[Math.floor(Math.random() * this.#servers.length)]!.origin
  }

  /** Kills a server, and starts another in its place. */
  async replaceServer (): Promise<void> {
    const [killed] = this.#servers as [Server]
    await killed.stop()
    await setTimeout(away)
    this.#servers[0] = await startServer(`the server in place of ${killed.name}`, this.#redis.url)
    this.#gone.push(killed)
  }

  /** Kills Redis, and starts it again with what it had written down. */
  async restartRedis (): Promise<void> {
    await this.#redis.kill()
    await setTimeout(away)
    await this.#redis.restart()
  }

  /** Writes down how much memory each server uses; one that is away says nothing. */
  async sample (): Promise<void> {
    await Promise.all(this.#servers.map(async ({ origin, samples }) => {
      try {
        const answer = await fetch(`${origin}/memory`, { signal: AbortSignal.timeout(10_000) })
        samples.push({ at: performance.now(), ...await answer.json() as Omit<Sample, 'at'> })
      } catch {}
    }))
  }

  /** Every server that there was. */
  watched (): Watched[] {
    const tell = (killed: boolean) => ({ name, samples }: Server) => ({ name, samples, killed })
    return [...this.#gone.map(tell(true)), ...this.#servers.map(tell(false))]
  }

  async stop (): Promise<void> {
    for (const server of this.#servers) await server.stop()
    await this.#redis.stop()
  }
}

async function startServer (name: string, storeUrl: string): Promise<Server> {
  return { name, ...await startServerProcess(join(import.meta.dirname, 'server.ts'), storeUrl, ['--expose-gc']), samples: [] }
}
