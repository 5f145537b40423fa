/**
 * The keys that a Redis of the tests holds: which there are, how they are lost, and how they come back.
 *
 * @module
 */
import type { Redis } from 'ioredis'

export class RedisKeys {
  readonly #client: Redis

  constructor (client: Redis) {
    this.#client = client
  }

  async names (): Promise<string[]> {
    return (await this.#client.keys('*')).sort()
  }

  async lose (...names: string[]): Promise<void> {
    if (names.length > 0) await this.#client.del(...names)
  }

  /** Keeps what there is; what it gives brings back just that. */
  async keep (): Promise<() => Promise<void>> {
    const kept = await Promise.all((await this.names()).map(async (name) => {
      return { name, life: Math.max(await this.#client.pttl(name), 0), value: await this.#client.dumpBuffer(name) }
    }))
    return async () => {
      await this.#client.flushall()
      for (const { name, life, value } of kept) await this.#client.restore(name, life, value)
    }
  }
}

/** Every choice of some of these, none and all included. */
export function subsetsOf<Item> (items: readonly Item[]): Item[][] {
  return items.reduce<Item[][]>((subsets, item) => [...subsets, ...subsets.map((subset) => [...subset, item])], [[]])
}

/** Every pair of two of these, in both orders. */
export function pairsOf<Item> (items: readonly Item[]): Array<[Item, Item]> {
  return items.flatMap((one) => items.filter((other) => other !== one).map((other): [Item, Item] => [one, other]))
}
