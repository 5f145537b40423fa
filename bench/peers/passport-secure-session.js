/** @fastify/passport on @fastify/secure-session, as its own example has it. */

import secureSession from '@fastify/secure-session'
import Fastify from 'fastify'
import { key } from '../page.ts'
import { addPassport } from './passport.js'

export async function build () {
  const app = Fastify()
  app.register(secureSession, { key, cookie: { path: '/' } })
  return addPassport(app)
}
