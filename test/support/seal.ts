/**
 * The seal of the tests' application: what a holder of its key reads in cookies, and can write into them.
 *
 * @module
 */
import Fastify from 'fastify'
import { createSeal, ownPurposes, type Seal } from '../../lib/seal.ts'
import { key } from './app.ts'

export async function openSeal (test: { after: (run: () => void) => void }): Promise<Seal> {
  const app = Fastify()
  const seal = await createSeal(app, [Buffer.from(key)], '', ownPurposes)
  await app.ready()
  test.after(() => app.close())
  return seal
}
