/**
 * The seal of the tests' application where it has a store: what a holder of its key reads in cookies, and can write into them.
 *
 * @module
 */
import Fastify from 'fastify'
import { secretShapes } from '../../lib/logins/secret-seal.ts'
import { createSeal, type Seal } from '../../lib/seal.ts'
import { key } from './app.ts'

export async function openSeal (test: { after: (run: () => void) => void }): Promise<Seal> {
  const app = Fastify()
  const seal = await createSeal(app, [Buffer.from(key)], 'login', secretShapes)
  await app.ready()
  test.after(() => app.close())
  return seal
}
