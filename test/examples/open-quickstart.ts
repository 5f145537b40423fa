/** Opens the quickstart example with users of its own: in memory, or in a folder. */
import type { FastifyInstance } from 'fastify'

export interface Quickstart {
  app: FastifyInstance
  users: { find (id: string): Promise<unknown> }
}

export async function openQuickstart (folder?: string): Promise<Quickstart> {
  // Loaded by address: the example names its user for a whole TypeScript program, which the tests are not part of.
  const [{ build }, { Users }] = await Promise.all([load('app.ts'), load('users.ts')])
  const users = await Users.open(folder)
  return { users, app: await build({ key: 'a key for tests, which is not a secret', users }) }
}

function load (file: string) {
  return import(new URL(`../../examples/quickstart/${file}`, import.meta.url).href)
}
