/**
 * The seal of the tests' application, with a store or without: what a holder of its key reads in cookies, and can write into them.
 *
 * @module
 */
import Fastify from 'fastify'
import { loginShape } from '../../lib/logins/login-seal.ts'
import { secretShapes } from '../../lib/logins/secret-seal.ts'
import { rememberShape } from '../../lib/remember/remember-seal.ts'
import { createSeal, type Seal } from '../../lib/seal.ts'
import { key } from './app.ts'

export async function openSeal (test: { after: (run: () => void) => void }, stored = true): Promise<Seal> {
  const app = Fastify()
  const seal = await createSeal(app, [Buffer.from(key)], '', stored ? secretShapes : { login: loginShape, remember: rememberShape })
  await app.ready()
  test.after(() => app.close())
  return seal
}
