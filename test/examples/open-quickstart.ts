/** Opens the quickstart example with a storage of its own: in memory, in a folder, or on servers. */
import type { FastifyInstance } from 'fastify'

export interface Quickstart {
  app: FastifyInstance
  users: { find (id: string): Promise<unknown> }
}

interface Servers { url?: string, redisUrl?: string }

export async function openQuickstart (folder?: string, servers: Servers = {}): Promise<Quickstart> {
  // Loaded by address: the example names its user for a whole TypeScript program, which the tests are not part of.
  const [{ build }, { openStorage }] = await Promise.all([load('app.ts'), load('storage.ts')])
  const storage = await openStorage({ folder, ...servers })
  return { users: storage.users, app: await build({ key: 'a key for tests, which is not a secret', storage }) }
}

function load (file: string) {
  return import(new URL(`../../examples/quickstart/${file}`, import.meta.url).href)
}
